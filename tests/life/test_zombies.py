"""Several workers in one life: one stands still past its lease and wakes beside its successor."""

from __future__ import annotations

import life_faults as wf
import pytest

from agnt5_sim import simulate
from agnt5_sim.life.life import Life
from agnt5_sim.life.settings import Settings

LEASE_S = 30.0


@pytest.fixture(autouse=True)
def _nothing_charged():
    wf.CHARGED.clear()
    yield
    wf.CHARGED.clear()


def _entries(outcome, *kinds):
    return [(e.time, e.kind, e.attempt, e.incarnation) for e in outcome.history.select(*kinds)]


def _body(outcome) -> str:
    return next(str(p) for p in outcome.points if p.kind == "body" and "charge" in p.name)


def test_a_worker_that_stood_still_wakes_beside_its_successor(profile):
    """The other finishes the run; what the first still writes is refused and recorded as its own."""
    plain = simulate(wf.lf_two_steps, {"order_id": "o"}, profile=profile)
    wf.CHARGED.clear()
    outcome = simulate(
        wf.lf_two_steps,
        {"order_id": "o"},
        profile=profile,
        faults=f"stall(40s) after {_body(plain)}",
    )
    assert (outcome.status, outcome.output) == ("completed", plain.output)
    assert wf.CHARGED == ["o", "o"]  # its body had run, and nobody knew
    assert _entries(outcome, "fault.stall", "lease.expired", "worker.woke") == [
        (0.0, "fault.stall", -1, 1),
        (LEASE_S, "lease.expired", -1, 0),
        (40.0, "worker.woke", -1, 0),
    ]
    assert _entries(outcome, "run.dispatched") == [
        (0.0, "run.dispatched", 0, 1),
        (LEASE_S, "run.dispatched", 1, 2),
    ]
    assert _entries(outcome, "attempt.superseded") == [(40.0, "attempt.superseded", 0, 1)]
    ended = outcome.history.select("run.ended")[0]
    assert ended.time == LEASE_S
    late = [e for e in outcome.history if e.time >= 40.0 and e.kind.startswith("platform.")]
    assert late
    assert {(e.attempt, e.incarnation) for e in late} == {(0, 1)}
    assert all("Fenced" in e.data["refused"] for e in late)
    assert outcome.violations == ()


def test_a_worker_that_wakes_before_its_lease_is_over_goes_on(profile):
    """Nobody else has taken the run, and its lease is renewed again."""
    plain = simulate(wf.lf_two_steps, {"order_id": "o"}, profile=profile)
    wf.CHARGED.clear()
    outcome = simulate(
        wf.lf_two_steps,
        {"order_id": "o"},
        profile=profile,
        faults=f"stall(29s) after {_body(plain)}",
    )
    assert (outcome.status, outcome.attempts) == ("completed", 1)
    assert wf.CHARGED == ["o"]
    assert outcome.history.select("run.ended")[0].time == 29.0
    assert outcome.violations == ()


def test_a_zombie_is_stopped_at_its_next_await_and_cleans_up(profile):
    """Its task is cancelled, so that its `finally` runs; what it would have done next it does not."""
    outcome = simulate(wf.lf_cleans_up, profile=profile)
    point = next(str(p) for p in outcome.points if p.kind == "await")
    wf.CHARGED.clear()
    outcome = simulate(wf.lf_cleans_up, profile=profile, faults=f"stall(40s) before {point}")
    assert outcome.output == "receipt slowly"
    assert wf.CHARGED == ["slowly", "cleaned up", "cleaned up"]
    assert len(_entries(outcome, "attempt.superseded")) == 1


def test_what_came_of_a_superseded_attempt_is_not_reported(profile):
    """Its worker keeps that to itself; only the successor ends the run."""
    outcome = simulate(wf.lf_cleans_up, profile=profile)
    point = next(str(p) for p in outcome.points if p.kind == "await")
    outcome = simulate(wf.lf_cleans_up, profile=profile, faults=f"stall(40s) before {point}")
    reports = _entries(outcome, "platform.report")
    assert [] == [report for report in reports if report[3] == 1]


def test_a_worker_that_stands_still_takes_no_run(profile):
    """One that is submitted meanwhile begins at once, on another worker."""

    async def story(sim):
        first = await sim.submit(wf.lf_two_steps, {"order_id": "a"})
        await sim.advance("1s")
        second = await sim.submit(wf.lf_two_steps, {"order_id": "b"})
        return [(await run.result())["receipt"] for run in (first, second)]

    point = _body(simulate(wf.lf_two_steps, {"order_id": "a"}, profile=profile))
    outcome = simulate(story, profile=profile, faults=f"stall(9s) before {point}")
    assert outcome.output == ["receipt a", "receipt b"]
    assert _entries(outcome, "run.dispatched") == [
        (0.0, "run.dispatched", 0, 1),
        (1.0, "run.dispatched", 0, 2),
    ]


def test_the_lease_of_a_worker_that_woke_is_renewed(profile):
    """It does not expire later, while the worker is at its step."""
    life = Life(Settings(profile=profile))
    with life.lived():
        life.submit(wf.lf_takes_a_minute, None)
        life.world.at(1.0, lambda: life.workers.stall("for a while", 9.0))
        life.settle()
    assert [] == life.history.select("lease.expired")
    assert [0] == [entry.attempt for entry in life.history.select("run.dispatched")]


def test_to_stand_still_twice_is_to_stand_still_once(profile):
    """What strikes the worker that stands still already leaves it as it is."""
    life = Life(Settings(profile=profile))
    with life.lived():
        life.submit(wf.lf_cleans_up, None)
        life.world.at(0.5, lambda: life.workers.stall("once", 9.0))
        life.world.at(1.5, lambda: life.workers.stall("twice", 99.0))
        life.settle()
    assert ["once"] == [entry.name for entry in life.history.select("fault.stall")]
    assert [9.5] == [entry.time for entry in life.history.select("worker.woke")]


def test_a_digest_tells_the_two_apart(profile):
    """The same life twice is the same history; with another worker at work it is another one."""
    point = _body(simulate(wf.lf_two_steps, {"order_id": "o"}, profile=profile))
    lives = [
        simulate(
            wf.lf_two_steps,
            {"order_id": "o"},
            profile=profile,
            faults=f"stall({seconds}s) after {point}",
        ).history.digest
        for seconds in (40, 40, 41)
    ]
    assert lives[0] == lives[1] != lives[2]
