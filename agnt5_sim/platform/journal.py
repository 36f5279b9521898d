"""The journal: the events of all attempts of a run, in the order of acceptance.

Append-only. A duplicate of an event already offered (same attempt, channel, sequence,
type and data) changes nothing. Under a buffering durability policy an event is held
until it is flushed; what the runtime itself writes (channel `"runtime"`) never is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from agnt5_sim.platform.outbox import Outbox
    from agnt5_sim.platform.records import Completed

BUFFERED = -1
"""The cursor of an event that is held and has no place in the journal yet."""


class JournalEvent(NamedTuple):
    """An event as a worker sends it.

    Args:
        type: the SDK's event type, e.g. `"workflow.step.completed"`.
        data: the payload, JSON bytes.
        sequence: its number within the attempt and channel.
        source_ns: the worker's clock, nanoseconds since the epoch.
        event_id: the SDK's id of it, if it has one.
        channel: `"checkpoint"`, `"delta"`, `"response"`, or `"runtime"` for what the
            platform's own runtime writes.
    """

    type: str
    data: bytes
    sequence: int
    source_ns: int
    event_id: str | None
    channel: str


class Accepted(NamedTuple):
    """A journal entry: where it stands, whose it is, and when (seconds) it was accepted."""

    cursor: int
    run_id: str
    attempt: int
    now: float
    event: JournalEvent


Known = tuple[str, bytes] | None
Offer = tuple[int, JournalEvent, Known, Known]
"""An event of an attempt, with the step completed and the sleep begun that it tells of."""

_Identity = tuple[int, str, int, str, bytes]


class Journal:
    """One run's journal."""

    def __init__(self, run_id: str, completed: Completed, outbox: Outbox) -> None:
        """Feed `completed` and `outbox` with what is accepted, and with nothing else."""
        self._run_id = run_id
        self._completed = completed
        self._outbox = outbox
        self._entries: list[tuple[int, float, JournalEvent]] = []
        self._held: list[tuple[Offer, _Identity]] = []
        self._cursors: dict[_Identity, int] = {}

    def offer(self, now: float, offer: Offer, *, hold: bool) -> int:
        """Take an event, and `hold` it until the next flush if so asked.

        Returns:
            its cursor, or `BUFFERED` while it is held; for a duplicate, that of the
            first.
        """
        attempt, (kind, data, sequence, _, _, channel), _, _ = offer
        key = (attempt, channel, sequence, kind, data)
        cursor = self._cursors.get(key)
        if cursor is not None:
            return cursor
        if hold:
            self._held.append((offer, key))
            self._cursors[key] = BUFFERED
            return BUFFERED
        return self._accept(now, offer, key)

    def flush(self, now: float) -> int:
        """Accept everything held, in order, and return how much that was."""
        held, self._held = self._held, []
        for offer, key in held:
            self._accept(now, offer, key)
        return len(held)

    def lose(self, now: float, last: int | None) -> int:
        """Lose the `last` events held (None: all); the ones before them arrive.

        Returns:
            how many were lost.
        """
        count = len(self._held) if last is None else min(last, len(self._held))
        keep = len(self._held) - count
        del self._held[keep:]
        self.flush(now)
        return count

    def entries(self) -> tuple[Accepted, ...]:
        """Everything accepted so far, in order."""
        return tuple(
            Accepted(cursor, self._run_id, *entry) for cursor, entry in enumerate(self._entries)
        )

    def __len__(self) -> int:
        """How many events were accepted."""
        return len(self._entries)

    def _accept(self, now: float, offer: Offer, key: _Identity) -> int:
        attempt, event, completes, sleeps = offer
        cursor = len(self._entries)
        self._entries.append((attempt, now, event))
        self._cursors[key] = cursor
        if completes is not None:
            self._completed.from_event(*completes)
        if sleeps is not None:
            self._completed.from_sleep(*sleeps)
        if event.channel == "delta":
            self._outbox.delta(now, cursor + 1, event.type, event.data)
        return cursor
