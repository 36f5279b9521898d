"""simulate() and explore(): lives from a script or a property, without an event loop."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import attrs
import life_workflows as wf
import pytest

from agnt5_sim import (
    AnswerRefused,
    BadInput,
    BadStub,
    FaultPlan,
    GuaranteeBroken,
    NotAWorkflow,
    NotJson,
    PlanError,
    SimulationFailed,
    Spinning,
    Stub,
    UnknownProfile,
    explore,
    simulate,
)
from agnt5_sim.errors import BudgetError, UnknownDefect
from agnt5_sim.exploring import Budget, Sweep, batches, sweep
from agnt5_sim.exploring.shrinking import shrink
from agnt5_sim.sdk.generations.detect import installed

PROFILES = installed().profiles


# -- simulate ------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_an_outcome_can_be_asked_everything(profile):
    """Status, output, steps, events, attempts and points of a life."""
    outcome = simulate(wf.life_order, {"order_id": "o"}, answers=["yes"], profile=profile).check()
    assert outcome.status == "completed"
    assert outcome.output == {"charge": "ch_o", "count": 1, "answer": "yes"}
    assert (outcome.error, outcome.violations, outcome.missed) == ("", (), ())
    assert outcome.plan == FaultPlan()
    assert outcome.attempts >= 2
    step = outcome.step("life_charge")
    assert step in outcome.steps
    assert (step.executions, step.result, step.error) == (1, {"id": "ch_o"}, "")
    assert outcome.events[0].time == 0.0
    assert {event.attempt for event in outcome.events} <= set(range(outcome.attempts))
    assert len(outcome.points) == len(set(outcome.points))
    assert outcome.history[-1].kind == "life.ended"
    assert outcome.history[-1].time == 3602.0


@pytest.mark.parametrize("profile", PROFILES)
def test_sleeps_and_questions_use_up_no_attempts(profile):
    """A run that comes further every time may be resumed as often as it likes."""
    assert simulate(wf.life_daily, 70, profile=profile).check().output == 70
    outcome = simulate(wf.life_asks_often, 70, answers=["a"] * 70, profile=profile)
    assert (outcome.status, outcome.output) == ("completed", 70)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_run_that_never_ends_is_stopped(profile):
    """One step after the other, or one suspension after the other: both have a limit."""
    with pytest.raises(Spinning, match="1000 requests reached the platform in one life"):
        simulate(wf.life_never_ends, profile=profile, turns=1000)


@pytest.mark.filterwarnings("ignore:coroutine 'ctx.step' was never awaited")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("profile", PROFILES)
def test_a_forgotten_await_is_found(profile):
    """A step that was only called; those that are kept, gathered or made tasks are none."""
    found = simulate(wf.life_forgets, profile=profile).violations
    assert [("world.awaited", "audit")] == [(v.guarantee, v.step) for v in found]
    gc.collect()


@pytest.mark.parametrize("profile", PROFILES)
def test_what_somebody_holds_is_not_forgotten(profile):
    """It can be awaited yet; and it is what it was."""
    assert simulate(wf.life_keeps, profile=profile).history.select("program.forgotten") == []
    (kept,) = wf.KEPT
    assert kept.__qualname__ != "ctx.step"
    kept.close()
    wf.KEPT.clear()


@pytest.mark.parametrize("profile", PROFILES)
def test_a_life_that_is_over_leaves_nothing_to_the_garbage_collector(profile):
    """Lives are many; whatever leads from one part of a life back to it is cut at its end."""
    given = {"order_id": "a"}
    simulate(wf.life_order, given, answers="no", profile=profile)  # what is made once is made now
    gc.collect()
    gc.disable()
    try:
        simulate(wf.life_order, given, answers="no", profile=profile)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_an_outcome_is_frozen():
    """What came of a life does not change."""
    outcome = simulate(wf.life_small)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        outcome.status = "failed"


def test_input_is_a_dict_or_the_only_value():
    """By name, by defaults, as the value of the only parameter, and by the workflow's name."""
    assert simulate(wf.life_order, {"order_id": "a", "count": 3}, answers="no").output["count"] == 3
    assert simulate("life_sleeps", {"years": 1}).output == "awake"
    assert simulate(wf.life_small, {}).output == simulate(wf.life_small).output == 1


