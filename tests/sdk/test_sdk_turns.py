"""A turn of the loop that brings nobody else to run is skipped, and nothing shows of it."""

from __future__ import annotations

import asyncio
import sys

import pytest
import wf_defects
import wf_parallel
import wf_steps
import wf_waits
from agnt5 import workflow
from agnt5.workflow import WorkflowRegistry

from agnt5_sim import FaultPlan, simulate
from agnt5_sim.world import Process

MODULES = {module.__name__ for module in (wf_defects, wf_parallel, wf_steps, wf_waits)}
NAMES = sorted(
    name
    for name, config in WorkflowRegistry.all().items()
    if config.handler.__module__ in MODULES and config.handler.__code__.co_argcount == 1
)


@workflow
async def sdk_eager(ctx) -> list:
    """Branches that begin at once, where Python can."""
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)

    async def branch(name: str) -> str:
        for number in range(3):
            await ctx.step(f"{name}{number}", int)
        return name

    branches = [asyncio.ensure_future(branch(name)) for name in "ab"]
    return list(await asyncio.gather(*branches))


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


def test_turns_are_skipped(profile, monkeypatch):
    """A run with one branch gives up control only where time passes or somebody must answer."""
    turns: list[bool] = []
    skip = Process.skip_turn

    def noted(process: Process) -> bool:
        turns.append(skip(process))
        return turns[-1]

    monkeypatch.setattr(Process, "skip_turn", noted)
    simulate("sdk_questions_and_steps", profile=profile, answers=lambda pause: "yes")
    assert turns
    assert all(turns)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="there are no eager tasks yet")
def test_a_task_that_begins_in_somebody_elses_turn_gives_up_its_own(profile, monkeypatch):
    """An eager task runs while who made it waits; going on at once would keep that waiting."""
    skipped = simulate("sdk_eager", profile=profile).history.digest
    monkeypatch.setattr(Process, "skip_turn", lambda _process: False)
    assert simulate("sdk_eager", profile=profile).history.digest == skipped


def test_there_are_workflows_to_compare():
    """With branches, timeouts, cancellations, sleeps and questions."""
    assert len(NAMES) > 40
