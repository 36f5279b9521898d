"""What it is to break a guarantee: a finding, and what it becomes once it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from agnt5_sim.judging.diagnosis import Defect, find_defect, given_up

if TYPE_CHECKING:
    from agnt5_sim.history import Entry
    from agnt5_sim.judging.reading.lives import Reading


@attrs.frozen(kw_only=True)
class Violation:
    """A guarantee that was broken.

    Attributes:
        guarantee: its id, as in the documentation.
        message: what broke, in a sentence.
        run_id: the run it broke in.
        workflow: that run's workflow.
        step: the step, sleep or question it broke at, or "".
        time: virtual time in seconds.
        expected: what should have been.
        seen: what was.
        plan: the faults under which it broke, as text.
        cause: a word for how it broke, by which known defects are recognised.
        defect: the id of a known defect of the SDK that causes it, or None.
        entry: the place in the history, -1 where there is none.
    """

    guarantee: str
    message: str
    run_id: str = ""
    workflow: str = ""
    step: str = ""
    time: float = 0.0
    expected: str = ""
    seen: str = ""
    plan: str = "none"
    cause: str = ""
    defect: str | None = None
    entry: int = -1

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two violations, of different lives, the same finding."""
        return (self.guarantee, self.workflow, self.step, self.cause)

    def __str__(self) -> str:
        """One line."""
        where = f" at {self.step}" if self.step else ""
        return f"{self.guarantee}: {self.message} ({self.workflow}{where}, {self.time:g} s)"


class Broken:
    """What a guarantee found, before anybody knows under which plan."""

    def __init__(
        self,
        message: str,
        *,
        entry: Entry | None = None,
        run_id: str = "",
        step: str = "",
        expected: object = "",
        seen: object = "",
        cause: str = "",
    ) -> None:

        self.message = message
        self.entry = entry
        self.run_id = run_id or (entry.run_id if entry is not None else "")
        self.step = step
        self.expected = str(expected)
        self.seen = str(seen)
        self.cause = cause


def name_violation(name: str, broken: Broken, reading: Reading) -> Violation:
    """Make a violation of a finding."""
    run = reading.runs.get(broken.run_id)
    cause = broken.cause
    defect: Defect | None = find_defect(name, cause, reading.agnt5, reading.profile)
    if given_up.put_down(name, broken.entry, run):
        known = find_defect(name, given_up.CAUSE, reading.agnt5, reading.profile)
        cause, defect = (cause, defect) if known is None else (given_up.CAUSE, known)
    return Violation(
        guarantee=name,
        message=broken.message,
        run_id=broken.run_id,
        workflow=run.submitted.name if run is not None else "",
        step=broken.step,
        time=broken.entry.time if broken.entry is not None else 0.0,
        expected=broken.expected,
        seen=broken.seen,
        plan=reading.plan,
        cause=cause,
        defect=defect.id if defect is not None else None,
        entry=broken.entry.index if broken.entry is not None else -1,
    )
