"""Records that two calls share, so that the second is taken for the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.judging.violation import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.judging.reading.lives import Call, Reading


def shared_records(reading: Reading, kind: str, consequence: str) -> Iterator[Broken]:
    """Find the calls of a kind that share a record with an earlier call of their attempt.

    Args:
        reading: the life.
        kind: what was called: "step" or "sleep".
        consequence: what the sharing does to the second call, for the report.

    Yields:
        One breach for each record shared, however many attempts share it.
    """
    for run in reading.runs.values():
        told: set[str] = set()
        for attempt in run.attempts:
            users: dict[str, Call] = {}
            for call in attempt.calls_of(kind):
                other = users.setdefault(call.record, call)
                if other is call or call.record in told:
                    continue
                told.add(call.record)
                yield Broken(
                    f"two {kind}s share the record {call.record!r}: {consequence}",
                    entry=call.called,
                    step=call.identity,
                    expected=f"records of their own for {other.identity} and {call.identity}",
                    seen=f"one record, {call.record!r}",
                    cause="same-name",
                )
