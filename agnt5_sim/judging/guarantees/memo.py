"""Memoization: what is on record is not done again, and comes back as it was."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

from agnt5_sim.history.values import Shown, show, thaw
from agnt5_sim.judging.guarantees.sharing import shared_records
from agnt5_sim.judging.registry import guarantee
from agnt5_sim.judging.violation import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.judging.reading.lives import Attempt, Call, Reading, Run


@guarantee("memo.once")
def once(reading: Reading) -> Iterator[Broken]:
    """A step whose completion was durable before an attempt began does not run in it."""
    for run in reading.runs.values():
        for attempt in run.attempts[1:]:
            for call in attempt.calls_of("step"):
                durable = run.durable.get(call.identity)
                if call.ran and durable is not None and durable.index < attempt.began.index:
                    yield Broken(
                        f"step {call.identity} ran again in attempt {attempt.number}, though its"
                        f" completion was durable since {durable.time:g} s",
                        entry=call.bodies[0][0],
                        step=call.identity,
                        expected="the recorded result, without running",
                        seen=f"its body ran {len(call.bodies)} more time(s)",
                    )


@guarantee("memo.value")
def value(reading: Reading) -> Iterator[Broken]:
    """What the workflow sees on replay equals what it saw live: same value, same type."""
    for run in reading.runs.values():
        for attempt in run.attempts[1:]:
            for call in attempt.calls_of("step"):
                if call.ran or call.answer is None:
                    continue
                original = run.recording(call.identity)
                lived = _lived(original)
                if original is None or lived is None:
                    continue
                if call.raised:
                    if _input(original) == _input(call):  # else memo.input speaks of it
                        yield _raised_on_replay(call, lived)
                elif call.value is not None and lived != call.value:
                    yield Broken(
                        f"step {call.identity} returned one thing live and another on replay",
                        entry=call.answer,
                        step=call.identity,
                        expected=show(lived),
                        seen=show(call.value),
                        cause=_why_other_value(run, call, attempt, lived),
                    )


def _raised_on_replay(call: Call, lived: bytes) -> Broken:
    assert call.answer is not None  # noqa: S101 - the caller has looked
    error = call.answer.data
    return Broken(
        f"step {call.identity} returned live and raised on replay",
        entry=call.answer,
        step=call.identity,
        expected=show(lived),
        seen=f"{error['error_type']}: {error['error']}",
        cause="raised",
    )


def _input(call: Call) -> bytes:
    given: bytes = call.called.data["input"]
    return given


def _lived(original: Call | None) -> bytes | None:
    if original is None:
        return None
    if original.value is not None:
        return original.value
    ends = [end for _, end in original.bodies if end is not None and end.kind == "body.returned"]
    return ends[-1].data.get("value") if ends else None


def _why_other_value(run: Run, call: Call, attempt: Attempt, lived: bytes) -> str:
    assert call.value is not None  # noqa: S101 - the caller has looked
    how = _how_different(lived, call.value)
    if how == "type-lost":
        return how
    if _is_repr(thaw(lived), thaw(call.value)):
        return "repr"
    return _why_shared(run, call, attempt) or how


def _is_repr(lived: object, replayed: object) -> bool:
    """Tell whether what had no JSON form came back as text, and all else as it was."""
    if isinstance(replayed, str) and not isinstance(lived, _JSON):
        return True
    if isinstance(lived, dict) and isinstance(replayed, dict) and lived.keys() == replayed.keys():
        pairs = [(value, replayed[key]) for key, value in lived.items()]
    elif isinstance(lived, (list, tuple)) and isinstance(replayed, list):
        pairs = list(zip(lived, replayed, strict=False))
    else:
        return _as_json(lived) == replayed
    return all(_is_repr(*pair) for pair in pairs)


_JSON = (str, int, float, type(None), list, tuple, dict)


def _how_different(lived: bytes, replayed: bytes) -> str:
    same = _as_json(thaw(replayed)) == _as_json(thaw(lived))
    return "type-lost" if same else "other-value"


def _as_json(value: object) -> object:
    if isinstance(value, Shown):
        return _as_json(value.content)
    if isinstance(value, (list, tuple)):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {_json_key(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, (set, frozenset)):
        return [_as_json(item) for item in value]
    return value


def _json_key(key: object) -> str:
    return key if isinstance(key, str) else json.dumps(key)


@guarantee("memo.identity")
def identity(reading: Reading) -> Iterator[Broken]:
    """The n-th step call of a branch has the same identity in every attempt."""
    for run in reading.runs.values():
        first: dict[tuple[str, str, str, int], Call] = {}
        for attempt in run.attempts:
            for call in attempt.calls:
                if call.kind == "wait":
                    continue
                place = (call.kind, call.branch, call.within, call.ordinal)
                before = first.setdefault(place, call)
                if before.identity == call.identity:
                    continue
                same_label = before.label == call.label and before.kind == call.kind
                yield Broken(
                    f"{call.kind} {call.ordinal + 1} of {_where(call)} was"
                    f" {before.identity} before and is {call.identity} in attempt {attempt.number}",
                    entry=call.called,
                    step=before.identity,
                    expected=before.identity,
                    seen=call.identity,
                    cause=_why_counted(run, before, attempt) if same_label else "other-path",
                )
                break


@guarantee("memo.distinct")
def distinct(reading: Reading) -> Iterator[Broken]:
    """Two step calls of one run never share a record."""
    yield from shared_records(reading, "step", "the second is given the result of the first")


@guarantee("memo.input")
def input_(reading: Reading) -> Iterator[Broken]:
    """A replayed step was called with the inputs that are on record."""
    for run in reading.runs.values():
        for attempt in run.attempts[1:]:
            for call in attempt.calls_of("step"):
                if call.ran:
                    continue
                original = run.recording(call.identity)
                if original is None or original.called.attempt == attempt.number:
                    continue
                recorded, given = _input(original), _input(call)
                if recorded == given or original.label != call.label:
                    continue
                lost = _how_different(recorded, given) == "type-lost"
                why = (
                    "they lost their type on their way through the platform"
                    if lost
                    else "what the workflow hands to a step must not be drawn, or read off the"
                    " clock, outside of one"
                )
                yield Broken(
                    f"step {call.identity} was replayed with other inputs than it ran with; {why}",
                    entry=call.called,
                    step=call.identity,
                    expected=show(recorded),
                    seen=show(given),
                    cause="type-lost" if lost else _why_other_input(run, call, original, attempt),
                )


def _why_other_input(run: Run, call: Call, original: Call, attempt: Attempt) -> str:
    place = (original.branch, original.within, original.ordinal)
    moved = (call.branch, call.within, call.ordinal) != place
    why = _why_counted(run, original, attempt) if moved else "other-path"
    return "other-input" if why == "other-path" else why


@guarantee("memo.executed")
def executed(reading: Reading) -> Iterator[Broken]:
    """A step that was not memoized ran its body, and no more once that had returned."""
    for run in reading.runs.values():
        for attempt in run.attempts:
            for call in attempt.calls_of("step"):
                if len(call.bodies) > 1:
                    yield from _ran_again(call)
                if call.bodies or call.answer is None or call.raised:
                    continue
                durable = run.durable.get(call.identity)
                if durable is None or durable.index > call.called.index:
                    yield Broken(
                        f"step {call.identity} returned without its body running, and nothing"
                        " was on record of it",
                        entry=call.answer,
                        step=call.identity,
                        expected="its body to run",
                        seen=f"the answer {show(call.value)}",
                        cause=_why_shared(run, call, attempt),
                    )


def _ran_again(call: Call) -> Iterator[Broken]:
    for (_, end), (again, _) in pairwise(call.bodies):
        if end is not None and end.kind == "body.returned" and again.branch == call.branch:
            yield Broken(
                f"the body of step {call.identity} returned, and was run again by the same call",
                entry=again,
                step=call.identity,
                expected="one body that returns",
                seen=f"{len(call.bodies)} bodies",
                cause="body-again",
            )
            return


def _why_shared(run: Run, call: Call, attempt: Attempt) -> str:
    """Tell how a step came to the record of another, or "" if it did not."""
    steps = [(a, c) for a in run.attempts for c in a.calls_of("step") if c.record == call.record]
    if any(c.identity != d.identity for a, c in steps for b, d in steps if a is b):
        return "same-name"
    before = next((c for _, c in steps if c.identity != call.identity), None)
    return "" if before is None else _why_counted(run, before, attempt)


def _why_counted(run: Run, before: Call, attempt: Attempt) -> str:
    """Tell why a call has another number in an attempt than it had `before`.

    The SDK has one counter for all branches, and for what is called inside of bodies as well:
    what was counted in a body up to it is not counted where that body is not run.
    """
    if len({call.branch for call in attempt.calls}) > 1:
        return "shared-counter"
    left_out = {call.identity for call in attempt.calls if not call.bodies}
    counted = (
        call.within
        for each in run.attempts
        if each.number == before.called.attempt
        for call in each.calls
        if call.called <= before.called
    )
    return "nested-counter" if left_out.intersection(counted) else "other-path"


def _where(call: Call) -> str:
    branch = f"branch {call.branch or 'main'}"
    return f"{branch} inside {call.within}" if call.within else branch