@pytest.mark.parametrize(
    "answers",
    [
        ["Berlin", "Main"],
        ("Berlin", "Main"),
        {0: "Berlin", 1: "Main"},
        {"city?": "Berlin", "street?": "Main"},
        {"city?": "Berlin", 1: "Main"},
        lambda pause: {"city?": "Berlin", "street?": "Main"}[pause.question],
    ],
    ids=["list", "tuple", "by-index", "by-question", "mixed", "function"],
)
def test_the_ways_to_answer(answers):
    """In turn, by index, by question, by a function; each a virtual second after the question."""
    outcome = simulate(wf.life_two_questions, answers=answers)
    assert outcome.output == ["Berlin", "Main"]
    assert outcome.history[-1].time == 2.0


def test_a_question_nobody_answers_leaves_the_run_paused():
    """It is an outcome, no error; what it waits for is said."""
    outcome = simulate(wf.life_two_questions, answers="Berlin")
    assert (outcome.status, outcome.output) == ("paused", None)
    assert "street?" in outcome.error


def test_an_answer_that_is_no_option_is_refused():
    """The mistake is the test's, and said so."""
    with pytest.raises(AnswerRefused, match=r"yes.*no"):
        simulate(wf.life_order, {"order_id": "o"}, answers="maybe")


def test_a_run_that_fails_is_an_outcome():
    """Its error is in it, and no guarantee is broken by it."""
    outcome = simulate(wf.life_fails).check()
    assert (outcome.status, outcome.output) == ("failed", None)
    assert "out of stock" in outcome.error


def test_stubs_stand_in_for_steps():
    """By function or name: a result, an error, a callable, a Stub."""
    order = {"order_id": "o"}
    for stub in (
        {"id": "x"},
        Stub(returns={"id": "x"}),
        lambda order_id: {"id": "x"},
        Stub(sequence=[{"id": "x"}]),
    ):
        outcome = simulate(wf.life_order, order, answers="yes", stubs={wf.life_charge: stub})
        assert outcome.output["charge"] == "x"
    assert simulate(wf.life_small, stubs={"one": 5}).output == 5
    failed = simulate(wf.life_small, stubs={"one": ValueError("declined")})
    assert failed.status == "failed"
    assert "declined" in failed.error


def test_ten_years_pass_at_once():
    """Virtual time costs nothing, and is exact."""
    outcome = simulate(wf.life_sleeps, {"years": 10})
    assert outcome.output == "awake"
    assert outcome.history[-1].time == 10 * 365.25 * 86_400


def test_state_is_kept_in_its_scope():
    """What a run left in its state can be read."""
    outcome = simulate(wf.life_remembers, {"name": "a"}, session_id="s").check()
    assert outcome.output == {"name": "a", "count": 1}
    assert outcome.state["count"] == 1
    assert simulate(wf.life_small).state in (None, {})


