"""A turn of the loop that brings nobody else to run is skipped, and nothing shows of it."""

from __future__ import annotations

import pytest
import wf_defects
import wf_parallel
import wf_steps
import wf_waits
from agnt5.workflow import WorkflowRegistry

from agnt5_sim import FaultPlan, simulate
from agnt5_sim.world import Process

MODULES = {module.__name__ for module in (wf_defects, wf_parallel, wf_steps, wf_waits)}
NAMES = sorted(
    name
    for name, config in WorkflowRegistry.all().items()
    if config.handler.__module__ in MODULES and config.handler.__code__.co_argcount == 1
)


def lives(name: str, profile: str) -> list[str]:
    """Live a workflow without faults and with some kills, and return the digests."""

    def digest(plan: FaultPlan) -> tuple[str, tuple]:
        outcome = simulate(name, profile=profile, faults=plan, answers=lambda pause: "yes")
        return outcome.history.digest, outcome.points

    whole, points = digest(FaultPlan())
    plans = [FaultPlan.kill("after", point) for point in points[:: max(1, len(points) // 3)]]
    return [whole, *(digest(plan)[0] for plan in plans)]


@pytest.mark.filterwarnings("ignore")  # of coroutines dropped: what the workflows are about
@pytest.mark.parametrize("name", NAMES)
def test_a_skipped_turn_changes_nothing(name, profile, monkeypatch):
    """Entry for entry it is the life in which every crossing waits for its turn."""
    skipped = lives(name, profile)
    monkeypatch.setattr(Process, "skip_turn", lambda _process: False)
    assert lives(name, profile) == skipped


def test_there_are_workflows_to_compare():
    """With branches, timeouts, cancellations, sleeps and questions."""
    assert len(NAMES) > 40
