"""Shrinking: the fewest faults that still show a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.faults import FaultPlan

if TYPE_CHECKING:
    from agnt5_sim.exploring.judge import Judge
    from agnt5_sim.judging.violation import Violation


def shrink(violation: Violation, judge: Judge) -> Violation:
    """Leave out faults one by one for as long as the same finding shows.

    Args:
        violation: what was found.
        judge: lives the story again.

    Returns:
        The finding, under the smallest plan that was found to show it.
    """
    plan = FaultPlan.parse(violation.plan)
    smaller = True
    while smaller and len(plan) > 1:
        smaller = False
        for fault in plan:
            fewer = plan.without(fault)
            same = [v for v in judge.live(fewer).violations if v.key == violation.key]
            if same:
                violation, plan, smaller = same[0], fewer, True
                break
    return violation
