"""Who is next: the one place that orders what could happen at an instant.

A world asks its schedule whose turn it is, which callback of a loop runs, which blocking function
begins and which of the timers and replies that are due comes. First in, first out is what asyncio
promises, and the default.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agnt5_sim.world.instants import VirtualTime
    from agnt5_sim.world.loop import VirtualLoop
    from agnt5_sim.world.timers import Timer


class Taker(Protocol):
    """Who takes turns: a process, or the test itself."""

    @property
    def loop(self) -> VirtualLoop:
        """Its loop."""

    def has_turn(self) -> bool:
        """Tell whether it has something to run now."""

    def take_turn(self) -> None:
        """Run its loop for a turn, and what blocks beside it."""


class Schedule(ABC):
    """What is asked who comes next. It may be abandoned at any callback: that is what a kill is."""

    @abstractmethod
    def round(self, home: Taker | None, processes: Sequence[Taker]) -> Iterator[Taker]:
        """Say whose turns make up a round; who has nothing to run is passed over.

        Args:
            home: the test itself, if it has a loop.
            processes: all processes, in the order in which they came to be; some may come to be
                and some may die while the round goes on.
        """

    @abstractmethod
    def turn(self, loop: VirtualLoop) -> None:
        """Run so many callbacks of `loop` as are ready now, and count them in its world."""

    @abstractmethod
    def job(self, loop: VirtualLoop) -> Callable[[], None]:
        """Take the next of the blocking functions that wait to begin."""

    @abstractmethod
    def due(self, time: VirtualTime) -> Iterator[Timer]:
        """Take the timers and replies that come now, of those that are due.

        It must take one if one is due; those it leaves come when nothing else is ready.
        """


class FirstInFirstOut(Schedule):
    """Everything in the order in which it came to be."""

    def round(self, home: Taker | None, processes: Sequence[Taker]) -> Iterator[Taker]:
        """Let the test have its turn, and then each process."""
        if home is not None:
            yield home
        yield from tuple(processes)

    def turn(self, loop: VirtualLoop) -> None:
        """Run what is ready now, and nothing that becomes ready meanwhile."""
        ready, world = loop.ready, loop.world
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                world.turns += 1
                handle._run()

    def job(self, loop: VirtualLoop) -> Callable[[], None]:
        """Take the one that has waited longest."""
        return loop.jobs.popleft()

    def due(self, time: VirtualTime) -> Iterator[Timer]:
        """Take all, what is set meanwhile for this instant included."""
        while (timer := time.pop_due()) is not None:
            yield timer
