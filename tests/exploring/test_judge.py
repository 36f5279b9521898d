"""The verdict on a life: where the faults that come next may strike, and what was leaned on."""

from __future__ import annotations

import attrs
import pytest

from agnt5_sim import Fault, FaultPlan
from agnt5_sim.exploring.judge import Judge
from agnt5_sim.judging.volatile import Volatile


def judged(told, plan: FaultPlan, **changes):
    """Return the verdict on a life of five points under a plan."""
    story = told(5)
    baseline = story(FaultPlan(), 0, 0)
    judge = Judge(story, baseline, Volatile(baseline.history, baseline.history), 0)
    return judge.verdict(attrs.evolve(story(plan, 0, 0), **changes))


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2, 5])
def test_the_next_fault_strikes_after_the_last_that_struck(told, moment, number):
    """At the very next point on: its own is the last of those that are behind."""
    verdict = judged(told, FaultPlan.kill(moment, f"body:step#{number}"))
    assert list(range(number + 1, 6)) == [point.occurrence for point in verdict.later]


def test_without_a_fault_every_point_is_to_come(told):
    """The life without faults is where a sweep begins."""
    assert [1, 2, 3, 4, 5] == [point.occurrence for point in judged(told, FaultPlan()).later]


def test_of_two_faults_the_later_counts(told):
    """Whatever their order in the plan."""
    plan = FaultPlan.of("kill after body:step#4", "kill before body:step#2")
    assert [5] == [point.occurrence for point in judged(told, plan).later]


def test_a_verdict_tells_what_a_life_came_to(told):
    """How many points it reached, which faults were missed, the digest of its history."""
    nowhere = Fault.parse("kill before body:nowhere#1")
    verdict = judged(told, FaultPlan((nowhere,)))
    assert (5, (nowhere,), FaultPlan((nowhere,))) == (verdict.total, verdict.missed, verdict.plan)
    assert told(5)(FaultPlan((nowhere,)), 0, 0).history.digest == verdict.digest


# -- memory ----------------------------------------------------------------------------------


def leaned(told, plan: FaultPlan, changed: str = "shop.SEEN"):
    """Return what a life that leaned on a global broke, and the plans that were lived forgetful."""
    story = told(5)
    story.changed = changed
    baseline = story(FaultPlan(), 0, 0)
    judge = Judge(story, baseline, Volatile(baseline.history, baseline.history), 0)
    found = [v.guarantee for v in judge.live(plan).violations]
    return found, story.forgetful


ONE = FaultPlan.kill("before", "body:step#2")


def test_a_life_that_changed_a_global_is_lived_again_without_it(told):
    """What differs then was leaned on."""
    assert (["world.memory"], [ONE]) == leaned(told, ONE)


def test_a_life_that_changed_no_global_is_lived_once(told):
    """Lives are dear."""
    assert ([], []) == leaned(told, ONE, changed="")


def test_two_kills_are_not_lived_again(told):
    """What one of them shows is enough."""
    two = ONE.with_fault(Fault.parse("kill after body:step#4"))
    assert ([], []) == leaned(told, two)


# -- what ended a life from outside ----------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "guarantee", "cause", "seen"),
    [
        ({"error": "stuck\nfor ever"}, "result.reached", "error", "stuck\nfor ever"),
        ({"failure": "assert 1 == 2\nin a test"}, "result.same", "assertion", "assert 1 == 2"),
    ],
    ids=["error", "failure"],
)
def test_what_ends_a_life_from_outside_is_a_finding(told, says, guarantee, cause, seen):
    """An error of the world, in full; an assertion of the test, by its first line."""
    (found,) = judged(told, ONE, **says).violations
    assert (guarantee, cause, seen, str(ONE)) == (
        found.guarantee,
        found.cause,
        found.seen,
        found.plan,
    )


def test_a_life_that_ends_by_itself_is_none(told):
    """Nothing is found in it."""
    assert () == judged(told, ONE).violations
