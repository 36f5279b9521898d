"""What came of one life of a story, small enough to be sent from one process to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from agnt5_sim.faults import Fault, FaultPlan, Point
    from agnt5_sim.judging.violation import Violation


@attrs.frozen
class Verdict:
    """What came of one life, small enough to be sent from one process to another.

    Attributes:
        plan: what it was lived under.
        violations: what it broke.
        later: the fault points after the last fault that struck.
        total: how many fault points it reached.
        missed: the faults whose place was never reached.
        digest: of its history.
        repeated: effects, with their steps, that a crash inside the step repeated.
    """

    plan: FaultPlan
    violations: tuple[Violation, ...]
    later: tuple[Point, ...]
    total: int
    missed: tuple[Fault, ...]
    digest: str
    repeated: tuple[tuple[str, str], ...] = ()
