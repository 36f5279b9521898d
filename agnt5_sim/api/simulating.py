"""One simulated life from a script or a property: `simulate()`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agnt5_sim.api.outcome import Outcome
from agnt5_sim.errors import Stuck
from agnt5_sim.faults import FaultPlan, as_plan
from agnt5_sim.history.terms import TERMINAL
from agnt5_sim.judging import judge
from agnt5_sim.judging.verdicts import accepted_split
from agnt5_sim.life.answers import DELAY_S, AnswerSource, answer_for, check_answers
from agnt5_sim.life.life import Life
from agnt5_sim.life.refusals import explained, not_json_hint
from agnt5_sim.life.settings import Settings
from agnt5_sim.platform import Policy
from agnt5_sim.world.isolation import DEFAULT_STALL_S
from agnt5_sim.world.world import DEFAULT_TURNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


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
    session_id: str | None = None,
    user_id: str | None = None,
    tenant: str = "default",
    streaming: bool = False,
    turn_limit: int = DEFAULT_TURNS,
    stall: float = DEFAULT_STALL_S,
    start: int = 0,
) -> Outcome:
    """Live one life of one run, to its end.

    It needs no event loop and must not be called from a running one.

    Args:
        workflow: a decorated workflow or function of agnt5, or the name of one.
        input: its input; a dict of its parameters, or the value of its only one.
        faults: what goes wrong, as a plan or as the text of one.
        answers: what people answer: in turn, by index or question, or as a function of the
            pause. Each comes a virtual second after the question.
        stubs: what stands in for the bodies of steps, by function or by name: a `Stub`, an
            exception to raise, a callable, or a result.
        effects: functions of the outside world of which each call matters.
        seed: what all randomness comes from.
        profile: how the platform drives the SDK; None for the SDK's default.
        policy: the platform's choices where its sources are silent.
        session_id: the session of the run, or None.
        user_id: the user of the run, or None.
        tenant: the tenant of the run.
        streaming: whether the run's events are streamed.
        turn_limit: loop turns without progress before the program counts as spinning.
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
        ValueError: another argument cannot be used; the message names it and what is allowed.
    """
    settings = Settings(
        plan=as_plan("faults", faults),
        seed=seed,
        profile=profile,
        policy=policy,
        turn_limit=turn_limit,
        stall=stall,
        start=start,
    )
    life = Life(settings, stubs=stubs, effects=effects)
    run_id = live_one_run(
        life,
        workflow,
        input,
        answers,
        session_id=session_id,
        user_id=user_id,
        tenant=tenant,
        streaming=streaming,
    )
    return outcome_of(life, run_id)


def live_one_run(life: Life, workflow: Any, given: Any, answers: AnswerSource, **ids: Any) -> str:
    """Live a life of one run, from its submission to its end, and return the run's id.

    Args:
        life: what it is lived in.
        workflow: see `simulate`.
        given: the input.
        answers: see `simulate`.
        ids: session, user, tenant and the rest of what `Life.submit` takes.

    Raises:
        WorldError: see `simulate`; so are the others.
    """
    check_answers(answers)
    with explained(life), life.lived():
        run_id = life.submit(workflow, given, **ids)
        with life.effects_declared():
            answer_questions(life, run_id, answers)
            live_to_the_end(life, run_id)
    return run_id


def answer_questions(life: Life, run_id: str, answers: AnswerSource) -> None:
    """Answer each question of a run a virtual second after it is asked."""
    asked: set[int] = set()

    def look(changed: str) -> None:
        if changed != run_id or life.platform.run(run_id).state != "waiting":
            return
        open_ = [pause for pause in life.platform.pauses(run_id) if pause.answer is None]
        if not open_ or open_[-1].index in asked:
            return
        pause = open_[-1]
        value = answer_for(pause, answers)
        if value is not None:
            asked.add(pause.index)
            life.world.at(life.world.now + DELAY_S, lambda: life.answer(run_id, value, pause.index))

    life.on_change.append(look)


def live_to_the_end(life: Life, run_id: str) -> None:
    """Let a life go on until its run has ended or can go no further."""
    platform = life.platform
    try:
        life.world.drive(None, lambda: platform.run(run_id).state in TERMINAL)
        life.settle()
    except Stuck as stuck:
        life.stuck(stuck)


def outcome_of(life: Life, run_id: str) -> Outcome:
    """Return what came of a life that is over."""
    run = life.platform.run(run_id)
    status, error = ending_of(life, run_id)
    output = json.loads(run.output) if status == "completed" and run.output else None
    broken, accepted = accepted_split(judge(life.history))
    return Outcome(
        status=status,
        output=output,
        error=error,
        history=life.history,
        violations=broken,
        accepted=accepted,
        points=tuple(life.injector.points),
        plan=life.settings.plan,
        missed=life.injector.missed,
        run_id=run_id,
    )


def ending_of(life: Life, run_id: str) -> tuple[str, str]:
    """Return how a run ended, as `Outcome.status` and `Outcome.error` say it."""
    run = life.platform.run(run_id)
    if run.state == "failed":
        return run.state, run.error + not_json_hint(life.history, run_id)
    if run.state in TERMINAL:
        return run.state, run.error
    paused = any(pause.answer is None for pause in life.platform.pauses(run_id))
    status = "paused" if paused and run.state == "waiting" else "stuck"
    return status, life.platform.waiting_on(run_id)
