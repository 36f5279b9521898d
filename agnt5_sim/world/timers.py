"""Timers: what is to happen at an instant, and the replies that are on their way.

A timer belongs to a loop, whose callback it makes ready, or to the world itself, which acts. A
reply is a timer with a label: what the platform answered, and when it arrives. Kept in the order
of instants, and within one in the order in which they were set.
"""

from __future__ import annotations

import heapq
import itertools
import math
from asyncio import events
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable


class TimedLoop(Protocol):
    """A loop, as its timers see it."""

    dead: bool
    ready: deque[Any]
    incarnation: int


Timer = tuple[float, int, Any, TimedLoop | None]
"""When (virtual seconds), the how manieth that was set, what it is, and whose (None: the world's).
What it is: an asyncio handle of that loop, or a `WorldTimer`."""


class WorldTimer:
    """Something the world itself does at an instant (a lease expires, a process wakes).

    Args:
        action: what it does.
        label: which reply it brings; "" for none.
    """

    __slots__ = ("_cancelled", "action", "label")

    def __init__(self, action: Callable[[], None], label: str = "") -> None:
        self.action = action
        self.label = label
        self._cancelled = False

    def cancel(self) -> None:
        """Forget it."""
        self._cancelled = True


class Reply(events.TimerHandle):
    """A reply that arrives on a loop.

    Args:
        label: which reply it is.
        when: virtual seconds at which it arrives.
        callback: what takes it.
        loop: on which.
    """

    __slots__ = ("label",)

    def __init__(self, label: str, when: float, callback: Callable[[], object], loop: Any) -> None:
        super().__init__(when, callback, (), loop)
        self.label = label


class Timers:
    """All timers of a world."""

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._numbers = itertools.count()

    def add(self, when: float, handle: Any, loop: TimedLoop | None) -> None:
        """Set a timer; infinity never comes."""
        if when == math.inf:
            return
        heapq.heappush(self._heap, (when, next(self._numbers), handle, loop))

    def next(self) -> float | None:
        """Return when the next one is due, or None; those of the dead and the cancelled are not."""
        heap = self._heap
        while heap and _is_void(heap[0]):
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def pop_due(self, now: float) -> Timer | None:
        """Take the first that is due, or return None."""
        when = self.next()
        return None if when is None or when > now else heapq.heappop(self._heap)

    def due(self, now: float) -> list[Timer]:
        """Return all that are due, first in, first out."""
        return sorted(timer for timer in self._heap if timer[0] <= now and not _is_void(timer))

    def take(self, timer: Timer) -> None:
        """Take one of those that are due out of its turn."""
        self._heap.remove(timer)
        heapq.heapify(self._heap)

    def of(self, loop: TimedLoop) -> list[Any]:
        """Return what is still to run on `loop` at some instant."""
        return [timer[2] for timer in self._heap if timer[3] is loop]

    def forget(self, loop: TimedLoop) -> None:
        """Drop the timers of a loop."""
        self._heap = [timer for timer in self._heap if timer[3] is not loop]
        heapq.heapify(self._heap)


def _is_void(timer: Timer) -> bool:
    return timer[2]._cancelled or (timer[3] is not None and timer[3].dead)