@pytest.mark.parametrize("profile", PROFILES)
def test_a_plan_is_given_as_a_value_or_as_text(profile):
    """The same life comes of both; a kill is survived; what is never reached is told."""
    first = simulate(wf.life_order, {"order_id": "o"}, answers="yes", profile=profile)
    point = first.points[len(first.points) // 2]
    text = f"kill before {point}; kill after body:nowhere#1"
    one, other = (
        simulate(wf.life_order, {"order_id": "o"}, answers="yes", faults=faults, profile=profile)
        for faults in (text, FaultPlan.parse(text))
    )
    assert one.history.digest == other.history.digest
    assert (one.status, one.output) == (first.status, first.output)
    assert one.attempts > first.attempts
    assert str(one.plan) == str(other.plan)
    assert [str(fault) for fault in one.missed] == ["kill after body:nowhere#1"]


def test_the_same_seed_gives_the_same_life():
    """Twice here; another seed draws other values and goes the same way."""
    one, same, other = (simulate(wf.life_draws, seed=seed) for seed in (3, 3, 4))
    assert one.history.digest == same.history.digest
    assert one.output == same.output
    assert one.output != other.output
    assert [entry.kind for entry in one.history] == [entry.kind for entry in other.history]
    assert one.points == other.points


def test_the_same_seed_gives_the_same_life_in_other_processes():
    """Fresh interpreters, whatever their hash seed and time zone, live what this one lives."""
    code = (
        "import sys; sys.path.append(sys.argv[1]); import life_workflows as wf\n"
        "from agnt5_sim import explore, simulate\n"
        "o = simulate(wf.life_draws, seed=3)\n"
        "e = explore(wf.life_order, {'order_id': 'o'}, answers='yes', budget=12)\n"
        "print(o.history.digest, e.digest)"
    )
    here = [
        simulate(wf.life_draws, seed=3).history.digest,
        explore(wf.life_order, {"order_id": "o"}, answers="yes", budget=12).digest,
    ]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(Path(__file__).parents[1])],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone},
            stdout=subprocess.PIPE,
            text=True,
        )
        for hash_seed, zone in (("1", "Asia/Tokyo"), ("4711", "America/New_York"))
    ]
    assert [process.communicate()[0].split() for process in processes] == [here, here]


def test_where_a_life_begins_can_be_chosen():
    """Seconds after 2026 began; nothing else changes."""
    one, other = simulate(wf.life_small), simulate(wf.life_small, start=86_400)
    assert one.output == other.output
    assert one.history.digest != other.history.digest


@pytest.mark.parametrize(
    ("error", "match", "how"),
    [
        (PlanError, r"faults=\['none'\] .*allowed: a FaultPlan, or the text", {"faults": ["none"]}),
        (PlanError, "faults=None cannot be used", {"faults": None}),
        (ValueError, "policy='journal' .*allowed: a Policy, for example", {"policy": "journal"}),
        (BadStub, "stubs=.* cannot be used; allowed: a mapping", {"stubs": [(wf.life_charge, 1)]}),
        (BadStub, "stubs=.* cannot be used; allowed: a mapping", {"stubs": []}),
        (ValueError, "effects=.* allowed: a tuple or list of functions", {"effects": wf.life_ship}),
        (ValueError, "effects=.* allowed: a tuple or list of functions", {"effects": ["send"]}),
        (ValueError, "seed='1' .*allowed: a whole number", {"seed": "1"}),
        (ValueError, "stall=-1 .*allowed: a number of seconds, 0 or more", {"stall": -1}),
        (ValueError, "stall=nan cannot be used", {"stall": float("nan")}),
        (ValueError, "turns=0 .*a whole number of at least 1", {"turns": 0}),
        (ValueError, "turns=True cannot be used", {"turns": True}),
        (ValueError, "start=-1 .*of at least 0 and at most 6311520000", {"start": -1}),
        (ValueError, r"start=1000000000000.0 cannot be used", {"start": 1e12}),
        (ValueError, r"start=1000000000000 cannot be used", {"start": 10**12}),
    ],
)
def test_arguments_that_cannot_be_used_are_named(error, match, how):
    """What was given, and what is allowed, of simulate() and, where it has them, of explore()."""
    with pytest.raises(error, match=match):
        simulate(wf.life_small, **how)
    if how.keys() & {"policy", "stubs", "effects", "seed", "stall", "turns"}:
        with pytest.raises(error, match=match):
            explore(wf.life_small, **how)


@pytest.mark.parametrize("answers", [None, 5, b"yes", {"yes"}, [1], {"ship?": 1}, {1.5: "yes"}])
def test_what_cannot_answer_is_refused(answers):
    """Whether or not a question is ever asked; the ways to answer are listed."""
    for call in (simulate, explore):
        with pytest.raises(ValueError, match=r"answers=.* cannot be used; allowed: text, a list"):
            call(wf.life_small, answers=answers)


def test_a_function_must_answer_with_text():
    """Or with None, for no answer."""
    with pytest.raises(AnswerRefused, match=r"answers= returned 5 to 'city\?'; allowed: text"):
        simulate(wf.life_two_questions, answers=lambda pause: 5)


