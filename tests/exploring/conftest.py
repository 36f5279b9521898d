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
        self.forgetful: list[FaultPlan] = []
        self.changed = ""
        self.says: dict[str, str] = {}

    def __call__(self, plan: FaultPlan, seed: int, start: int, /, **how: Any) -> Lived:
        """Be lived; with `changed`, a dead worker had changed that global, and it shows."""
        self.plans.append(plan)
        self.seeds.append(seed)
        history = History()
        history.add(0.0, "life.began", name="compat", data={"plan": str(plan)})
        forgot = how.get("forget", False)
        if forgot:
            self.forgetful.append(plan)
        if plan.faults and self.changed:
            _lean(history, self.changed, forgot=forgot)
        history.close()
        reached = {point: number for number, point in enumerate(self.points, 1)}
        struck = tuple((f, reached[f.point]) for f in plan if f.point in reached)
        missed = tuple(f for f in plan if f.point not in reached)
        says = self.says if plan.faults else {}
        return Lived(plan, history, self.points, struck, missed, **says)


def _lean(history: History, changed: str, *, forgot: bool) -> None:
    """Tell of a run that ends otherwise if a global is forgotten."""
    submitted = {
        "session_id": "",
        "user_id": "",
        "tenant": "default",
        "component": "workflow",
        "home": ("", "", ""),
    }
    history.add(0.0, "run.submitted", run_id="run-1", name="order", data=submitted)
    history.add(1.0, "memory.changed", name=changed)
    data = {"output": b"1" if forgot else b"2", "error": "", "state": b""}
    history.add(2.0, "run.ended", run_id="run-1", name="completed", data=data)


@pytest.fixture
def told() -> type[Told]:
    """Return stories that are told."""
    return Told
