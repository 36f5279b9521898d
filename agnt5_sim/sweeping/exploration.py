"""What came of an exploration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from agnt5_sim.verdicts import GuaranteeBroken, accepted_split

if TYPE_CHECKING:
    from agnt5_sim.faults import Point
    from agnt5_sim.guarantees import Violation


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
    """

    runs: int
    points: tuple[Point, ...] = attrs.field(repr=False)
    violations: tuple[Violation, ...]
    accepted: tuple[Violation, ...] = attrs.field(repr=False)
    planned: int
    depth: int
    repeated: tuple[tuple[str, str], ...] = ()
    digest: str = ""

    @property
    def coverage(self) -> float:
        """The part of the sweep that was lived, from 0 to 1."""
        return min(1.0, self.runs / self.planned) if self.planned else 0.0

    def check(self, accept: tuple[str, ...] = ()) -> Exploration:
        """Return itself if every guarantee held in every life.

        Args:
            accept: ids of further known defects of the SDK to put up with.

        Raises:
            GuaranteeBroken: one was broken.
        """
        broken, _ = accepted_split(self.violations, accept)
        if broken:
            raise GuaranteeBroken(broken)
        return self
