"""The outbox: what a client sees of a run, in order, never ahead of the journal."""

from __future__ import annotations

from typing import NamedTuple


class Seen(NamedTuple):
    """One thing a client saw.

    Args:
        position: its place in the run's outbox, from 0.
        cursor: how many journal entries were accepted when it was sent; for a delta,
            its own entry is among them.
        now: virtual time, seconds.
        kind: `"delta"`, or the outcome: `"completed"`, `"failed"`, `"paused"`,
            `"cancelled"`.
        name: the delta's event type, or the error's type, else `""`.
        data: the delta's data, the output, the question or the error, as bytes.
    """

    position: int
    cursor: int
    now: float
    kind: str
    name: str
    data: bytes


class Outbox:
    """One run's outbox. Only the journal and the run's outcome append to it."""

    def __init__(self, *, streaming: bool) -> None:
        """Send deltas only to a `streaming` client; outcomes to every client."""
        self._streaming = streaming
        self._seen: list[Seen] = []

    def delta(self, now: float, accepted: int, name: str, data: bytes) -> None:
        """Send the delta that is the `accepted`-th entry of the journal."""
        if self._streaming:
            self._seen.append(Seen(len(self._seen), accepted, now, "delta", name, data))

    def outcome(self, now: float, accepted: int, kind: str, name: str, data: bytes) -> None:
        """Send what an attempt ended with, after `accepted` journal entries."""
        self._seen.append(Seen(len(self._seen), accepted, now, kind, name, data))

    def seen(self) -> tuple[Seen, ...]:
        """Everything sent so far, in order."""
        return tuple(self._seen)
