"""`explore()`: every crash of a workflow, from a script or a property."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from agnt5_sim.api.simulating import ending_of, live_one_run
from agnt5_sim.errors import AnswerRefused, WorldError
from agnt5_sim.exploring.budget import Budget
from agnt5_sim.exploring.story import Lived, Story
from agnt5_sim.exploring.sweep import Progress, Sweep, sweep
from agnt5_sim.faults import FaultPlan, as_plan
from agnt5_sim.judging.verdicts import check_accept
from agnt5_sim.life.life import Life
from agnt5_sim.life.settings import Settings
from agnt5_sim.platform import Policy
from agnt5_sim.sdk.workflows import resolve
from agnt5_sim.world import clock
from agnt5_sim.world.remembering.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from agnt5_sim.exploring.result import Exploration
    from agnt5_sim.life.answers import AnswerSource


def explore(
    workflow: Any,
    input: Any = None,
    *,
    depth: int = 1,
    faults: Iterable[str] | str = ("kill",),
    budget: str | int | None = None,
    seed: int = 0,
    plan: FaultPlan | str | None = None,
    accept: Iterable[str] = (),
    answers: AnswerSource = (),
    stubs: Mapping[Any, Any] | None = None,
    effects: tuple[Callable[..., Any], ...] = (),
    profile: str | None = None,
    policy: Policy = Policy(),  # noqa: B008 - immutable
    session_id: str | None = None,
    user_id: str | None = None,
    tenant: str = "default",
    streaming: bool = False,
    progress: Progress | None = None,
) -> Exploration:
    """Live a run without faults, and again for every fault plan of a sweep.

    Args:
        workflow: a decorated workflow or function of agnt5, or the name of one.
        input: its input.
        depth: how many faults a plan has at most; 1 is every single fault, 2 every pair too.
        faults: the kinds of fault to try, or the only one.
        budget: at most so many lives (`500`) or so much real time (`"30s"`); None for all.
            Three lives without faults are lived always, so the first fault takes 4 lives;
            of a time, however short, one fault is tried.
        seed: what all randomness comes from, and which plans a budget leaves out.
        plan: live exactly this plan instead of a sweep, whatever the budget.
        accept: ids of known defects of the SDK that are put up with.
        answers: see `simulate`; so are the others.
        stubs: see `simulate`.
        effects: see `simulate`.
        profile: see `simulate`.
        policy: see `simulate`.
        session_id: see `simulate`.
        user_id: see `simulate`.
        tenant: see `simulate`.
        streaming: see `simulate`.
        progress: told after every life: lives lived, lives planned so far, findings.

    Returns:
        What came of it; `check()` raises what was broken, and what makes it no evidence.

    Raises:
        ValueError: an argument cannot be used; the message names it and what is allowed.
        WorldError: the life without faults had to be ended.
    """
    story = story_of(
        workflow,
        input,
        answers=answers,
        stubs=stubs,
        effects=effects,
        profile=profile,
        policy=policy,
        session_id=session_id,
        user_id=user_id,
        tenant=tenant,
        streaming=streaming,
    )
    how = Sweep(
        depth=depth,
        kinds=faults,
        budget=Budget.parse(budget),
        seed=seed,
        accept=tuple(sorted(check_accept(accept))),
        plan=None if plan is None else as_plan("plan", plan),
    )
    memory = Memory([resolve(workflow).handler])
    try:
        with clock.held():
            return sweep(story, how, progress)
    finally:
        memory.restore()  # a sweep leaves behind what it found


def story_of(
    workflow: Any,
    input: Any = None,
    *,
    answers: AnswerSource = (),
    stubs: Mapping[Any, Any] | None = None,
    effects: tuple[Callable[..., Any], ...] = (),
    profile: str | None = None,
    policy: Policy = Policy(),  # noqa: B008 - immutable
    **ids: Any,
) -> Story:
    """Return the story of one run; the arguments are those of `explore`."""
    memory = Memory([resolve(workflow).handler])

    def story(
        faults_now: FaultPlan,
        seed_now: int,
        start: int,
        /,
        *,
        forget: bool = False,
        pace: float = 0.0,
    ) -> Lived:
        memory.restore()  # every life begins with what the first began with
        settings = Settings(
            plan=faults_now,
            seed=seed_now,
            profile=profile,
            policy=policy,
            start=start,
            forget=forget,
            pace=pace,
        )
        life = Life(settings, stubs=stubs, effects=effects)
        error, status, why = "", "stuck", ""
        try:
            run_id = live_one_run(life, workflow, input, answers, **ids)
            status, why = ending_of(life, run_id)
        except (WorldError, AnswerRefused) as problem:
            if not faults_now.faults:
                raise
            error = str(problem)
        return attrs.evolve(lived_of(life, error), status=status, why=why)

    return story


def lived_of(life: Life, error: str = "", failure: str = "") -> Lived:
    """Return what there is to judge of a life that is over."""
    return Lived(
        plan=life.settings.plan,
        history=life.history,
        points=tuple(life.injector.points),
        struck=tuple(life.injector.struck),
        missed=life.injector.missed,
        error=error,
        failure=failure,
    )
