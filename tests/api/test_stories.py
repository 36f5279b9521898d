"""Stories: an `async def story(sim)`, given to simulate() and explore() instead of one workflow."""

from __future__ import annotations

import life_workflows as wf
import pytest

from agnt5_sim import NotAWorkflow, RunFailed, SimulationFailed, Stub, explore, simulate
from agnt5_sim.sdk.generations.detect import installed

PROFILES = installed().profiles


async def two_runs(sim):
    """Two runs beside each other, of which one asks."""
    order = await sim.submit(wf.life_order, {"order_id": "o"}, session_id="s")
    small = await sim.submit(wf.life_small)
    pause = await order.paused()
    await order.answer("yes")
    return [pause.question, await order.result(), await small.result()]


async def counts_on_nobody(sim):
    """An assertion that holds only without faults."""
    run = await sim.submit(wf.life_small)
    await run.result()
    assert run.attempts == 1


@pytest.mark.parametrize("profile", PROFILES)
def test_a_story_of_several_runs_is_lived(profile):
    """Its output is what it returns; its runs are told apart by the platform's numbers."""
    outcome = simulate(two_runs, profile=profile)
    assert outcome.history.runs == ("run-1", "run-2")
    assert (outcome.status, outcome.run_id) == ("completed", "run-1")
    assert outcome.output[2] == simulate(wf.life_small, profile=profile).output
    assert outcome.steps
    assert outcome.history.digest == simulate(two_runs, profile=profile).history.digest


@pytest.mark.parametrize("profile", PROFILES)
def test_a_story_is_explored(profile):
    """Each fault point of either run is struck, and each life is held to account."""
    swept = explore(two_runs, profile=profile)
    assert swept.runs == swept.planned > 50
    assert {point.kind for point in swept.points} >= {"body", "report"}
    assert [v for v in swept.violations if v.defect is None] == []
    assert swept.digest == explore(two_runs, profile=profile).digest


def test_an_assertion_of_a_story_is_a_finding():
    """One that fails under faults is told with the plan that shows it."""
    found = [v for v in explore(counts_on_nobody).violations if v.cause == "assertion"]
    assert len(found) == 1
    assert "attempts == 1" in found[0].seen or "assert" in found[0].seen
    assert found[0].plan.startswith("kill before")


def test_what_a_story_raises_without_faults_is_raised():
    """As it is, by either call."""

    async def fails(sim):
        await sim.run(wf.life_fails)

    for call in (simulate, explore):
        with pytest.raises(RunFailed):
            call(fails)


def test_stubs_and_effects_are_a_storys_too():
    """Declared with the call, as for one workflow."""

    async def ships(sim):
        await sim.run(wf.life_ships_outside)

    found = explore(ships, effects=(wf.life_ship,)).violations
    assert "effect.once" in {violation.guarantee for violation in found}

    async def ordered(sim):
        run = await sim.submit(wf.life_order, {"order_id": "o"})
        await run.paused()
        await run.answer("yes")
        return (await run.result())["charge"]

    assert simulate(ordered).output == "ch_o"
    stub = Stub(returns={"id": "stubbed"})
    assert simulate(ordered, stubs={wf.life_charge: stub}).output == "stubbed"


def test_a_story_that_starts_no_run_is_no_evidence():
    """Nothing was simulated, and that is said."""

    async def idle(sim):
        await sim.advance("1h")

    for call in (simulate, explore):
        with pytest.raises(SimulationFailed, match="idle started no run"):
            call(idle)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"input": {"a": 1}}, "input cannot be given"),
        ({"answers": "yes"}, "answers cannot be given"),
        ({"user_id": "u"}, "run_id, session_id, user_id, tenant and streaming cannot be given"),
    ],
)
def test_what_is_for_one_run_alone_is_refused(given, says):
    """A story says such things itself; the message says how."""
    for call in (simulate, explore):
        with pytest.raises(ValueError, match=says):
            call(two_runs, **given)


def test_what_is_neither_is_no_workflow():
    """A function of other parameters is taken for a workflow that lacks its decorator."""

    async def order(ctx, order_id):
        """Not decorated."""

    with pytest.raises(NotAWorkflow, match="order is no workflow"):
        simulate(order)
