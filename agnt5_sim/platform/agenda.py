"""The agenda: what falls due at which virtual time.

A run has at most one thing on it: the expiry of its dead worker's lease while it
runs, or its timer while it waits. Entries due at one instant come in the order in
which they were put.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple


class Change(NamedTuple):
    """Something that fell due.

    Args:
        kind: `"lease.expired"` or `"timer.fired"`.
        run_id: the run, which is queued now.
        at: virtual time, seconds, at which it fell due.
        detail: the timer's key, or the incarnation whose lease expired, as text.
    """

    kind: str
    run_id: str
    at: float
    detail: str


class Agenda:
    """A queue by `(time, order of entry)` from which entries can be dropped."""

    def __init__(self) -> None:
        """Start with nothing due."""
        self._heap: list[tuple[float, int, Change]] = []
        self._current: dict[str, int] = {}
        self._puts = 0

    def put(self, change: Change) -> None:
        """Let `change` fall due at its time, in place of the run's earlier entry."""
        self._puts += 1
        self._current[change.run_id] = self._puts
        heapq.heappush(self._heap, (change.at, self._puts, change))

    def drop(self, run_id: str) -> None:
        """Take whatever the run has off the agenda."""
        self._current.pop(run_id, None)

    def of(self, run_id: str) -> Change | None:
        """What the run has on the agenda."""
        number = self._current.get(run_id)
        if number is None:
            return None
        return next(change for _, put, change in self._heap if put == number)

    def next_due(self) -> float | None:
        """The earliest time (seconds) anything falls due; None when nothing does."""
        heap = self._heap
        while heap:
            at, number, change = heap[0]
            if self._current.get(change.run_id) == number:
                return at
            heapq.heappop(heap)
        return None

    def pop(self, now: float) -> Change | None:
        """Take the next entry due at or before `now` (seconds); None when there is none."""
        due = self.next_due()
        if due is None or due > now:
            return None
        change = heapq.heappop(self._heap)[2]
        del self._current[change.run_id]
        return change
