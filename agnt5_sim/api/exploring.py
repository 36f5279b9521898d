"""`explore()`: every crash of a workflow, from a script or a property."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agnt5_sim.api.script import script_of
from agnt5_sim.errors import SimulationFailed
from agnt5_sim.exploring.story import Story
from agnt5_sim.exploring.sweep import Progress, Sweep, sweep
from agnt5_sim.life.settings import Settings
from agnt5_sim.platform import Policy
from agnt5_sim.platform.identity import Identity
from agnt5_sim.world import clock
from agnt5_sim.world.isolation import DEFAULT_STALL_S
from agnt5_sim.world.world import DEFAULT_TURNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from agnt5_sim.exploring.result import Exploration
    from agnt5_sim.faults import FaultPlan
    from agnt5_sim.life.answers import AnswerSource


def explore(  # noqa: D417 - what it shares with `simulate` is said there, once
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
    run_id: str | None = None,
    session_id: str | None = None,
    user_id: str | None = None,
    tenant: str = "default",
    streaming: bool = False,
    turns: int = DEFAULT_TURNS,
    stall: float = DEFAULT_STALL_S,
    progress: Progress | None = None,
) -> Exploration:
    """Live a run, or a story, without faults, and again for every fault plan of a sweep.

    The arguments that are not explained here are those of `simulate`.

    Args:
        depth: how many faults a plan has at most, 1 to 5; 1 is every single fault, 2 every pair
            too.
        faults: the kinds of fault to try, or the only one.
        budget: at most so many lives (`500`) or so much real time (`"30s"`); None for all.
            Three lives without faults are lived always, so the first fault takes 4 lives;
            of a time, however short, one fault is tried.
        seed: what all randomness comes from, and which plans a budget leaves out.
        plan: live exactly this plan instead of a sweep, whatever the budget.
        accept: ids of known defects of the SDK that are put up with.
        progress: told after every life: lives lived, lives planned so far, findings.

    Returns:
        What came of it; `check()` raises what was broken, and what makes it no evidence.

    Raises:
        ValueError: an argument cannot be used; the message names it and what is allowed.
        WorldError: the life without faults had to be ended.
    """
    how = Sweep(depth=depth, kinds=faults, budget=budget, seed=seed, accept=accept, plan=plan)
    settings = Settings(
        profile=profile, policy=policy, stubs=stubs, effects=effects, turns=turns, stall=stall
    )
    ids = Identity(
        run_id=run_id, session_id=session_id, user_id=user_id, tenant=tenant, streaming=streaming
    )
    story = Story(script_of(workflow, input, answers, ids, settings), settings)
    try:
        with clock.held():
            return sweep(story, how, progress)
    except SimulationFailed as failed:
        raise (story.raised or failed) from None
    finally:
        story.restore()  # a sweep leaves behind what it found
