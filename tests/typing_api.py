"""The public API as a type checker sees it: checked by mypy --strict, never run."""

from __future__ import annotations

import datetime
from typing import assert_type

from agnt5_sim import (
    Exploration,
    Fault,
    FaultPlan,
    GuaranteeBroken,
    History,
    Outcome,
    Point,
    RunFailed,
    Sim,
    SimRun,
    Stub,
    Violation,
    effect,
    explore,
    simulate,
)
from agnt5_sim.report.views import PauseView, StepView
from agnt5_sim.strategies import answers, fault_plans, inputs


@effect
async def charge(order_id: str, amount: int = 1) -> str:
    """Keep the types of a function that is declared an effect."""
    return order_id * amount


async def scenario(sim: Sim) -> None:
    """Use the fixture."""
    sim.stub("charge", returns=1)
    sim.stub(charge, sequence=[1, ValueError()])
    sim.effect(charge)
    sim.external([])
    run = await sim.submit("order", {"order_id": "o"}, user_id="u", session_id="s", tenant="t")
    assert_type(run, SimRun)
    assert_type(await run.paused(), PauseView)
    await run.answer("yes", index=0)
    await run.result()
    await run.cancel()
    assert_type(run.step("charge"), StepView)
    assert_type(run.steps, tuple[StepView, ...])
    assert_type(run.pauses, tuple[PauseView, ...])
    assert_type(run.status, str)
    assert_type(run.attempts, int)
    assert_type(run.event_types(), tuple[str, ...])
    await sim.run("order", {"order_id": "o"})
    await sim.run("order", {"order_id": "o"}, run_id="mine", streaming=True)
    await sim.run("order", tenant=5)  # type: ignore[arg-type]
    await sim.submit("order", sesion_id="s")  # type: ignore[call-arg]
    await sim.advance("2h")
    await sim.advance(1.5)
    await sim.advance(datetime.timedelta(hours=1))
    sim.kill(run)
    sim.kill()
    assert_type(sim.clock.now(), datetime.datetime)
    assert_type(sim.clock.elapsed(), float)
    assert_type(sim.history, History)
    assert_type(sim.violations, tuple[Violation, ...])
    assert_type(await charge("o", amount=2), str)


def script() -> None:
    """Use the functions."""
    outcome = simulate(
        "order",
        {"order_id": "o"},
        faults="kill before body:a#1",
        answers=["yes"],
        stubs={"charge": Stub(returns=1), charge: 2},
        effects=(charge,),
        seed=1,
        profile="compat",
    )
    assert_type(outcome, Outcome)
    assert_type(outcome.check(), Outcome)
    assert_type(outcome.check(accept=("E01",)), Outcome)
    assert_type(outcome.points, tuple[Point, ...])
    assert_type(outcome.missed, tuple[Fault, ...])
    assert_type(outcome.history.digest, str)
    simulate("order", answers="yes")
    simulate("order", answers={0: "yes", "ship?": "no"})
    simulate("order", answers=lambda pause: pause.question)
    exploration = explore("order", depth=2, budget="30s", accept=("E01",), faults=("kill",))
    assert_type(exploration, Exploration)
    assert_type(exploration.check(), Exploration)
    assert_type(exploration.coverage, float)
    assert_type(exploration.violations, tuple[Violation, ...])
    explore("order", budget=500, plan=FaultPlan(), progress=lambda lived, planned, found: None)
    explore("order", faults="kill").check(("E01",), status="failed")


def plans() -> None:
    """Use plans."""
    plan = FaultPlan.parse("none")
    assert_type(plan, FaultPlan)
    assert_type(plan.with_fault(Fault("kill", "before", Point("body", "a", 1))), FaultPlan)
    assert_type(FaultPlan.of("kill before body:a#1", Fault.parse("kill after body:a#1")), FaultPlan)
    assert_type(FaultPlan.kill("before", "body:a#1"), FaultPlan)
    assert_type([fault.point for fault in plan], list[Point])
    fault_plans(simulate("order"), max_faults=2)
    fault_plans(reach=10)
    inputs("order")
    answers("yes", "no")


def errors(run: SimRun) -> None:
    """Use the errors."""
    try:
        simulate("order").check()
    except GuaranteeBroken as broken:
        assert_type(broken.violations, tuple[Violation, ...])
    except RunFailed as failed:
        assert_type(failed.run, SimRun)
