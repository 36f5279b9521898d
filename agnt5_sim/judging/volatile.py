"""What differs between two lives without faults, and is therefore compared by type alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agnt5_sim.history.values import without_addresses
from agnt5_sim.judging.reading.lives import Run, read

if TYPE_CHECKING:
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
