"""The guarantees by id, and what it is to break one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

import attrs

from .defects import Defect, find_defect
from .reading import Reading, read

if TYPE_CHECKING:
    from agnt5_sim.history import Entry, History


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


Check = Callable[[Reading], Iterator[Broken]]
GUARANTEES: Final[dict[str, Check]] = {}


def guarantee(name: str) -> Callable[[Check], Check]:
    """Register a function over a reading as the guarantee of that id."""

    def register(check: Check) -> Check:
        GUARANTEES[name] = check
        return check

    return register


def judge(history: History, only: Iterable[str] | None = None) -> tuple[Violation, ...]:
    """Return what a history breaks, in the order of the guarantees.

    Args:
        history: of one life.
        only: ids of the guarantees to hold it to; None for all.
    """
    reading = read(history)
    names = GUARANTEES if only is None else only
    return tuple(
        name_violation(name, broken, reading)
        for name in names
        for broken in GUARANTEES[name](reading)
    )


def name_violation(name: str, broken: Broken, reading: Reading) -> Violation:
    """Make a violation of a finding."""
    run = reading.runs.get(broken.run_id)
    defect: Defect | None = find_defect(name, broken.cause, reading.agnt5, reading.profile)
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
        cause=broken.cause,
        defect=defect.id if defect is not None else None,
        entry=broken.entry.index if broken.entry is not None else -1,
    )
