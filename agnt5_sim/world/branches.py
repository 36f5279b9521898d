"""Branches: where in its program something happens, told by the tasks that led to it.

A branch is named by the path of task creations: `""` for the first task of a program, `"0"`
for the first task that one created, `"0.2"` for that one's third. It depends on nothing but
the program, so it is the same in every attempt. It travels in the context, so it does not
matter of which kind a task is.

Not everything runs in every attempt, or at the same time: a step's body is left out where the
step is on record, and a callback comes when it comes. What these create is numbered apart
(`"charge:0/0"`, `"callback/0"`), and shifts no other number.
"""

from __future__ import annotations

import itertools
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context


class Room:
    """Where tasks are created that are numbered together.

    Args:
        prefix: what their names begin with.
    """

    __slots__ = ("callbacks", "numbers", "prefix")

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.numbers = itertools.count()
        self.callbacks: Room | None = None

    def of_callbacks(self) -> Room:
        """Return the room of the tasks that its callbacks create."""
        if self.callbacks is None:
            self.callbacks = Room(f"{self.prefix}callback/")
        return self.callbacks


_branch: ContextVar[str] = ContextVar("agnt5_sim_branch", default="")
_room: ContextVar[Room | None] = ContextVar("agnt5_sim_room", default=None)

current_branch = _branch.get
"""Return the branch of the program that is running; the main one where none is known."""


def branch_in(context: Context) -> str:
    """Return the branch of the program that runs in `context`."""
    return context.get(_branch, "")


def branching(context: Context | None, *, first: bool, in_task: bool) -> Context:
    """Return the context of a task that is about to be created, on a branch of its own.

    Args:
        context: what it was asked to run in, which is then on that branch; None for a copy of
            the creator's.
        first: whether it is the first of its program, whoever creates it.
        in_task: whether a task creates it, and no callback.
    """
    room = None if first else _room.get()
    if room is not None and not in_task:
        room = room.of_callbacks()
    name = "" if room is None else f"{room.prefix}{next(room.numbers)}"
    context = copy_context() if context is None else context
    with suppress(RuntimeError):  # it is the creator's own, of which the task will be a part
        context.run(_begin, name)
    return context


def _begin(name: str) -> None:
    _branch.set(name)
    _room.set(Room(f"{name}." if name else ""))


def room_for(name: str) -> Room:
    """Return a room for what the present branch does not do in every attempt."""
    above = _branch.get()
    return Room(f"{above}.{name}/" if above else f"{name}/")


def enter(room: Room | None) -> Room | None:
    """Number the tasks created from now on in this room; return the one they were numbered in."""
    before = _room.get()
    _room.set(room)
    return before
