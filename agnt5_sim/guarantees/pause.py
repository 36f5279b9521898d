"""Questions: each has its place, is asked once, and gets its own answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..sdk.values import show, thaw
from .reading import Attempt, Reading
from .registry import Broken, guarantee

_CUSTOM = "__custom__:"


@guarantee("pause.index")
def index(reading: Reading) -> Iterator[Broken]:
    """The k-th question of a run has index k in every attempt."""
    for attempt in reading.attempts():
        for number, call in enumerate(attempt.calls_of("wait")):
            given = call.called.data["pause_index"]
            if given != number:
                yield Broken(
                    f"question {number} of the run was given index {given}",
                    entry=call.called,
                    step=call.identity,
                    expected=number,
                    seen=given,
                )


@guarantee("pause.answer")
def answer(reading: Reading) -> Iterator[Broken]:
    """An answered question is not asked again, and each answer reaches its own question."""
    for run in reading.runs.values():
        for attempt in run.attempts:
            yield from _asked_again(attempt)
            for call in attempt.calls_of("wait"):
                answered = run.answers.get(call.called.data["pause_index"])
                if call.answer is None or call.raised:
                    continue
                if answered is None or answered.index > call.answer.index:
                    yield Broken(
                        f"question {call.called.data['question']!r} got an answer nobody had given",
                        entry=call.answer,
                        step=call.identity,
                        expected="no answer yet",
                        seen=show(call.answer.data["value"]),
                        cause="unanswered",
                    )
                    continue
                got = thaw(call.answer.data["value"])
                if got != _read(answered.data["value"]):
                    yield Broken(
                        f"question {call.called.data['question']!r} got another answer than was given",
                        entry=call.answer,
                        step=call.identity,
                        expected=repr(_read(answered.data["value"])),
                        seen=show(call.answer.data["value"]),
                    )


def _asked_again(attempt: Attempt) -> Iterator[Broken]:
    report = attempt.report
    if report is None or attempt.outcome != "paused":
        return
    number = report.data["pause_index"]
    answered = attempt.run.answers.get(number)
    if answered is not None and answered.index < report.index:
        yield Broken(
            f"question {report.data['question']!r} was asked again after it was answered",
            entry=report,
            step=f"pause:{number}",
            expected=f"the answer {answered.data['value']!r}",
            seen="another pause",
            cause="empty-answer" if answered.data["value"] == "" else "",
        )


def _read(value: str) -> Any:
    """Return what a workflow is to see of an answer; generation E has a wire form for two."""
    if value in {"__skipped__", "__skip__"}:
        return None
    return value.removeprefix(_CUSTOM)


@guarantee("pause.durable")
def durable(reading: Reading) -> Iterator[Broken]:
    """When a pause is reported, everything before it is durable."""
    for run in reading.runs.values():
        for attempt in run.attempts:
            report = attempt.report
            if report is None or attempt.outcome not in {"paused", "suspended"}:
                continue
            for call in attempt.calls_of("step"):
                if not call.ran or call.answer is None or call.raised:
                    continue
                if call.answer.index > report.index:
                    continue
                entry = run.durable.get(call.identity)
                if entry is None or entry.index > report.index:
                    yield Broken(
                        f"the run paused before the completion of {call.identity} was durable",
                        entry=report,
                        step=call.identity,
                        expected="its completion on record before the pause",
                        seen="nothing on record" if entry is None else f"on record at {entry.time:g} s",
                        cause="same-name" if _shares_record(attempt, call.record) else "",
                    )


def _shares_record(attempt: Attempt, record: str) -> bool:
    return sum(call.record == record for call in attempt.calls_of("step")) > 1
