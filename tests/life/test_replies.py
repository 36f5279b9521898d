"""Replies that come late, or never: the worker's own time-outs decide what follows."""

from __future__ import annotations

import life_faults as wf
import pytest

from agnt5_sim import FaultPlan, explore, simulate
from agnt5_sim.faults import Sort, faults_at


@pytest.fixture(autouse=True)
def _nothing_charged():
    wf.CHARGED.clear()
    yield
    wf.CHARGED.clear()


def _requests(outcome):
    return [point for point in outcome.points if point.sort is Sort.REQUEST]


def test_a_late_reply_only_takes_its_time(profile):
    """Whichever it is: the run ends as without it, two seconds later, and the step runs once."""
    plain = simulate(wf.lf_two_steps, {"order_id": "o"}, profile=profile)
    assert _requests(plain)
    for point in _requests(plain):
        wf.CHARGED.clear()
        plan = FaultPlan(faults_at(point, ("slow",)))
        outcome = simulate(wf.lf_two_steps, {"order_id": "o"}, profile=profile, faults=plan)
        assert (outcome.status, outcome.output, outcome.missed) == ("completed", plain.output, ())
        assert wf.CHARGED == ["o"]
        marks = outcome.history.select("fault.slow")
        assert [mark.name for mark in marks] == [str(plan)]
        assert outcome.history[-1].time == 2.0


def test_a_reply_that_holds_up_the_loop_holds_up_the_worker(profile):
    """State is written by a call that blocks: nothing of the worker goes on until it is answered."""
    plain = simulate(wf.lf_counts, profile=profile)
    slow = [p for p in _requests(plain) if "state" in str(p)]
    for point in slow:
        plan = FaultPlan(faults_at(point, ("slow",)))
        outcome = simulate(wf.lf_counts, profile=profile, faults=plan)
        assert (outcome.status, outcome.history[-1].time) == ("completed", 2.0)


def test_a_reply_that_never_comes_is_told_by_what_the_worker_does(profile):
    """Each strikes, leaves its mark, and the run ends; nothing waits for ever."""
    plain = simulate(wf.lf_two_steps, {"order_id": "o"}, profile=profile)
    for point in _requests(plain):
        wf.CHARGED.clear()
        plan = FaultPlan.of(f"lost after {point}")
        outcome = simulate(wf.lf_two_steps, {"order_id": "o"}, profile=profile, faults=plan)
        assert outcome.missed == ()
        assert len(outcome.history.select("fault.lost")) == 1
        assert outcome.status in {"completed", "failed"}
        assert len(wf.CHARGED) <= 1


def test_both_kinds_are_swept(profile):
    """At every request, and nowhere else; each that was planned struck."""
    plain = simulate(wf.lf_two_steps, {"order_id": "o"}, profile=profile)
    swept = explore(wf.lf_two_steps, {"order_id": "o"}, profile=profile, faults=("slow", "lost"))
    assert swept.runs == 3 + 2 * len(_requests(plain))
    assert {violation.defect for violation in swept.violations} == (
        set() if profile == "seed" else {"E21"}
    )
