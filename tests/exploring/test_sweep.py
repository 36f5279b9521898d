"""The sweep: which plans are lived, in which order, and what a budget leaves out."""

from __future__ import annotations

import itertools

import attrs
import pytest

from agnt5_sim import FaultPlan, History, Point
from agnt5_sim.exploring import Budget, Sweep, sweep
from agnt5_sim.exploring.result import WITHOUT_FAULTS
from agnt5_sim.faults import faults_at

MOMENTS = ("before", "after")


def lived(told, points: int = 5, **how) -> list[FaultPlan]:
    """Return the plans with faults that a sweep of a story lives, in order."""
    story = told(points)
    sweep(story, Sweep(**how))
    return [plan for plan in story.plans if plan.faults]


def every(points: int) -> list[FaultPlan]:
    """Return every plan of one kill."""
    return [
        FaultPlan.kill(moment, f"body:step#{number}")
        for number in range(1, points + 1)
        for moment in MOMENTS
    ]


def test_every_fault_is_lived_once_and_in_order(told):
    """Before and after each point."""
    assert every(5) == lived(told)


def test_where_a_sweep_strikes():
    """During a sleep; before an await, which has no effect to come after; before and after others."""
    struck = {
        kind: [fault.moment for fault in faults_at(Point(kind, "step", 1), ["kill"])]
        for kind in ("sleep", "await", "body", "emit", "thread", "state.save")
    }
    both = list(MOMENTS)
    assert {
        "sleep": ["during"],
        "await": ["before"],
        "body": both,
        "emit": both,
        "thread": both,
        "state.save": both,
    } == struck


def test_every_pair_is_lived_once(told):
    """The second fault at each point that comes after the first one's, the very next included."""
    pairs = [
        first.with_fault(second.faults[0])
        for first, second in itertools.product(every(3), every(3))
        if first.faults[0].point.occurrence < second.faults[0].point.occurrence
    ]
    found = lived(told, 3, depth=2)
    assert every(3) == found[:6]
    assert sorted(pairs) == sorted(found[6:])


@pytest.mark.parametrize("room", [1, 4, 9])
def test_a_budget_leaves_out_by_the_seed(told, room):
    """The same seed leaves out the same; over many seeds every plan has its turn."""
    budget = Budget(lives=WITHOUT_FAULTS + room)
    choices = {seed: lived(told, seed=seed, budget=budget) for seed in range(40)}
    assert {room} == {len(plans) for plans in choices.values()}
    assert choices[0] == lived(told, seed=0, budget=budget)
    assert set(every(5)) == {plan for plans in choices.values() for plan in plans}


def test_what_a_budget_leaves_stays_in_order(told):
    """A choice is lived in the order of the points."""
    chosen = lived(told, seed=7, budget=Budget(lives=WITHOUT_FAULTS + 6))
    assert [plan for plan in every(5) if plan in chosen] == chosen


@pytest.mark.parametrize(("lives", "number"), [(3, 0), (4, 1), (12, 9), (13, 10), (99, 10)])
def test_a_budget_counts_the_lives_without_faults(told, lives, number):
    """Three of them come first; what is left is for faults, and no more than there are."""
    assert number == len(lived(told, budget=Budget(lives=lives)))


@pytest.mark.parametrize("seed", [0, 5])
def test_the_lives_without_faults_are_of_two_seeds(told, seed):
    """A first, another under the next seed, and the first again; all others of the first."""
    story = told(1)
    sweep(story, Sweep(seed=seed))
    assert [seed, seed + 1, seed, seed, seed] == story.seeds


def test_one_plan_is_lived_alone(told):
    """Besides the lives without faults."""
    plan = FaultPlan.kill("after", "body:step#2")
    assert [plan] == lived(told, plan=plan)


# -- what comes of it ------------------------------------------------------------------------


@pytest.mark.parametrize(("stop", "number"), [(True, 1), (False, 10)])
def test_a_sweep_stops_at_its_first_finding_if_it_is_to(told, stop, number):
    """Else it goes on to the end."""
    story = told(5)
    story.says = {"failure": "assert False"}
    exploration = sweep(story, Sweep(stop_at_first=stop))
    assert WITHOUT_FAULTS + number == exploration.runs
    assert WITHOUT_FAULTS + 10 == exploration.planned
    assert 1 == len(exploration.violations)


def test_the_digest_is_of_every_life(told):
    """Of its plan, and of what happened in it."""
    one, other = told(2), told(2)
    other.changed = "shop.SEEN"
    same, again, longer, changed = (
        sweep(story, Sweep()).digest for story in (one, told(2), told(3), other)
    )
    assert same == again
    assert 3 == len({same, longer, changed})


def test_lives_of_other_plans_are_another_exploration(told):
    """Though the same happened in them."""

    class Blind(told):
        """Comes to the same whatever the plan."""

        def __call__(self, plan, *args, **how):
            return attrs.evolve(super().__call__(FaultPlan(), *args, **how), plan=plan)

    digests = {sweep(Blind(2), Sweep(seed=0, plan=plan)).digest for plan in every(2)}
    assert 4 == len(digests)


def test_the_same_seed_must_give_the_same_life(told):
    """The first life and the third are compared; what differs is found before any fault."""

    class Drifting(told):
        """Is another with every life."""

        def __call__(self, plan, *args, **how):
            lived = super().__call__(plan, *args, **how)
            history = History(lived.history)
            history.add(float(len(self.plans)), "body.started", name="step")
            history.close()
            return attrs.evolve(lived, history=history)

    found = sweep(Drifting(2), Sweep()).violations
    assert "not-equal" in {violation.cause for violation in found}


def test_the_same_seed_must_give_the_same_result(told):
    """The third life is held against the first as every other is."""

    class Changing(told):
        """Gives another result in its third life."""

        def __call__(self, plan, *args, **how):
            lived = super().__call__(plan, *args, **how)
            history = History(lived.history)
            about = {"session_id": "", "user_id": "", "tenant": "default", "home": ("", "", "")}
            history.add(0.0, "run.submitted", run_id="run-1", name="order", data=about)
            output = b"2" if len(self.plans) == WITHOUT_FAULTS else b"1"
            ended = {"output": output, "error": "", "state": b""}
            history.add(1.0, "run.ended", run_id="run-1", name="completed", data=ended)
            history.close()
            return attrs.evolve(lived, history=history)

    found = sweep(Changing(1), Sweep()).violations
    assert {("result.same", "none"), ("world.deterministic", "none")} == {
        (violation.guarantee, violation.plan) for violation in found
    }
