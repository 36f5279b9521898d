"""Sleeps: each lasts as long as it says, counted from its first start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.judging.guarantees.sharing import shared_records
from agnt5_sim.judging.registry import guarantee
from agnt5_sim.judging.violation import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.judging.reading.lives import Call, Reading, Run

_ROUNDING_S = 0.001  # a suspension is reported in whole milliseconds, rounded up
_FLOAT_S = 1e-6


def _seconds(call: Call) -> float | None:
    seconds = call.called.data["seconds"]
    return float(seconds) if isinstance(seconds, (int, float)) else None


@guarantee("sleep.duration")
def duration(reading: Reading) -> Iterator[Broken]:
    """From a sleep's first start to its return at least its duration passes."""
    for run in reading.runs.values():
        starts = _starts(run)
        for attempt in run.attempts:
            for call in attempt.calls_of("sleep"):
                seconds = _seconds(call)
                if seconds is None or call.answer is None or call.raised:
                    continue
                start = starts[run.key(call)]
                slept = call.answer.time - start
                if slept < seconds - _FLOAT_S:
                    sharing = [c for c in attempt.calls_of("sleep") if c.record == call.record]
                    yield Broken(
                        f"sleep {call.identity} returned too early",
                        entry=call.answer,
                        step=call.identity,
                        expected=f"at least {seconds:g} s from its start at {start:g} s",
                        seen=f"{slept:g} s",
                        cause="same-name" if len(sharing) > 1 else "",
                    )


def _starts(run: Run) -> dict[str, float]:
    """Return when each sleep began first: of an attempt that stood still it may be the later."""
    starts: dict[str, float] = {}
    for attempt in run.attempts:
        for call in attempt.calls_of("sleep"):
            key = run.key(call)
            starts[key] = min(call.called.time, starts.get(key, call.called.time))
    return starts


@guarantee("sleep.remainder")
def remainder(reading: Reading) -> Iterator[Broken]:
    """A resumed sleep returns at first start + duration, or at once when that is past.

    On a slow platform, which takes its time to say so, it may return later.
    """
    if reading.bare_sleeps or reading.slow:
        return
    for run in reading.runs.values():
        yield from _woken_late(run)
        suspended = _suspended_on(run)
        for attempt in run.attempts:
            for call in attempt.calls_of("sleep"):
                seconds, slept = _seconds(call), run.slept.get(call.identity)
                if seconds is None or slept is None or call.answer is None or call.raised:
                    continue
                late = _ROUNDING_S if call.record in suspended else _FLOAT_S
                latest = max(slept.time + seconds, call.called.time) + late
                if call.answer.time > latest:
                    yield Broken(
                        f"sleep {call.identity} lasted longer than what was left of it",
                        entry=call.answer,
                        step=call.identity,
                        expected=f"back by {latest:g} s",
                        seen=f"back at {call.answer.time:g} s",
                        cause="sibling" if call.branch else "",
                    )


def _suspended_on(run: Run) -> frozenset[str]:
    """Return the records of the sleeps a run was suspended on; only those are rounded."""
    return frozenset(
        attempt.report.data["timer"]
        for attempt in run.attempts
        if attempt.report is not None and attempt.outcome == "suspended"
    )


def _woken_late(run: Run) -> Iterator[Broken]:
    """Find attempts that were suspended on a sleep for longer than what was left of it."""
    for attempt, following in zip(run.attempts, run.attempts[1:], strict=False):
        report = attempt.report
        if report is None or attempt.outcome != "suspended":
            continue
        for call in attempt.calls_of("sleep"):
            seconds, slept = _seconds(call), run.slept.get(call.identity)
            if (
                call.record != report.data["timer"]
                or call.answer
                or seconds is None
                or slept is None
            ):
                continue
            latest = max(slept.time + seconds, report.time) + _ROUNDING_S
            if following.began.time > latest:
                yield Broken(
                    f"sleep {call.identity} began again when the run was resumed",
                    entry=following.began,
                    step=call.identity,
                    expected=f"resumed by {latest:g} s",
                    seen=f"resumed at {following.began.time:g} s",
                    cause="sibling" if call.branch else "",
                )


@guarantee("sleep.distinct")
def distinct(reading: Reading) -> Iterator[Broken]:
    """Every sleep call sleeps; two calls never share a record."""
    yield from shared_records(reading, "sleep", "the second is taken for the first")
