"""Hypothesis strategies: fault plans, inputs of a workflow, answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from agnt5_sim.arguments.checks import wrong
from agnt5_sim.faults import FaultPlan, Point, check_kinds, faults_at, nth

if TYPE_CHECKING:
    from agnt5_sim.api.outcome import Outcome
    from agnt5_sim.exploring.result import Exploration


def fault_plans(
    points: Outcome | Exploration | Iterable[Point] | None = None,
    *,
    faults: Iterable[str] | str = ("kill",),
    min_faults: int = 0,
    max_faults: int = 3,
    reach: int = 60,
) -> st.SearchStrategy[FaultPlan]:
    """Return fault plans; they shrink to fewer faults, and to earlier ones.

    Args:
        points: where faults may strike: an outcome or an exploration whose points to use, or
            points; None for the first, second, … point of whatever life is lived.
        faults: the kinds of fault.
        min_faults: how many a plan has at least.
        max_faults: how many it has at most.
        reach: without points, how far into a life a fault may strike.

    Raises:
        PlanError: a kind of fault is none.
        ValueError: the points are none, or there is none to strike at.
    """
    kinds = check_kinds(faults)
    if points is None:
        choices = [
            fault for number in range(1, reach + 1) for fault in faults_at(nth(number), kinds)
        ]
    else:
        choices = [fault for point in _points_of(points) for fault in faults_at(point, kinds)]
    if not choices:
        msg = "there is no point at which a fault could strike"
        raise ValueError(msg)
    return st.lists(
        st.sampled_from(choices),
        min_size=min_faults,
        max_size=max_faults,
        unique_by=lambda fault: fault.decides,
    ).map(FaultPlan)


def _points_of(given: Any) -> tuple[Point, ...]:
    found = getattr(given, "points", given)
    points = tuple(dict.fromkeys(found)) if isinstance(found, Iterable) else (None,)
    if not all(isinstance(point, Point) for point in points):
        allowed = "an Outcome, an Exploration, a list of Points, None for any point"
        raise ValueError(wrong("points", given, allowed))
    return points
