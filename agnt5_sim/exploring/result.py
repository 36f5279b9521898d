"""What came of an exploration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from agnt5_sim.arguments.words import unknown
from agnt5_sim.errors import SimulationFailed
from agnt5_sim.judging import describing
from agnt5_sim.judging.verdicts import accepted_split

if TYPE_CHECKING:
    from agnt5_sim.exploring.story import Lived
    from agnt5_sim.faults import Point
    from agnt5_sim.judging.violation import Violation

WITHOUT_FAULTS: Final = 3
"""How many lives without faults a sweep begins with, whatever its budget."""
NO_POINT: Final = "the sweep found no fault point"
STATUSES: Final = ("completed", "failed", "cancelled", "paused", "stuck")


def no_fault_tried(test: str = "") -> str:
    """Say that a budget was too small for a single fault.

    Args:
        test: what was swept, or "" where that is clear.
    """
    whose = f" for {test}" if test else ""
    return (
        f"the budget allowed no fault to be tried{whose}: a sweep begins with {WITHOUT_FAULTS}"
        f" lives without faults, so its budget must be at least {WITHOUT_FAULTS + 1} lives"
    )


@attrs.frozen
class Exploration:
    """What came of living a story under many fault plans.

    Attributes:
        runs: how many lives were lived.
        points: the fault points of the life without faults.
        violations: what was broken, each finding once, under the smallest plan that shows it.
        accepted: what was broken by accepted and by harmless defects of the SDK.
        planned: how many lives a full sweep of this depth takes.
        depth: how many faults a plan of the sweep has at most.
        repeated: effects, with their steps, that a crash inside the step repeated: at least
            once is what a step promises, so these must be idempotent.
        digest: of all the lives together, equal exactly for equal explorations.
        status: how the life without faults ended, in the words of `Outcome.status`; of a swept
            test, whose assertions say what is meant, always "completed".
        error: why the life without faults failed or what it waits for, or "".
        replayed: the life of the one plan that was to be lived; None for a sweep.
    """

    runs: int
    points: tuple[Point, ...] = attrs.field(repr=False)
    violations: tuple[Violation, ...]
    accepted: tuple[Violation, ...] = attrs.field(repr=False)
    planned: int
    depth: int
    repeated: tuple[tuple[str, str], ...] = ()
    digest: str = ""
    status: str = "completed"
    error: str = ""
    replayed: Lived | None = attrs.field(default=None, repr=False)

    @property
    def coverage(self) -> float:
        """The part of the sweep that was lived, from 0 to 1."""
        return min(1.0, self.runs / self.planned) if self.planned else 0.0

    @property
    def starved(self) -> bool:
        """Whether the budget was used up before the first fault."""
        return self.runs <= WITHOUT_FAULTS < self.planned

    def check(self, accept: tuple[str, ...] = (), *, status: str = "completed") -> Exploration:
        """Return itself if every guarantee held in every life, and there was something to hold.

        Args:
            accept: ids of further known defects of the SDK to put up with.
            status: how the life without faults is meant to end.

        Raises:
            GuaranteeBroken: one was broken.
            SimulationFailed: the life without faults ended otherwise, the plan did not come
                about, or no fault was tried.
            ValueError: the status is none.
        """
        if status not in STATUSES:
            raise ValueError(unknown("status", status, STATUSES))
        if self.replayed is not None and self.replayed.missed:
            raise SimulationFailed(self.replayed.unreached())
        broken, _ = accepted_split(self.violations, accept)
        if broken:
            raise describing.broken(broken)
        if self.status != status:
            raise SimulationFailed(self._otherwise(status))
        if not self.points:
            raise SimulationFailed(NO_POINT)
        if self.starved:
            raise SimulationFailed(no_fault_tried())
        return self

    def _otherwise(self, asked: str) -> str:
        """Say that the life without faults did not end as it was meant to."""
        ended = f"the life without faults was to end {asked} and ended {self.status}"
        why = f": {self.error}" if self.error else ""
        meant = f"if that is meant, say so: check(status={self.status!r})"
        way_out = f"give answers with answers=, or {meant}" if self.status == "paused" else meant
        return f"{ended}{why}\n{way_out}"
