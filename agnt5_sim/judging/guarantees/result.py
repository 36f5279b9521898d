"""Results: a run gets to its end, and everybody agrees on what it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agnt5_sim.judging.registry import guarantee
from agnt5_sim.judging.violation import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.history import Entry
    from agnt5_sim.judging.reading.lives import Attempt, Reading, Run


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
        yield from _both(run)
        ended = run.ended
        output: bytes | None = None
        for entry in _written(run, "workflow", "completed"):
            output = entry.data.get("output")
        if ended is None or ended.name != "completed" or output is None:
            continue
        got = ended.data["output"] or b"null"
        if got != output and _sorted(got) != _sorted(output):
            yield Broken(
                "the client was given another result than the journal has",
                entry=ended,
                expected=output.decode(),
                seen=json.dumps(json.loads(got)),
            )


def _sorted(text: bytes) -> str:
    return json.dumps(json.loads(text), sort_keys=True)


def _both(run: Run) -> Iterator[Broken]:
    """Find steps that are reported failed after they were reported completed."""
    for failed in _written(run, "step", "failed"):
        step = _step(failed)
        completed = (e for e in _written(run, "step", "completed") if _step(e) == step)
        if step and any(entry < failed for entry in completed):
            yield Broken(
                f"step {failed.data['step']} was reported completed, and then failed",
                entry=failed,
                step=failed.data["step"],
                expected="one of the two",
                seen="both",
            )


def _written(run: Run, of: str, phase: str) -> Iterator[Entry]:
    """Go through the events that say this, and are in the journal."""
    for attempt in run.attempts:
        for entry in attempt.told_of(of, phase):
            if entry.index not in run.lost:
                yield entry


def _step(event: Entry) -> str:
    """Tell which step an event is of: the runtime names one for people, and two may have a name."""
    data = event.data
    step: str = data["id"] if data["channel"] == "runtime" else data["step"]
    return step