@pytest.mark.parametrize("start", [0, 200 * 31_557_600])
def test_the_latest_start_is_lived(start):
    """What is allowed works."""
    assert (
        simulate(wf.life_order, {"order_id": "o"}, answers="yes", start=start).status == "completed"
    )


@pytest.mark.parametrize(
    ("error", "match", "call"),
    [
        (NotAWorkflow, "did you mean 'life_small'", lambda: simulate("life_smal")),
        (NotAWorkflow, "is no workflow", lambda: simulate(print)),
        (BadInput, "order_id", lambda: simulate(wf.life_order, {})),
        (BadInput, "colour", lambda: simulate(wf.life_order, {"order_id": "o", "colour": "red"})),
        (NotJson, "JSON", lambda: simulate(wf.life_order, {"order_id": object()})),
        (
            PlanError,
            "did you mean 'kill'",
            lambda: simulate(wf.life_small, faults="kil before a:b#1"),
        ),
        (UnknownProfile, PROFILES[0], lambda: simulate(wf.life_small, profile="nowhere")),
        (ValueError, "exactly one of", lambda: simulate(wf.life_small, stubs={"one": Stub()})),
    ],
    ids=["name", "thing", "missing", "extra", "no-json", "plan", "profile", "stub"],
)
def test_mistakes_are_named(error, match, call):
    """Each with what is allowed, or what was probably meant."""
    with pytest.raises(error, match=match):
        call()


def test_it_works_inside_a_running_loop():
    """Each has a loop of its own; the one around it goes on, in its own time."""

    async def inside() -> tuple[object, object, str]:
        loop = asyncio.get_running_loop()
        output = simulate(wf.life_sleeps, {"years": 1}).output
        beside = asyncio.ensure_future(asyncio.sleep(0, "went on"))
        return output, asyncio.get_running_loop() is loop, await beside

    assert ("awake", True, "went on") == asyncio.run(inside())


def test_check_raises_what_was_broken():
    """With the whole report in the message, and the life to look into."""
    point = next(p for p in simulate(wf.life_ships_outside).points if p.kind == "body")
    plan = f"kill after {point}"
    outcome = simulate(wf.life_ships_outside, faults=plan, effects=(wf.life_ship,))
    (violation,) = [v for v in outcome.violations if v.guarantee == "effect.once"]
    with pytest.raises(GuaranteeBroken, match=r"effect\.once is broken: life_ship") as broken:
        outcome.check()
    assert violation in broken.value.violations
    assert broken.value.history is outcome.history
    assert (violation.plan, violation.run_id, violation.workflow) == (
        plan,
        "run-1",
        "life_ships_outside",
    )
    assert f"simulate(life_ships_outside, ..., faults={plan!r})" in str(broken.value)


# -- explore -------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_every_single_kill_is_lived(profile):
    """All of a small workflow's, and nothing breaks."""
    exploration = explore(wf.life_small, profile=profile).check()
    assert (exploration.coverage, exploration.depth) == (1.0, 1)
    assert exploration.runs == exploration.planned
    assert exploration.points == simulate(wf.life_small, profile=profile).points
    assert len(exploration.points) < exploration.runs <= 3 + 2 * len(exploration.points)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_longer_workflow_survives_every_kill(profile):
    """Steps, a sleep and a question: each is struck at every point there is, and nothing breaks."""
    exploration = explore(wf.life_order, {"order_id": "o"}, answers="yes", profile=profile).check()
    assert (1.0, exploration.planned) == (exploration.coverage, exploration.runs)
    told = "queue" if profile == "seed" else "emit"
    assert {"body", "await", told, "begin" if profile == "activation" else "sleep"} <= {
        point.kind for point in exploration.points
    }


@pytest.mark.parametrize("profile", PROFILES)
def test_a_longer_workflow_survives_every_stall(profile):
    """What a superseded attempt hears, or begins, when it goes on breaks no guarantee."""
    exploration = explore(
        wf.life_order, {"order_id": "o"}, answers="yes", profile=profile, faults="stall"
    ).check()
    assert (1.0, exploration.planned) == (exploration.coverage, exploration.runs)


