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
