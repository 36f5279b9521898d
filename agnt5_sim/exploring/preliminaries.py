"""What is looked at before any fault is tried: is the story the same story every time?"""

from __future__ import annotations

import json
import sys
from typing import Any

from agnt5_sim.history import Entry, History, first_difference
from agnt5_sim.judging import judge
from agnt5_sim.judging.reading.lives import read
from agnt5_sim.judging.violation import Broken, Violation, name_violation

_SOURCES = {
    "time": "real time read past the world's clock",
    "program": "real entropy, a thread, or the order of a set, used outside of a step",
    "platform": "real entropy, a thread, or the order of a set, used outside of a step",
    "body": "real entropy, a thread, or the order of a set, used in a step",
    "state": "real entropy, a thread, or the order of a set, kept in the state",
}
_REAL = {
    "numpy": "numpy's datetime64('now')",
    "pydantic": "pydantic's FutureDatetime, PastDatetime, FutureDate and PastDate",
}
"""What native code of a module reads past the world, by the module."""

Place = tuple[str, int, str, str, str]


def differences(
    baseline: History, twin: History, again: History
) -> tuple[list[Violation], list[Violation]]:
    """Compare lives without faults.

    Args:
        baseline: a life.
        twin: another, under another seed, at another time and perhaps another pace.
        again: another, under the same seed, at the same time.

    Returns:
        What breaks `world.deterministic`: a workflow of another shape in the twin, which no
        sweep makes sense of; and lives that should be equal and are not.
    """
    return _other_shape(baseline, twin), _not_equal(baseline, again)


def same_course(one: History, other: History) -> bool:
    """Tell whether the same happened in two lives, in one order, but for values and times.

    Every branch called the same and was answered in the same order as all others, the same was
    broken, and what came of each run has the same structure.
    """
    return (
        _course(one) == _course(other)
        and {found.key for found in judge(one)} == {found.key for found in judge(other)}
        and all(map(_same_structure, _results(one), _results(other)))
    )


def _course(history: History) -> list[tuple[str, ...]]:
    return [
        (entry.kind, entry.run_id, entry.branch, entry.data.get("label", ""))
        for entry in history.select("program.", "body.", "state.", "effect", "run.")
    ]


def _results(history: History) -> list[Any]:
    ends = history.select("run.ended")
    return [json.loads(end.data[what] or b"null") for end in ends for what in ("output", "state")]


def _same_structure(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return len(one) == len(other) and all(
            _same_structure(value, other[key]) for key, value in one.items() if key in other
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same_structure, one, other))
    return type(one) is type(other) or {type(one), type(other)} == {int, float}


def _shape(history: History) -> list[Place]:
    return sorted(
        (
            (
                attempt.run_id,
                attempt.number,
                call.branch,
                call.kind,
                call.label or call.identity,
            )
            for attempt in read(history).attempts()
            for call in attempt.calls
        ),
        key=lambda place: place[:3],
    )


def _other_shape(baseline: History, twin: History) -> list[Violation]:
    one, other = _shape(baseline), _shape(twin)
    if one == other:
        return []
    number = next(
        (n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None
    )
    if number is None:
        number = min(len(one), len(other))
    first = one[number] if number < len(one) else None
    second = other[number] if number < len(other) else None
    reading = read(baseline)
    broken = Broken(
        "the workflow takes another path under other entropy or at another time, so no replay"
        " of it can be trusted: it draws, or reads the clock, outside of a step",
        entry=_call_at(baseline, first),
        run_id=(first or second or ("",))[0],
        step=(first or second)[4] if (first or second) is not None else "",  # type: ignore[index]
        expected=_say(first),
        seen=_say(second),
        cause="shape",
    )
    return [name_violation("world.deterministic", broken, reading)]


def _say(place: Place | None) -> str:
    if place is None:
        return "no further call"
    return f"{place[3]} {place[4]} in branch {place[2] or 'main'} of attempt {place[1]}"


def _call_at(history: History, place: Place | None) -> Entry | None:
    if place is None:
        return None
    return next(
        (
            entry
            for entry in history.select("program.called", run_id=place[0])
            if entry.attempt == place[1] and entry.branch == place[2]
        ),
        None,
    )


def _likely(kind: str) -> str:
    """Say where a difference in an entry of this kind is likely to come from."""
    source = _SOURCES.get(kind.partition(".")[0], "something outside of the world")
    real = [what for module, what in _REAL.items() if module in sys.modules]
    return f"{source}; of what is loaded, {', '.join(real)} stay real" if real else source


def _not_equal(baseline: History, again: History) -> list[Violation]:
    if baseline.digest == again.digest:
        return []
    difference = first_difference(baseline, again)
    if difference is None:
        return []
    one, other = difference
    entry = one or other
    assert entry is not None  # noqa: S101 - one of the two is there
    broken = Broken(
        f"the same seed and plan gave another history; the likely source is {_likely(entry.kind)}",
        entry=entry,
        step=entry.name,
        expected=str(one) if one is not None else "the end of the history",
        seen=str(other) if other is not None else "the end of the history",
        cause="not-equal",
    )
    return [name_violation("world.deterministic", broken, read(baseline))]