def test_progress_is_told_after_every_life():
    """How many were lived, how many there will be, how many findings."""
    told: list[tuple[int, int, int]] = []
    exploration = explore(wf.life_small, progress=lambda *now: told.append(now))
    assert [lived for lived, _, _ in told] == list(range(4, exploration.runs + 1))
    assert told[-1] == (exploration.runs, exploration.planned, 0)


def test_a_finding_is_reported_under_one_fault_where_one_will_do():
    """Two faults were tried too; the plan that is reported is as small as can be, and shows it again."""
    exploration = explore(wf.life_ships_outside, effects=(wf.life_ship,), depth=2, budget=60)
    (found,) = [v for v in exploration.violations if v.guarantee == "effect.once"]
    assert len(FaultPlan.parse(found.plan)) == 1
    again = simulate(wf.life_ships_outside, faults=found.plan, effects=(wf.life_ship,))
    assert found.key in {violation.key for violation in again.violations}
    with pytest.raises(GuaranteeBroken, match=r"effect\.once is broken"):
        exploration.check()


def test_shrinking_leaves_out_what_is_not_needed():
    """Of three faults of which one matters, that one is left."""
    from agnt5_sim.api.one_run import OneRun
    from agnt5_sim.exploring import Story
    from agnt5_sim.exploring.judge import Judge
    from agnt5_sim.judging.volatile import Volatile
    from agnt5_sim.life.settings import Settings

    story = Story(OneRun(wf.life_ships_outside), Settings(effects=(wf.life_ship,)))
    baseline = story(FaultPlan(), 0, 0)
    judge = Judge(story, baseline, Volatile(baseline.history, baseline.history), 0)
    points = [f"kill before any:point#{number}" for number in (2, 9, 14)]
    violations = judge.live(FaultPlan.of(*points)).violations
    found = next(v for v in violations if v.guarantee == "effect.once")
    small = shrink(found, judge)
    assert len(FaultPlan.parse(small.plan)) == 1
    assert small.key == found.key


def test_an_effect_inside_a_step_is_at_least_once():
    """What a crash inside a step repeats is listed, and is no finding."""
    exploration = explore(wf.life_ships, effects=(wf.life_ship,)).check()
    assert [effect for effect, _ in exploration.repeated] == ["life_ship"]


@pytest.mark.parametrize("profile", PROFILES)
def test_how_long_things_took_is_volatile(profile):
    """A kill makes a run last longer, and in memory shorter: neither is another result."""
    explore(wf.life_times_itself, profile=profile).check()
    assert simulate(wf.life_times_itself, profile=profile).output == {
        "work": 0,
        "all": 0 if profile == "activation" else 3600,
        "steps": 3,
    }


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("how", ["task", "generator", "callback", "done"])
def test_what_a_body_creates_renumbers_no_branch(how, profile):
    """A replay leaves the body out; the branches that follow are the same all the same."""
    found = explore(wf.life_creates_and_branches, how, profile=profile).violations
    assert "memo.identity" not in {violation.guarantee for violation in found}


@pytest.mark.parametrize("profile", [profile for profile in PROFILES if profile != "compat"])
def test_who_wins_a_race_is_not_volatile(profile):
    """A replay gives the order to another: that a slow platform would too is no excuse.

    In compat the steps themselves are mixed up (E02), and the race comes out as before.
    """
    found = explore(wf.life_has_it_raced, profile=profile).violations
    assert ("result.same", 'completed {"order_to": "A"}') in {
        (violation.guarantee, violation.expected) for violation in found
    }


@pytest.mark.parametrize("profile", PROFILES)
def test_a_workflow_that_a_slow_platform_would_turn_is_no_other_for_that(profile):
    """Its timeout strikes only there: that life is no measure, and is lived at the usual pace."""
    exploration = explore(wf.life_in_a_hurry, profile=profile, plan="none")
    assert exploration.violations == ()
    assert exploration.runs == 4


def test_a_budget_of_lives():
    """So many, the three without faults among them; the rest is planned."""
    exploration = explore(wf.life_small, budget=6)
    assert exploration.runs == 6
    assert exploration.planned > 6
    assert exploration.coverage == 6 / exploration.planned
    assert exploration.digest == explore(wf.life_small, budget="6").digest


