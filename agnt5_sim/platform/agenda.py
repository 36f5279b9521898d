"""The agenda: what falls due at which virtual time.

Leases of workers that renew them no longer, timers of runs that wait. Whoever puts something on
it gets a ticket, by which it can be taken off again. What is due at one instant comes in the
order in which it was put.
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
        self._waiting: set[int] = set()
        self._tickets = 0

    def put(self, change: Change) -> int:
        """Let `change` fall due at its time, and return its ticket."""
        self._tickets += 1
        self._waiting.add(self._tickets)
        heapq.heappush(self._heap, (change.at, self._tickets, change))
        return self._tickets

    def drop(self, ticket: int) -> None:
        """Take off what this ticket was given for, if it is still to come."""
        self._waiting.discard(ticket)

    def next_due(self) -> float | None:
        """The earliest time (seconds) anything falls due; None when nothing does."""
        heap = self._heap
        while heap and heap[0][1] not in self._waiting:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def pop(self, now: float) -> Change | None:
        """Take the next entry due at or before `now` (seconds); None when there is none."""
        due = self.next_due()
        if due is None or due > now:
            return None
        _, ticket, change = heapq.heappop(self._heap)
        self._waiting.discard(ticket)
        return change
