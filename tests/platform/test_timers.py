"""Timers: registering again never moves `ready_at`; a fired timer re-queues its run."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agnt5_sim.platform import Change, Lease, Outcome, Platform, Policy, TimerRequest
from agnt5_sim.platform.agenda import Agenda
from agnt5_sim.platform.timers import Timers


def running() -> tuple[Platform, Lease]:
    """A platform with one running run `r`, and the lease of its attempt."""
    platform = Platform(Policy(lease=10.0))
    platform.submit(0.0, "flow", "workflow", b"{}", run_id="r")
    return platform, platform.dispatch(0.0, "r", 1).lease


def sleep(key: str, delay: float) -> Outcome:
    """The outcome of an attempt that sleeps."""
    return Outcome("suspended", timer=TimerRequest(key, delay, "act"), metadata={"m": "1"})


def test_a_suspended_run_waits_until_its_timer_fires() -> None:
    """Waiting, then queued with the next attempt, at the very time."""
    platform, lease = running()
    assert ("waiting", "") == platform.finish(5.0, lease, sleep("t", 60.0))
    assert ("waiting", 65.0, ()) == (
        platform.run("r").state,
        platform.next_due(),
        platform.advance(64.9),
    )
    assert "waiting for timer t, ready at 65.0 s" == platform.waiting_on("r")
    assert (Change("timer.fired", "r", 65.0, "t"),) == platform.advance(65.0)
    assert ("queued", 1, ("r",)) == (
        platform.run("r").state,
        platform.run("r").attempt,
        platform.queued(),
    )


def test_the_resumed_attempt_is_handed_what_was_reported() -> None:
    """Timer key, activation and metadata come back, and stay for the attempts after it."""
    platform, lease = running()
    platform.finish(0.0, lease, sleep("t", 1.0))
    platform.advance(1.0)
    first = platform.dispatch(1.0, "r", 1)
    platform.expire_lease(2.0, "r")
    second = platform.dispatch(2.0, "r", 2)
    resume = first.resume
    assert resume is not None
    assert ("suspended", "t", "act", None, {"m": "1"}, False) == (
        resume.kind,
        resume.timer_key,
        resume.activation_id,
        resume.pause_index,
        dict(resume.metadata),
        first.recovered,
    )
    assert (resume, True) == (second.resume, second.recovered)


def test_registering_again_never_moves_ready_at() -> None:
    """An attempt that sleeps again under the same key wakes when the first would have."""
    platform, lease = running()
    platform.finish(0.0, lease, sleep("t", 60.0))
    platform.advance(60.0)
    lease = platform.dispatch(60.0, "r", 1).lease
    finished = platform.finish(61.0, lease, sleep("t", 60.0))
    assert ("waiting", "timer 't' was registered before, ready at 60.0 s") == finished
    assert 61.0 == platform.next_due()
    assert (Change("timer.fired", "r", 61.0, "t"),) == platform.advance(61.0)


def test_a_sleep_of_nothing_is_due_at_once() -> None:
    """Zero seconds still pass through waiting, and fire at the same instant."""
    platform, lease = running()
    platform.finish(3.0, lease, sleep("t", 0.0))
    assert ["timer.fired"] == [change.kind for change in platform.advance(3.0)]


def test_timers_of_one_instant_fire_in_the_order_of_registration() -> None:
    """Ties are first in, first out; an earlier time comes first whatever the order."""
    platform = Platform()
    for run_id, delay in (("c", 5.0), ("a", 5.0), ("b", 4.0)):
        platform.submit(0.0, "flow", "workflow", b"", run_id=run_id)
        platform.finish(0.0, platform.dispatch(0.0, run_id, 1).lease, sleep("t", delay))
    assert ["b", "c", "a"] == [change.run_id for change in platform.advance(9.0)]
    assert ("b", "c", "a") == platform.queued()


def test_a_death_does_not_disturb_a_sleeping_run() -> None:
    """A waiting run holds no lease: the worker it slept in may die."""
    platform, lease = running()
    platform.finish(0.0, lease, sleep("t", 60.0))
    platform.crash(1.0, 1)
    assert (60.0, "waiting") == (platform.next_due(), platform.run("r").state)


@pytest.mark.parametrize("delay", [-1.0, float("inf"), float("nan")])
def test_a_delay_that_is_none_is_refused(delay: float) -> None:
    """The error names the value and what is allowed."""
    with pytest.raises(ValueError, match="allowed: seconds, 0 or more"):
        TimerRequest("t", delay)


class TimersMachine(RuleBasedStateMachine):
    """Timers and the agenda against plain lists."""

    runs = st.sampled_from(["a", "b", "c"])
    times = st.sampled_from([0.0, 1.0, 2.5, 7.0])

    def __init__(self) -> None:
        """Start with nothing due, at time 0."""
        super().__init__()
        self.timers, self.agenda = Timers(), Agenda()
        self.now = 0.0
        self.first: dict[tuple[str, str], float] = {}
        self.due: list[tuple[float, int, Change]] = []

    @rule(run_id=runs, key=st.sampled_from(["s", "t"]), delay=times)
    def register(self, run_id: str, key: str, delay: float) -> None:
        """Register, new or again, and put it on the agenda."""
        new = (run_id, key) not in self.first
        ready = self.first.setdefault((run_id, key), self.now + delay)
        assert (ready, new) == self.timers.register(self.now, run_id, key, delay)
        change = Change("timer.fired", run_id, max(ready, self.now), key)
        self.due.append((change.at, self.agenda.put(change), change))

    @rule(ticket=st.integers(0, 30))
    def drop(self, ticket: int) -> None:
        """Take something off the agenda, whether it is on it or not."""
        self.agenda.drop(ticket)
        self.due = [entry for entry in self.due if entry[1] != ticket]

    @rule(delta=times)
    def advance(self, delta: float) -> None:
        """Pass time: everything due comes, by time, then by order of entry."""
        self.now += delta
        wanted = [entry for entry in self.due if entry[0] <= self.now]
        wanted.sort(key=lambda entry: entry[0])
        got = []
        while (change := self.agenda.pop(self.now)) is not None:
            got.append(change)
        assert [change for _, _, change in wanted] == got
        self.due = [entry for entry in self.due if entry[0] > self.now]

    @invariant()
    def same(self) -> None:
        """The next due time and every `ready_at` agree."""
        assert min((at for at, _, _ in self.due), default=None) == self.agenda.next_due()
        for run_id in "abc":
            for key in "st":
                assert self.first.get((run_id, key)) == self.timers.ready_at(run_id, key)


TestTimers = TimersMachine.TestCase
TestTimers.settings = settings(
    derandomize=True, deadline=None, max_examples=60, stateful_step_count=30, database=None
)