def test_a_budget_of_time():
    """A sweep ends when its time does."""
    exploration = explore(wf.life_small, budget="0.001s")
    assert exploration.runs == 4
    assert exploration.coverage < 1.0


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        (None, Budget()),
        ("", Budget()),
        (500, Budget(lives=500)),
        ("500", Budget(lives=500)),
        ("30s", Budget(seconds=30.0)),
        ("0.5s", Budget(seconds=0.5)),
        ("5m", Budget(seconds=300.0)),
        (" 5m ", Budget(seconds=300.0)),
    ],
)
def test_how_a_budget_is_written(text, budget):
    """Lives, seconds or minutes."""
    assert budget == Budget.parse(text)


@pytest.mark.parametrize("text", [0, "0", "-1", "1.5", "1h", "s", "many", 2.5])
def test_what_is_no_budget(text):
    """The message shows how one is written."""
    with pytest.raises(
        BudgetError, match=r"is no budget: write a number of lives \(500\) or a time \(30s, 5m\)"
    ):
        Budget.parse(text)


def test_one_plan_alone():
    """Exactly this plan, besides the lives without faults."""
    exploration = explore(wf.life_small, plan="kill before any:point#2")
    assert (exploration.runs, exploration.planned) == (4, 4)


def test_one_plan_is_lived_whatever_the_budget():
    """It was asked for by name."""
    assert explore(wf.life_small, plan="kill before any:point#2", budget=1).check().runs == 4


@pytest.mark.parametrize("profile", PROFILES)
def test_a_plan_that_does_not_come_about_is_no_evidence(profile):
    """One fault of it is enough; the points where one could strike are listed."""
    for plan in ("kill before body:a#1", "kill before any:point#2; kill before body:a#1"):
        exploration = explore(wf.life_small, plan=plan, profile=profile)
        with pytest.raises(SimulationFailed) as refused:
            exploration.check()
        said, _, points = str(refused.value).partition(" The points of this life are: ")
        assert said == "the plan did not come about: kill before body:a#1 was never reached."
        assert str(exploration.points[0]) in points.split(", ")


def test_a_budget_too_small_for_a_fault_is_no_evidence():
    """The lives without faults come first, so nothing was tried; four lives try one fault."""
    for budget in (1, 2, 3):
        exploration = explore(wf.life_small, budget=budget)
        assert exploration.runs == 3
        with pytest.raises(SimulationFailed) as refused:
            exploration.check()
        assert str(refused.value) == (
            "the budget allowed no fault to be tried: a sweep begins with 3 lives without faults,"
            " so its budget must be at least 4 lives"
        )
    assert explore(wf.life_small, budget=4).check().runs == 4


def test_a_life_without_points_is_no_evidence():
    """Where no fault could strike none was tried, whatever the budget."""
    real = explore(wf.life_small, budget=4)
    with pytest.raises(SimulationFailed, match="the sweep found no fault point"):
        attrs.evolve(real, points=(), runs=3, planned=3).check()


def test_a_lone_kind_of_fault_is_one():
    """As in the marker."""
    one, other = (explore(wf.life_small, faults=kinds, budget=5) for kinds in ("kill", ["kill"]))
    assert one.digest == other.digest


def test_pairs_strike_after_each_other():
    """At depth two the second kill comes after the first, and all pairs are found."""
    exploration = explore(wf.life_small, depth=2)
    single = explore(wf.life_small)
    assert exploration.check().coverage == 1.0
    assert exploration.runs > single.runs + len(single.points)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_forked_batches_come_to_the_same(monkeypatch):
    """Verdicts, digest, findings, progress and repeated effects are those of lives lived here."""
    monkeypatch.setattr(batches, "BATCH", 4)

    def both(workflow, **how):
        found = []
        for here in (10_000, 0):
            monkeypatch.setattr(batches, "HERE", here)
            told: list[tuple[int, int, int]] = []
            found.append(
                (explore(workflow, progress=lambda *now, told=told: told.append(now), **how), told)
            )
        return found

    for workflow, how in [
        (wf.life_small, {"depth": 2, "budget": 30}),
        (wf.life_ships_outside, {"effects": (wf.life_ship,)}),
        (wf.life_ships, {"effects": (wf.life_ship,)}),
    ]:
        (one, told), (other, told_too) = both(workflow, **how)
        assert one == other
        assert told == told_too


