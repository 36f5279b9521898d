"""Guarantees that take two lives: the one under faults, and the same without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.judging.diagnosis import find_defect
from agnt5_sim.judging.reading.lives import Reading, Run, read
from agnt5_sim.judging.registry import GUARANTEES
from agnt5_sim.judging.violation import Broken, Violation, name_violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.history import History
    from agnt5_sim.judging.volatile import Volatile

COMPARED = ("result.same", "world.deterministic", "world.memory")
"""The guarantees that take two lives."""


def leaned_on_memory(
    history: History, forgetful: History, volatile: Volatile
) -> tuple[Violation, ...]:
    """Return what breaks `world.memory`.

    Args:
        history: of a life in which a killed worker's globals stayed as they were.
        forgetful: of the same life, in which they were forgotten, as they are in production.
        volatile: what differs between lives anyway.
    """
    reading, other = read(history), read(forgetful)
    changed = next((e for e in reading.loose if e.kind == "memory.changed"), None)
    for run_id, run in reading.runs.items():
        twin = other.runs.get(run_id)
        if twin is None or changed is None:
            continue
        same_end = (run.ended is None) == (twin.ended is None) and (
            run.ended is None
            or twin.ended is None
            or (
                run.ended.name == twin.ended.name
                and volatile.same_output(run, twin)
                and volatile.same_state(run, twin)
            )
        )
        if same_end and _path(run) == _path(twin):
            continue
        broken = Broken(
            f"the run leaned on module globals that its dead worker had changed: {changed.name};"
            " a process that is killed forgets them",
            entry=changed,
            run_id=run_id,
            step=changed.name,
            expected=f"the same with {changed.name} forgotten",
            seen=f"{_end(run)} with it, {_end(twin)} without",
        )
        return (name_violation("world.memory", broken, reading),)
    return ()


def _path(run: Run) -> list[tuple[int, str, str]]:
    return [(a.number, c.branch, c.identity) for a in run.attempts for c in a.calls]


def _end(run: Run) -> str:
    return "no end" if run.ended is None else _ending(run)


def compare(history: History, baseline: History, volatile: Volatile) -> tuple[Violation, ...]:
    """Return what a life under faults breaks when held against the one without."""
    reading, plain = read(history), read(baseline)
    return tuple(
        name_violation(name, broken, reading)
        for name, check in (("result.same", _result), ("state.replay", _end_state))
        for broken in check(reading, plain, volatile)
    )


def _result(reading: Reading, plain: Reading, volatile: Volatile) -> Iterator[Broken]:
    for run_id, baseline in plain.runs.items():
        run = reading.runs.get(run_id)
        if run is None or baseline.ended is None:
            continue
        if run.ended is None:
            if not run.abandoned and not any(e.kind == "life.stuck" for e in reading.loose):
                yield Broken(
                    "the run has no end, and has one without faults",
                    entry=run.submitted,
                    expected=baseline.ended.name,
                    seen="no end",
                )
            continue
        same_status = run.ended.name == baseline.ended.name
        if same_status and volatile.same_output(baseline, run):
            continue
        yield Broken(
            "the run ended otherwise than without faults",
            entry=run.ended,
            expected=_ending(baseline),
            seen=_ending(run),
            cause=_behind(reading, run_id) or ("" if same_status else _error_kind(run)),
        )


_LEADING = (
    "memo.distinct",
    "memo.executed",
    "memo.identity",
    "memo.input",
    "memo.value",
    "pause.answer",
    "sleep.distinct",
    "state.replay",
)
"""Guarantees without which a run goes another way."""


def _behind(reading: Reading, run_id: str) -> str:
    """Return what led a run astray, or "" if that cannot be told.

    Where several things went wrong it can be told only if each is a known defect: the
    workflow's own faults are not to hide behind the SDK's.
    """
    found = [
        (name, broken.cause)
        for name in _LEADING
        for broken in GUARANTEES[name](reading)
        if broken.run_id == run_id and broken.cause != "journal"
    ]
    known = all(find_defect(*each, reading.agnt5, reading.profile) for each in found)
    return found[0][1] if found and (known or len({cause for _, cause in found}) == 1) else ""


def _ending(run: Run) -> str:
    assert run.ended is not None  # noqa: S101 - the callers have looked
    data = run.ended.data
    return f"{run.ended.name} {data['error'] or data['output'].decode()}"


def _error_kind(run: Run) -> str:
    assert run.ended is not None  # noqa: S101 - the callers have looked
    return "conflict" if run.ended.data["means"] == "record-of-another" else "other-status"


def _end_state(reading: Reading, plain: Reading, volatile: Volatile) -> Iterator[Broken]:
    for run_id, baseline in plain.runs.items():
        run = reading.runs.get(run_id)
        if run is None or run.ended is None or baseline.ended is None:
            continue
        if run.ended.name == baseline.ended.name and not volatile.same_state(baseline, run):
            yield Broken(
                "the state at the end is not that of the run without faults",
                entry=run.ended,
                expected=baseline.ended.data["state"].decode(),
                seen=run.ended.data["state"].decode(),
                cause=_behind(reading, run_id) or "end-state",
            )
