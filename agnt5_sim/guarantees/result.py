"""Results: a run gets to its end, and everybody agrees on what it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .registry import Broken, guarantee

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .reading import Attempt, Reading, Run


@guarantee("result.reached")
def reached(reading: Reading) -> Iterator[Broken]:
    """Once faults stop, the run ends within a bounded number of attempts."""
    stuck = next((entry for entry in reading.loose if entry.kind == "life.stuck"), None)
    for run in reading.runs.values():
        if run.abandoned:
            yield Broken(
                f"the run had not ended after {len(run.attempts)} attempts, and came no further",
                entry=run.attempts[-1].began,
                expected="an end within a bounded number of attempts",
                seen=f"{len(run.attempts)} attempts",
                cause=_why_endless(run),
            )
        elif run.ended is None and stuck is not None:
            last = run.attempts[-1] if run.attempts else None
            if last is not None and _waits_for_nobody(last):
                continue
            yield Broken(
                "the run cannot go on",
                entry=stuck,
                run_id=run.run_id,
                expected="an end",
                seen=stuck.name,
            )


def _why_endless(run: Run) -> str:
    """Tell whether a run asks for ever what was answered by nothing at all."""
    asked = [a.report for a in run.attempts if a.report is not None and a.outcome == "paused"]
    answered = run.answers.get(asked[-1].data["pause_index"]) if asked else None
    return "empty-answer" if answered is not None and answered.data["value"] == "" else ""


def _waits_for_nobody(attempt: Attempt) -> bool:
    """Tell whether an attempt waits for a person, who was given nothing to say."""
    report = attempt.report
    if report is None or attempt.outcome != "paused":
        return False
    return report.data["pause_index"] not in attempt.answers


@guarantee("result.agrees")
def agrees(reading: Reading) -> Iterator[Broken]:
    """A step is completed or failed, never both; the client's result is the journal's."""
    for run in reading.runs.values():
        completed: dict[str, str] = {}
        output: object = _ABSENT
        lost = run.lost
        for attempt in run.attempts:
            for entry in attempt.accepted:
                if lost and entry.index in lost:
                    continue
                data = entry.data
                # The runtime names a step for people, and two steps may have one name.
                step = data["id"] if data["channel"] == "runtime" else data["step"]
                if data["type"] == "workflow.step.completed" and step:
                    completed[step] = entry.name
                elif data["type"] == "workflow.step.failed" and step in completed:
                    yield Broken(
                        f"step {data['step']} was reported completed, and then failed",
                        entry=entry,
                        step=data["step"],
                        expected="one of the two",
                        seen="both",
                    )
                elif data["type"] == "workflow.completed":
                    output = json.loads(data["payload"]).get("output_data", _ABSENT)
        if run.ended is None or run.ended.name != "completed" or output is _ABSENT:
            continue
        got = json.loads(run.ended.data["output"] or b"null")
        if json.dumps(got, sort_keys=True) != json.dumps(output, sort_keys=True):
            yield Broken(
                "the client was given another result than the journal has",
                entry=run.ended,
                expected=json.dumps(output),
                seen=json.dumps(got),
            )


_ABSENT = object()