def test_without_fork_a_long_sweep_is_lived_in_this_process(monkeypatch):
    """Every life of it, however many there are, and it comes to the same."""
    monkeypatch.setattr(batches, "HERE", 0)
    monkeypatch.setattr(batches, "BATCH", 2)
    monkeypatch.delattr(os, "fork", raising=False)
    lived = SimpleNamespace(live=lambda plan: (plan, os.getpid()))
    assert [(n, os.getpid()) for n in range(9)] == list(batches.live_all(lived, list(range(9))))
    alone = explore(wf.life_small)
    monkeypatch.undo()
    assert explore(wf.life_small) == alone


WITHOUT_POSIX = """
import importlib, os, signal, sys

for module in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[module] = None
for module, names in {
    os: ("fork", "forkpty", "register_at_fork", "posix_spawn"),
    signal: ("setitimer", "getitimer", "ITIMER_REAL", "ITIMER_VIRTUAL", "SIGALRM", "SIGKILL"),
}.items():
    for name in names:
        vars(module).pop(name, None)

import agnt5_sim
from agnt5 import workflow

@workflow
async def lonely(ctx) -> int:
    return sum([await ctx.step(f"step-{n}", lambda n=n: n) for n in range(4)])

importlib.import_module("agnt5_sim.exploring.batches").HERE = 0
for profile in sys.argv[1:]:
    found = agnt5_sim.explore(lonely, profile=profile).check()
    print(agnt5_sim.simulate(lonely, profile=profile).output, found.coverage)
"""


def test_what_only_posix_has_is_not_needed():
    """Lives and sweeps do without its modules, fork, timers and signals, as on Windows."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_POSIX, *PROFILES], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["6 1.0"] * len(PROFILES)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize(
    ("here", "lived"), [(100, [0]), (0, [0, 5])], ids=["in this process", "in children"]
)
def test_no_life_is_begun_when_the_time_is_up(monkeypatch, here, lived):
    """But one is lived, and what was lived is told: of each batch that had begun, its first."""
    monkeypatch.setattr(batches, "HERE", here)
    monkeypatch.setattr(batches, "BATCH", 5)
    judge = SimpleNamespace(live=lambda plan: plan)
    plans = list(range(20))
    assert list(batches.live_all(judge, plans, deadline=time.monotonic() - 1)) == lived
    assert list(batches.live_all(judge, plans, deadline=time.monotonic() + 3600)) == plans
    assert list(batches.live_all(judge, plans)) == plans


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_batch_that_fails_says_how(monkeypatch, forked):
    """The child's own traceback is in the error, and no child is left."""
    monkeypatch.setattr(batches, "HERE", 0)
    monkeypatch.setattr(batches, "BATCH", 2)
    calls = []

    def story(plan, seed, start, /, **how):
        if plan.faults:
            raise ZeroDivisionError("in the child")
        calls.append(plan)
        return real(plan, seed, start, **how)

    from agnt5_sim.api.one_run import OneRun
    from agnt5_sim.exploring import Story
    from agnt5_sim.life.settings import Settings

    real = Story(OneRun(wf.life_small), Settings())
    with pytest.raises(batches.BatchFailed, match="ZeroDivisionError: in the child"):
        sweep(story, Sweep())
    assert forked
    for child in forked:
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)


def test_values_that_differ_anyway_are_no_findings():
    """What is drawn differs from life to life; under faults too, and that is no defect."""
    assert explore(wf.life_draws).check().coverage == 1.0


def test_a_path_that_differs_is_a_finding():
    """A workflow that draws outside of a step takes other paths, and no replay of it can be trusted."""
    seeds = range(8)
    found = {
        v.guarantee
        for seed in seeds
        for v in explore(wf.life_draws_outside, seed=seed, budget=6).violations
    }
    assert "world.deterministic" in found


