"""After its report an attempt is quiet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.judging.registry import guarantee
from agnt5_sim.judging.violation import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.history import Entry
    from agnt5_sim.judging.reading.lives import Attempt, Reading

_LOUD = {
    "program.called": "started",
    "body.started": "ran the body of",
    "platform.emit": "emitted",
    "platform.begin": "began",
    "platform.complete": "completed",
    "platform.fail": "failed",
    "platform.step.started": "started",
    "platform.step.completed": "completed",
    "platform.step.failed": "failed",
    "platform.state.save": "saved the state of scope",
    "state.set": "set the state",
    "state.delete": "deleted the state",
    "state.clear": "cleared the state",
}


def left_behind(attempt: Attempt, entry: Entry) -> str:
    """Tell why something goes on beside an attempt that is over.

    A workflow that returns without awaiting what it began has itself to blame; one that is
    ended by an error, a question or a sleep in one branch has no way to stop the others.
    """
    if not entry.branch:
        return ""
    return "left-running" if attempt.outcome == "completed" else "sibling"


@guarantee("quiet.after")
def after(reading: Reading) -> Iterator[Broken]:
    """Once an attempt has reported, it starts no step, emits no event, writes no state."""
    for attempt in reading.attempts():
        report = attempt.report
        if report is None:
            continue
        late = [kind for kind in _LOUD if (of := attempt.by_kind.get(kind)) and of[-1] > report]
        if not late:
            continue
        first = next(entry for entry in attempt.entries_of(*late) if entry > report)
        yield Broken(
            f"attempt {attempt.number} had reported {attempt.outcome} and then"
            f" {_LOUD[first.kind]} {first.name}",
            entry=first,
            step=first.name,
            expected=f"nothing after the report at {report.time:g} s",
            seen=f"{first.kind} {first.name} at {first.time:g} s",
            cause=left_behind(attempt, first),
        )
