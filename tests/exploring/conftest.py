"""What the tests of exploring share: stories that are told, not lived."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agnt5_sim import FaultPlan, History, Point
from agnt5_sim.exploring import Lived, Verdict
from agnt5_sim.judging.violation import Violation


def _found(step: str, plan: FaultPlan) -> Violation:
    return Violation(
        guarantee="effect.once",
        message=f"{step} happened twice",
        run_id="run-1",
        workflow="order",
        time=0.0,
        step=step,
        plan=str(plan),
    )


@pytest.fixture
def found() -> Callable[[str, FaultPlan], Violation]:
    """Return a finding at a step, under a plan."""
    return _found


@pytest.fixture
def verdict() -> Callable[..., Verdict]:
    """Return a verdict on a life under a plan, with a finding at each of these steps."""

    def verdict(plan: FaultPlan, *steps: str) -> Verdict:
        return Verdict(plan, tuple(_found(step, plan) for step in steps), (), 0, (), "")

    return verdict


class Told:
    """A story that comes to so many points in every life, and remembers its lives."""

    def __init__(self, points: int) -> None:
        self.points = tuple(Point("body", "step", number + 1) for number in range(points))
        self.plans: list[FaultPlan] = []
        self.seeds: list[int] = []

    def __call__(self, plan: FaultPlan, seed: int, start: int, /, **how: Any) -> Lived:
        """Be lived."""
        self.plans.append(plan)
        self.seeds.append(seed)
        history = History()
        history.add(0.0, "life.began", name="compat", data={"plan": str(plan)})
        history.close()
        reached = {point: number for number, point in enumerate(self.points, 1)}
        struck = tuple((f, reached[f.point]) for f in plan if f.point in reached)
        missed = tuple(f for f in plan if f.point not in reached)
        return Lived(plan, history, self.points, struck, missed)


@pytest.fixture
def told() -> type[Told]:
    """Return stories that are told."""
    return Told