def test_known_defects_are_accepted_by_id():
    """One id or several; one that is none is refused, with the nearest."""
    from agnt5_sim.judging.diagnosis import DEFECTS

    known = DEFECTS[0].id
    assert explore(wf.life_small, budget=4, accept=(known,)).check(accept=(known,))
    with pytest.raises(UnknownDefect, match=f"did you mean '{known}'"):
        explore(wf.life_small, accept=(f"{known}x",))
    with pytest.raises(UnknownDefect):
        explore(wf.life_small, budget=4).check(accept=("none",))


@pytest.mark.parametrize(
    ("error", "match", "how"),
    [
        (ValueError, "depth=0 cannot be used; allowed: a whole number of at least 1", {"depth": 0}),
        (ValueError, "depth='2' cannot be used", {"depth": "2"}),
        (PlanError, r"faults=\(\) cannot be used; allowed: kinds of fault: kill", {"faults": ()}),
        (PlanError, "faults=5 cannot be used", {"faults": 5}),
        (PlanError, "unknown fault kind 'kil'.*did you mean 'kill'", {"faults": "kil"}),
        (PlanError, "unknown fault kind 5", {"faults": (5,)}),
        (PlanError, r"plan=\['none'\] cannot be used; allowed: a FaultPlan", {"plan": ["none"]}),
        (UnknownDefect, "accept=5 cannot be used; allowed: ids of known", {"accept": 5}),
        (UnknownDefect, "unknown defect 5", {"accept": (5, "E04")}),
        (PlanError, "unknown fault kind 'kil'", {"faults": ("kil",)}),
        (BudgetError, "is no budget", {"budget": "soon"}),
        (PlanError, "is no fault", {"plan": "kill"}),
        (UnknownProfile, "unknown profile", {"profile": "nowhere"}),
    ],
)
def test_mistakes_in_an_exploration_are_named(error, match, how):
    """Each before a life is lived."""
    with pytest.raises(error, match=match):
        explore(wf.life_small, **how)


def test_a_workflow_that_fails_is_explored_too():
    """Failing is what it does, with and without faults."""
    exploration = explore(wf.life_fails)
    assert exploration.check(status="failed").coverage == 1.0
    assert (exploration.status, exploration.error) == ("failed", "ValueError: out of stock")
    with pytest.raises(SimulationFailed) as refused:
        exploration.check()
    assert str(refused.value) == (
        "the life without faults was to end completed and ended failed: ValueError: out of stock\n"
        "if that is meant, say so: check(status='failed')"
    )


def test_a_question_nobody_answers_is_explored_too():
    """A run that stays paused does so under every fault."""
    exploration = explore(wf.life_two_questions, answers="Berlin")
    assert exploration.check(status="paused").coverage == 1.0
    with pytest.raises(SimulationFailed) as refused:
        exploration.check()
    assert str(refused.value) == (
        "the life without faults was to end completed and ended paused: waiting for an answer to"
        " pause 1 ('street?', text)\n"
        "give answers with answers=, or if that is meant, say so: check(status='paused')"
    )


def test_a_broken_guarantee_says_more_than_the_status():
    """A run that cannot go on breaks one, and is reported as that."""
    exploration = explore(wf.life_waits_for_nothing, budget=5)
    assert exploration.status == "stuck"
    for status in ("completed", "stuck"):
        with pytest.raises(GuaranteeBroken, match=r"result\.reached is broken"):
            exploration.check(status=status)


def test_an_end_that_is_not_the_one_that_is_meant():
    """Completed where it was to fail is no evidence; a status that is none is refused."""
    exploration = explore(wf.life_small, budget=5)
    assert (exploration.status, exploration.error) == ("completed", "")
    with pytest.raises(SimulationFailed, match="was to end failed and ended completed\n"):
        exploration.check(status="failed")
    with pytest.raises(ValueError, match=r"unknown status 'fail': allowed are.*mean 'failed'"):
        exploration.check(status="fail")


def test_outcomes_are_data():
    """What a step returned is what JSON made of it."""
    output = simulate(wf.life_order, {"order_id": "ö"}, answers="yes").output
    assert output == json.loads(json.dumps(output))
