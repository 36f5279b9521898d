"""Branches: where in its program something happens, told by the tasks that led to it.

A branch is named by the path of task creations: `""` for the first task of a program, `"0"`
for the first task that one created, `"0.2"` for that one's third. It depends on nothing but
the program, so it is the same in every attempt. It travels in the context, so it does not
matter of which kind a task is, or whether a callback created it.
"""

from __future__ import annotations

import itertools
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_branch: ContextVar[str] = ContextVar("agnt5_sim_branch", default="")
_numbers: ContextVar[Iterator[int] | None] = ContextVar("agnt5_sim_branches", default=None)

current_branch = _branch.get
"""Return the branch of the program that is running; the main one where none is known."""


def branching(context: Context | None, *, first: bool) -> Context:
    """Return the context of a task that is about to be created, on a branch of its own.

    Args:
        context: what it was asked to run in, which is then on that branch; None for a copy of
            the creator's.
        first: whether it is the first of its program, whoever creates it.
    """
    numbers = None if first else _numbers.get()
    if numbers is None:
        name = ""
    else:
        above, number = _branch.get(), next(numbers)
        name = f"{above}.{number}" if above else str(number)
    context = copy_context() if context is None else context
    with suppress(RuntimeError):  # it is the creator's own, of which the task will be a part
        context.run(_begin, name)
    return context


def _begin(name: str) -> None:
    _branch.set(name)
    _numbers.set(itertools.count())
