"""Guarantees that take two lives: the one under faults, and the same without."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agnt5_sim.values import without_addresses

from .defects import find_defect
from .reading import Reading, Run, read
from .registry import GUARANTEES, Broken, Violation, name_violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.history import History


class Volatile:
    """What differs between two lives without faults: of other entropy, time and pace.

    Such a value is compared by type and presence only.

    Args:
        one: a life without faults.
        other: another, under another seed, with another start and on a slower platform.
    """

    def __init__(self, one: History, other: History) -> None:
        self._outputs: dict[str, Any] = {}
        self._states: dict[str, Any] = {}
        mine, theirs = read(one), read(other)
        for run_id, run in mine.runs.items():
            twin = theirs.runs.get(run_id)
            if twin is None or run.ended is None or twin.ended is None:
                continue
            self._outputs[run_id] = (_output(run), _output(twin))
            self._states[run_id] = (_state(run), _state(twin))

    def same_output(self, run: Run, other: Run) -> bool:
        """Tell whether two ends of a run are the same, volatile parts apart."""
        return _alike(_output(run), _output(other), *self._outputs.get(run.run_id, (_SAME, _SAME)))

    def same_state(self, run: Run, other: Run) -> bool:
        """Tell whether two runs left the same state, volatile parts apart."""
        return _alike(_state(run), _state(other), *self._states.get(run.run_id, (_SAME, _SAME)))


class _Same:
    """Stands for two values that did not differ."""


_SAME = _Same()


def _output(run: Run) -> Any:
    """Return what a run gave: its output, or the error it ended with."""
    if run.ended is None:
        return None
    if run.ended.name == "completed":
        return json.loads(run.ended.data["output"] or b"null")
    return without_addresses(run.ended.data["error"])


def _state(run: Run) -> Any:
    return json.loads(run.ended.data["state"] or b"null") if run.ended is not None else None


def _alike(expected: Any, seen: Any, one: Any, other: Any) -> bool:
    if one is _SAME or _identical(one, other):
        return _identical(expected, seen)
    if type(seen) not in {type(expected), type(one), type(other)}:
        return False
    if all(isinstance(value, dict) for value in (expected, seen, one, other)):
        return _alike_dicts(expected, seen, one, other)
    if all(isinstance(value, list) for value in (expected, seen, one, other)):
        if len(one) != len(other):
            return True
        return len(expected) == len(seen) and all(
            _alike(*items) for items in zip(expected, seen, one, other, strict=False)
        )
    return True


def _alike_dicts(
    expected: dict[str, Any], seen: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> bool:
    if one.keys() == other.keys():
        keys = set(expected)
        same_keys = keys == seen.keys()
    else:  # keys may be volatile too; the ones that are not must be there
        keys = one.keys() & other.keys() & expected.keys()
        same_keys = keys <= seen.keys() and (len(one) != len(other) or len(expected) == len(seen))
    return same_keys and all(
        _alike(expected[k], seen[k], one.get(k, _SAME), other.get(k, _SAME)) for k in keys
    )


def _identical(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True, default=repr) == json.dumps(
        other, sort_keys=True, default=repr
    )


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
    error = run.ended.data["error"]
    return "conflict" if "stable step key was reused" in error else "other-status"


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
