"""Schedules that choose: each choice is among named options, and is kept.

A subclass says which option is taken, and nothing else. What it took is data: printed it tells
the story, and its numbers alone live it again (`Recorded`).

What may be chosen is what may come in any order in production: whose turn it is, which blocking
function begins, which of the replies and timers of an instant comes. Beyond that, steps of tasks
may overtake each other, which asyncio does not do; callbacks keep their places among them. A
choice among the due lets one come, and the next only when nothing else is ready.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, NamedTuple

from agnt5_sim.world.branches import branch_in
from agnt5_sim.world.schedule import Schedule
from agnt5_sim.world.timers import Reply, WorldTimer

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from agnt5_sim.world.instants import VirtualTime
    from agnt5_sim.world.loop import VirtualLoop
    from agnt5_sim.world.schedule import Taker
    from agnt5_sim.world.timers import Timer


class Option(NamedTuple):
    """Something that could be next.

    Attributes:
        kind: `turn`, `step`, `job`, `reply`, `timer` or `action` (of the world itself).
        worker: the incarnation of the process it belongs to; 0 for none.
        name: what it is: a reply's label, or the function it runs.
        branch: the branch of the program it belongs to, "" for the main one or none.
    """

    kind: str
    worker: int
    name: str = ""
    branch: str = ""

    def __str__(self) -> str:
        branch = f" [{self.branch}]" if self.branch else ""
        return f"{self.kind} {self.name}{branch} of {self.worker}".replace("  ", " ")


class Choice(NamedTuple):
    """What was taken of what could have been.

    Attributes:
        taken: which, from 0.
        options: first in, first out.
    """

    taken: int
    options: tuple[Option, ...]

    def __str__(self) -> str:
        others = ", ".join(map(str, self.options[: self.taken] + self.options[self.taken + 1 :]))
        return f"{self.options[self.taken]} before {others}"


class Choosing(Schedule):
    """A schedule that chooses where there is a choice.

    Attributes:
        choices: all it made, in order.
    """

    def __init__(self) -> None:
        self.choices: list[Choice] = []

    @abstractmethod
    def choose(self, options: tuple[Option, ...]) -> int:
        """Return which of the options, of which there are two at least, is next."""

    def round(self, home: Taker | None, processes: Sequence[Taker]) -> Iterator[Taker]:
        """Let one take a turn."""
        takers = [*processes] if home is None else [home, *processes]
        takers = [taker for taker in takers if taker.has_turn()]
        if takers:
            yield takers[self._choose(Option("turn", t.loop.incarnation) for t in takers)]

    def turn(self, loop: VirtualLoop) -> None:
        """Run so many callbacks as are ready now; a step gives its place to the one chosen."""
        ready, world = loop.ready, loop.world
        for _ in range(len(ready)):
            if step_of(ready[0]) is not None:
                self._bring_forward(loop)
            handle = ready.popleft()
            if not handle._cancelled:
                world.turns += 1
                handle._run()

    def _bring_forward(self, loop: VirtualLoop) -> None:
        ready: deque[Any] = loop.ready
        places, options = [], []
        for place, handle in enumerate(ready):
            task = None if handle._cancelled else step_of(handle)
            if task is not None:
                places.append(place)
                name = _name_of(task.get_coro())
                options.append(Option("step", loop.incarnation, name, branch_in(handle._context)))
        if not places:
            return
        taken = self._choose(options)
        chosen = ready[places[taken]]
        for number in range(taken, 0, -1):
            ready[places[number]] = ready[places[number - 1]]
        ready[places[0]] = chosen

    def job(self, loop: VirtualLoop) -> Callable[[], None]:
        """Take one of those that wait."""
        jobs = loop.jobs
        taken = self._choose(Option("job", loop.incarnation, _name_of(job)) for job in jobs)
        job = jobs[taken]
        del jobs[taken]
        return job

    def due(self, time: VirtualTime) -> Iterator[Timer]:
        """Take one: of the earliest, or a reply, which nothing holds to its instant."""
        due = time.due()
        due = [timer for timer in due if timer[0] == due[0][0] or _label_of(timer[2])]
        if due:
            timer = due[self._choose(map(_timer_option, due))]
            time.take(timer)
            yield timer

    def _choose(self, options: Iterable[Option]) -> int:
        given = tuple(options)
        if len(given) == 1:
            return 0
        taken = self.choose(given)
        if not 0 <= taken < len(given):
            msg = f"there is no option {taken} of {len(given)}"
            raise IndexError(msg)
        self.choices.append(Choice(taken, given))
        return taken


class Recorded(Choosing):
    """What was chosen before, and then first in, first out.

    Args:
        taken: the numbers of the options that were taken, in order.
    """

    def __init__(self, taken: Iterable[int]) -> None:
        super().__init__()
        self._taken = iter(tuple(taken))

    def choose(self, options: tuple[Option, ...]) -> int:
        """Take what was taken then, or the last where there are fewer now."""
        return min(next(self._taken, 0), len(options) - 1)


def step_of(handle: Any) -> asyncio.Task[Any] | None:
    """Return the task of which `handle` is a step, or None if it is a callback.

    A step is what begins a task or wakes it; other methods of a task are callbacks.
    """
    callback = handle._callback
    task = getattr(callback, "__self__", None)
    if not isinstance(task, asyncio.Task):
        return None
    name = getattr(callback, "__name__", None)  # None: asyncio's own in C, which begins a task
    return task if name in _STEPS else None


_STEPS = {None, "task_wakeup", "__step", "__wakeup"}


def _timer_option(timer: Timer) -> Option:
    _, _, handle, loop = timer
    label = _label_of(handle)
    worker = 0 if loop is None else loop.incarnation
    if label:
        return Option("reply", worker, label)
    if isinstance(handle, WorldTimer):
        return Option("action", worker, _name_of(handle.action))
    return Option("timer", worker, _name_of(handle._callback), branch_in(handle._context))


def _label_of(handle: Any) -> str:
    return handle.label if isinstance(handle, (WorldTimer, Reply)) else ""


def _name_of(thing: Any) -> str:
    """Return a name that is the same in every life: no address is in it."""
    return getattr(thing, "__qualname__", None) or type(thing).__qualname__
