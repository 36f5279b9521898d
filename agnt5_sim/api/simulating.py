"""One simulated life from a script or a property: `simulate()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agnt5_sim.api.outcome import Outcome
from agnt5_sim.api.script import script_of
from agnt5_sim.faults import FaultPlan, as_plan
from agnt5_sim.judging import judge
from agnt5_sim.judging.verdicts import accepted_split
from agnt5_sim.life.refusals import explained
from agnt5_sim.life.settings import Settings
from agnt5_sim.platform import Policy
from agnt5_sim.platform.identity import Identity
from agnt5_sim.world.isolation import DEFAULT_STALL_S
from agnt5_sim.world.world import DEFAULT_TURNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agnt5_sim.life.answers import AnswerSource


def simulate(
    workflow: Any,
    input: Any = None,
    *,
    faults: FaultPlan | str = FaultPlan(),  # noqa: B008 - immutable
    answers: AnswerSource = (),
    stubs: Mapping[Any, Any] | None = None,
    effects: tuple[Callable[..., Any], ...] = (),
    seed: int = 0,
    profile: str | None = None,
    policy: Policy = Policy(),  # noqa: B008 - immutable
    run_id: str | None = None,
    session_id: str | None = None,
    user_id: str | None = None,
    tenant: str = "default",
    streaming: bool = False,
    turns: int = DEFAULT_TURNS,
    stall: float = DEFAULT_STALL_S,
    start: int = 0,
) -> Outcome:
    """Live one life of one run, or of a story of several, to its end.

    It needs no event loop and must not be called from a running one.

    Args:
        workflow: a decorated workflow or function of agnt5, or the name of one; or a story, an
            `async def` with the one parameter `sim`, which submits its runs as a test does and
            takes neither input nor answers nor ids. Its output is what it returns; what it
            raises is raised.
        input: its input; a dict of its parameters, or the value of its only one.
        faults: what goes wrong, as a plan or as the text of one.
        answers: what people answer: in turn, by index or question, or as a function of the
            pause. Each comes a virtual second after the question.
        stubs: what stands in for the bodies of steps, by function or by name: a `Stub`, an
            exception to raise, a callable, or a result.
        effects: functions of the outside world of which each call matters.
        seed: what all randomness comes from, a whole number of at least 0.
        profile: how the platform drives the SDK; None for the SDK's default.
        policy: the platform's choices where its sources are silent.
        run_id: the id of the run; None for the next of run-1, run-2, …
        session_id: the session of the run, or None.
        user_id: the user of the run, or None.
        tenant: the tenant of the run.
        streaming: whether the run's events are streamed.
        turns: loop turns without progress before the program counts as spinning.
        stall: seconds of processor time one turn may take; 0 for no limit.
        start: seconds after 2026-01-01T00:00:00Z at which the life begins.

    Returns:
        What came of it. Broken guarantees are in it; `check()` raises them.

    Raises:
        NotAWorkflow: there is no such workflow.
        BadInput: the input does not fit its parameters.
        NotJson: the input cannot be JSON.
        PlanError: the plan cannot be read.
        OutsideTouched: a step reached for the network or started a process.
        Spinning: the workflow ran on and on without getting anywhere.
        AnswerRefused: an answer is not among a question's options.
        BadStub: a stub cannot stand in for a step.
        UnknownProfile: the installed SDK has no such profile.
        ValueError: another argument cannot be used; the message names it and what is allowed.
    """
    settings = Settings(
        plan=as_plan("faults", faults),
        seed=seed,
        profile=profile,
        policy=policy,
        stubs=stubs,
        effects=effects,
        turns=turns,
        stall=stall,
        start=start,
    )
    ids = Identity(
        run_id=run_id, session_id=session_id, user_id=user_id, tenant=tenant, streaming=streaming
    )
    script = script_of(workflow, input, answers, ids, settings)
    with script.living(settings) as life, explained(life):
        ending = script.play(life)
    broken, accepted = accepted_split(judge(life.history))
    return Outcome(
        status=ending.status,
        output=ending.output,
        error=ending.why,
        history=life.history,
        violations=broken,
        accepted=accepted,
        points=tuple(life.injector.points),
        plan=life.settings.plan,
        missed=life.injector.missed,
        run_id=ending.run_id,
    )
