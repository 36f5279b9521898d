"""Questions: each has its place, is asked once, and gets its own answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agnt5_sim.history.terms import WAITING
from agnt5_sim.history.values import show, thaw
from agnt5_sim.judging.registry import guarantee
from agnt5_sim.judging.violation import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.judging.reading.lives import Attempt, Call, Reading, Run


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
        yield from _told_wrong(run)
        asked: dict[int, Call] = {}
        for attempt in run.attempts:
            yield from _asked_again(attempt)
            yield from _for_another(attempt, asked)
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
                if got != answered.data["seen"]:
                    yield Broken(
                        f"question {call.called.data['question']!r} got another answer than was"
                        " given",
                        entry=call.answer,
                        step=call.identity,
                        expected=repr(answered.data["seen"]),
                        seen=show(call.answer.data["value"]),
                    )


def _for_another(attempt: Attempt, asked: dict[int, Call]) -> Iterator[Broken]:
    """Find answers that go to another question than the one they were given to."""
    calls = {call.called.data["pause_index"]: call for call in attempt.calls_of("wait")}
    for number, call in calls.items():
        before = asked.get(number)
        if call.answer is None or call.raised or before is None:
            continue
        if (before.branch, before.ordinal) != (call.branch, call.ordinal):
            yield Broken(
                f"the answer to {before.called.data['question']!r} was given to"
                f" {call.called.data['question']!r}",
                entry=call.answer,
                step=call.identity,
                expected=f"question {_place(call)} to be asked",
                seen=f"an answer to question {_place(before)}",
                cause="shared-index" if before.branch != call.branch else "other-path",
            )
    if attempt.report is not None and attempt.outcome == "paused":
        number = attempt.report.data["pause_index"]
        if number in calls:
            asked[number] = calls[number]


def _told_wrong(run: Run) -> Iterator[Broken]:
    """Find questions to which the journal gives another answer than people gave."""
    for attempt in run.attempts if run.answers else ():
        for entry in attempt.told_of("step", "completed"):
            number = entry.data.get("answer_to")
            answered = None if number is None else run.answers.get(number)
            if answered is None:
                continue
            told = json.loads(entry.data["output"])
            if told != answered.data["value"]:
                yield Broken(
                    f"the journal has another answer to question {number} than was given to it",
                    entry=entry,
                    step=f"pause:{number}",
                    expected=repr(answered.data["value"]),
                    seen=repr(told),
                    cause="journal",
                )
                return


def _asked_again(attempt: Attempt) -> Iterator[Broken]:
    report = attempt.report
    if report is None or attempt.outcome != "paused":
        return
    number = report.data["pause_index"]
    answered = attempt.answers.get(number)
    if answered is not None and answered.index < report.index:
        yield Broken(
            f"question {report.data['question']!r} was asked again after it was answered",
            entry=report,
            step=f"pause:{number}",
            expected=f"the answer {answered.data['value']!r}",
            seen="another pause",
            cause="empty-answer" if answered.data["value"] == "" else "",
        )


@guarantee("pause.durable")
def durable(reading: Reading) -> Iterator[Broken]:
    """When a pause is reported, everything before it is durable."""
    for run in reading.runs.values():
        for attempt in run.attempts:
            report = attempt.report
            if report is None or attempt.outcome not in WAITING:
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
                        seen="nothing on record"
                        if entry is None
                        else f"on record at {entry.time:g} s",
                        cause="same-name" if _shares_record(attempt, call.record) else "",
                    )


def _shares_record(attempt: Attempt, record: str) -> bool:
    return sum(call.record == record for call in attempt.calls_of("step")) > 1


def _place(call: Call) -> str:
    return f"{call.ordinal + 1} of branch {call.branch or 'main'}"
