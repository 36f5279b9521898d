"""Leases, fences and the life of a run: `platform.md` §1, rows *runs* and *leases*."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agnt5_sim.platform import (
    Change,
    Fenced,
    JournalEvent,
    Lease,
    Outcome,
    PauseRequest,
    Platform,
    Policy,
    Refused,
    RunIsOver,
    TimerRequest,
    UnknownRun,
    WrongState,
)
from agnt5_sim.platform.errors import DuplicateRun

LEASE = 10.0


def submitted(**policy: object) -> Platform:
    """A platform with one queued run `r`."""
    platform = Platform(Policy(lease=LEASE, **policy))  # type: ignore[arg-type]
    platform.submit(0.0, "flow", "workflow", b"{}", run_id="r")
    return platform


def event(sequence: int) -> JournalEvent:
    """The `sequence`-th event of an attempt."""
    return JournalEvent("step", b"{}", sequence, 0, None, "checkpoint")


def test_a_run_is_queued_then_running_then_completed() -> None:
    """The plain life: each state once, and the output is kept."""
    platform = submitted()
    states = [platform.run("r").state]
    attempt = platform.dispatch(1.0, "r", 1)
    states.append(platform.run("r").state)
    finished = platform.finish(2.0, attempt.lease, Outcome("completed", b"1"))
    states.append(platform.run("r").state)
    assert ["queued", "running", "completed"] == states
    assert ("completed", "") == finished
    assert (b"1", 2.0, 2) == (
        platform.run("r").output,
        platform.run("r").ended_at,
        platform.run("r").revision,
    )


def test_a_failed_run_keeps_its_error() -> None:
    """What went wrong can be read from the run, and no output is pretended."""
    platform = submitted()
    lease = platform.dispatch(0.0, "r", 1).lease
    platform.finish(1.0, lease, Outcome("failed", b"x", error="no", error_type="ValueError"))
    run = platform.run("r")
    assert ("failed", b"", "no", "ValueError") == (run.state, run.output, run.error, run.error_type)


def test_a_crash_changes_no_state_until_the_lease_expires() -> None:
    """Re-queueing is the work of the lease's expiry, not of the crash."""
    platform = submitted()
    platform.dispatch(1.0, "r", 1)
    platform.crash(5.0, 1)
    assert ("running", 0, 5.0 + LEASE) == (
        platform.run("r").state,
        platform.run("r").attempt,
        platform.next_due(),
    )
    assert () == platform.advance(14.9)
    assert (Change("lease.expired", "r", 15.0, "incarnation 1"),) == platform.advance(16.0)
    assert ("queued", 1, None) == (
        platform.run("r").state,
        platform.run("r").attempt,
        platform.next_due(),
    )


def test_the_next_attempt_knows_that_it_recovers() -> None:
    """`recovered` is true right after a crash, and false again after an orderly pause."""
    platform = submitted()
    first = platform.dispatch(0.0, "r", 1)
    platform.crash(0.0, 1)
    platform.advance(LEASE)
    second = platform.dispatch(LEASE, "r", 2)
    platform.finish(11.0, second.lease, Outcome("paused", pause=PauseRequest(0, "ok?")))
    platform.answer(12.0, "r", "yes")
    third = platform.dispatch(12.0, "r", 2)
    seen = [(d.attempt, d.recovered, d.crashes) for d in (first, second, third)]
    assert [(0, False, 0), (1, True, 1), (2, False, 1)] == seen


def test_what_a_dead_worker_writes_is_refused_and_recorded() -> None:
    """From the crash on, even before the lease expires, nothing gets through."""
    platform = submitted()
    lease = platform.dispatch(0.0, "r", 7).lease
    platform.crash(1.0, 7)
    with pytest.raises(Fenced, match=r"died at 1\.0 s") as caught:
        platform.append(2.0, lease, event(0))
    with pytest.raises(Fenced):
        platform.record_step(3.0, lease, "k", b"1")
    with pytest.raises(Fenced):
        platform.save_entity(3.0, lease, "T", "k", b"1", 0, "run", "r")
    with pytest.raises(Fenced):
        platform.finish(4.0, lease, Outcome("completed"))
    assert ("r", 7) == (caught.value.run_id, caught.value.incarnation)
    assert [
        Refused(2.0, 7, "step"),
        Refused(3.0, 7, "record of step 'k'"),
        Refused(3.0, 7, "save of T 'k'"),
        Refused(4.0, 7, "outcome 'completed'"),
    ] == platform.refused
    assert (b"", 0) == platform.entity("default", "T", "k", "run", "r")
    assert ((), None) == (platform.journal("r"), platform.get_step("default", "r", "k"))


def test_a_zombie_is_fenced_for_the_run_it_lost_only() -> None:
    """A lease can expire under a living worker; its other runs go on."""
    platform = submitted()
    platform.submit(0.0, "flow", "workflow", b"{}", run_id="other")
    lost = platform.dispatch(0.0, "r", 1).lease
    kept = platform.dispatch(0.0, "other", 1).lease
    expired = platform.expire_lease(3.0, "r")
    platform.dispatch(4.0, "r", 2)
    with pytest.raises(Fenced, match="incarnation 2 superseded it"):
        platform.flush(5.0, lost)
    assert Change("lease.expired", "r", 3.0, "incarnation 1") == expired
    assert 0 == platform.append(5.0, kept, event(0))


def test_a_lease_expires_once() -> None:
    """Expired by hand after a kill, it does not expire again when its time comes."""
    platform = submitted()
    platform.dispatch(0.0, "r", 1)
    platform.crash(1.0, 1)
    platform.expire_lease(2.0, "r")
    platform.dispatch(2.0, "r", 2)
    assert (None, ()) == (platform.next_due(), platform.advance(99.0))
    assert ("running", 1) == (platform.run("r").state, platform.run("r").attempt)


def test_a_zombie_stays_fenced_when_its_own_worker_gets_the_run_back() -> None:
    """It is the lease that counts, not the incarnation alone."""
    platform = submitted()
    old = platform.dispatch(0.0, "r", 1).lease
    platform.expire_lease(3.0, "r")
    new = platform.dispatch(4.0, "r", 1).lease
    with pytest.raises(Fenced):
        platform.flush(5.0, old)
    assert 0 == platform.flush(5.0, new)


def test_a_forged_lease_is_refused() -> None:
    """The number alone opens nothing: every write carries its incarnation."""
    platform = submitted()
    lease = platform.dispatch(0.0, "r", 1).lease
    with pytest.raises(Fenced):
        platform.flush(1.0, Lease("r", 2, lease.number, lease.expires))


def test_a_dead_incarnation_gets_no_more_work() -> None:
    """Dead stays dead, and the run stays queued for somebody else."""
    platform = submitted()
    platform.crash(0.0, 1)
    with pytest.raises(Fenced):
        platform.dispatch(1.0, "r", 1)
    assert ("queued", ("r",)) == (platform.run("r").state, platform.queued())


def test_killing_twice_does_not_move_the_expiry() -> None:
    """A second kill of the same incarnation is no second crash."""
    platform = submitted()
    platform.dispatch(0.0, "r", 1)
    platform.crash(1.0, 1)
    platform.crash(5.0, 1)
    assert 1.0 + LEASE == platform.next_due()


def test_there_is_one_live_lease_a_run() -> None:
    """A running run cannot be dispatched again: no double dispatch without an expiry."""
    platform = submitted()
    platform.dispatch(0.0, "r", 1)
    with pytest.raises(WrongState, match="running, not queued"):
        platform.dispatch(0.0, "r", 2)


def test_terminal_states_are_final() -> None:
    """No dispatch, no cancellation, no answer and no write moves a completed run."""
    platform = submitted()
    lease = platform.dispatch(0.0, "r", 1).lease
    platform.finish(1.0, lease, Outcome("completed", b"1"))
    before = platform.run("r")
    for call in (
        lambda: platform.dispatch(2.0, "r", 2),
        lambda: platform.cancel(2.0, "r"),
        lambda: platform.answer(2.0, "r", "yes"),
        lambda: platform.expire_lease(2.0, "r"),
    ):
        with pytest.raises(RunIsOver, match="completed, which is final"):
            call()
    with pytest.raises(Fenced, match="no live lease"):
        platform.finish(2.0, lease, Outcome("failed"))
    platform.crash(2.0, 1)
    assert (before, None) == (platform.run("r"), platform.next_due())


@pytest.mark.parametrize("state", ["queued", "running", "dead", "paused", "suspended"])
def test_a_run_can_be_cancelled_wherever_it_is(state: str) -> None:
    """Cancelling takes the run off the queue and the agenda, and fences its worker."""
    platform = submitted()
    if state != "queued":
        lease = platform.dispatch(0.0, "r", 1).lease
    if state == "dead":
        platform.crash(0.0, 1)
    if state == "paused":
        platform.finish(0.0, lease, Outcome("paused", pause=PauseRequest(0)))
    if state == "suspended":
        platform.finish(0.0, lease, Outcome("suspended", timer=TimerRequest("t", 5.0)))
    platform.cancel(1.0, "r")
    platform.cancel(2.0, "r")
    assert ("cancelled", 1.0, (), None) == (
        platform.run("r").state,
        platform.run("r").ended_at,
        platform.queued(),
        platform.next_due(),
    )
    assert "nothing: the run is cancelled" == platform.waiting_on("r")
    assert ["cancelled"] == [seen.kind for seen in platform.outbox("r") if seen.kind != "paused"]
    if state != "queued":
        with pytest.raises(Fenced):
            platform.flush(3.0, lease)


def test_run_ids_are_unique_and_must_exist() -> None:
    """A second submission under an id is refused, and so is a run nobody submitted."""
    platform = submitted()
    with pytest.raises(DuplicateRun, match="'r' was submitted before"):
        platform.submit(1.0, "other", "workflow", b"", run_id="r")
    with pytest.raises(UnknownRun, match="no run 'x'"):
        platform.cancel(0.0, "x")
    assert "flow" == platform.run("r").component


def test_runs_wait_in_the_order_in_which_they_became_due() -> None:
    """First in, first out: over submissions, expiries and answers alike."""
    platform = submitted()
    for run_id in ("s", "t"):
        platform.submit(0.0, "flow", "workflow", b"{}", run_id=run_id)
    assert ("r", "s", "t") == platform.queued()
    platform.dispatch(0.0, "r", 1)
    platform.crash(0.0, 1)
    platform.advance(LEASE)
    assert ("s", "t", "r") == platform.queued()


class LeasesAndRuns(RuleBasedStateMachine):
    """The platform against a model that recomputes everything from plain lists."""

    IDS = ("a", "b", "c")

    def __init__(self) -> None:
        """Start both empty, at time 0."""
        super().__init__()
        self.platform = Platform(Policy(lease=LEASE))
        self.now = 0.0
        self.state: dict[str, str] = {}
        self.attempt: dict[str, int] = {}
        self.queue: list[str] = []
        self.holder: dict[str, int] = {}
        self.expiry: list[tuple[float, int, str]] = []
        self.dead: set[int] = set()
        self.leases: list[Lease] = []
        self.current: dict[str, Lease] = {}
        self.crashes = 0
        self.refused = 0

    def requeue(self, run_id: str) -> None:
        """Model a run that becomes due."""
        self.state[run_id] = "queued"
        self.attempt[run_id] += 1
        self.queue.append(run_id)
        self.current.pop(run_id, None)
        self.expiry = [entry for entry in self.expiry if entry[2] != run_id]

    @rule(run_id=st.sampled_from(IDS))
    def submit(self, run_id: str) -> None:
        """Submit, or be refused when the id is taken."""
        if run_id in self.state:
            with pytest.raises(DuplicateRun):
                self.platform.submit(self.now, "f", "workflow", b"", run_id=run_id)
            return
        self.platform.submit(self.now, "f", "workflow", b"", run_id=run_id)
        self.state[run_id], self.attempt[run_id] = "queued", 0
        self.queue.append(run_id)

    @rule(run_id=st.sampled_from(IDS), incarnation=st.integers(0, 3))
    def dispatch(self, run_id: str, incarnation: int) -> None:
        """Dispatch when queued and the worker lives; be refused otherwise."""
        state = self.state.get(run_id)
        if state == "queued" and incarnation not in self.dead:
            got = self.platform.dispatch(self.now, run_id, incarnation)
            assert self.attempt[run_id] == got.attempt
            self.state[run_id] = "running"
            self.queue.remove(run_id)
            self.leases.append(got.lease)
            self.current[run_id] = got.lease
            return
        wanted: type[Exception] = WrongState
        if state is None:
            wanted = UnknownRun
        elif state in ("completed", "cancelled"):
            wanted = RunIsOver
        elif state == "queued":
            wanted = Fenced
            self.refused += 1
        with pytest.raises(wanted):
            self.platform.dispatch(self.now, run_id, incarnation)

    @rule(incarnation=st.integers(0, 3))
    def crash(self, incarnation: int) -> None:
        """Kill: only the expiry of its leases is planned."""
        self.platform.crash(self.now, incarnation)
        if incarnation in self.dead:
            return
        self.dead.add(incarnation)
        for run_id, lease in sorted(self.current.items(), key=lambda item: item[1].number):
            if lease.incarnation == incarnation:
                self.crashes += 1
                self.expiry.append((self.now + LEASE, self.crashes, run_id))

    @rule(run_id=st.sampled_from(IDS))
    def expire(self, run_id: str) -> None:
        """Make a zombie of the holder."""
        if self.state.get(run_id) != "running":
            with pytest.raises((UnknownRun, RunIsOver, WrongState)):
                self.platform.expire_lease(self.now, run_id)
            return
        self.platform.expire_lease(self.now, run_id)
        self.requeue(run_id)

    @rule(delta=st.sampled_from([0.0, 1.0, LEASE - 1.0, LEASE]))
    def advance(self, delta: float) -> None:
        """Pass time."""
        self.now += delta
        due = [entry for entry in sorted(self.expiry) if entry[0] <= self.now]
        changes = self.platform.advance(self.now)
        assert [(at, run_id) for at, _, run_id in due] == [(c.at, c.run_id) for c in changes]
        for _, _, run_id in due:
            self.requeue(run_id)

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), finish=st.booleans())
    def write(self, data: st.DataObject, finish: bool) -> None:
        """Write under any lease ever given: only the live one of a living worker passes."""
        lease = data.draw(st.sampled_from(self.leases))
        passes = self.current.get(lease.run_id) == lease and lease.incarnation not in self.dead
        call = (
            (lambda: self.platform.finish(self.now, lease, Outcome("completed")))
            if finish
            else (lambda: self.platform.flush(self.now, lease))
        )
        if not passes:
            self.refused += 1
            with pytest.raises(Fenced):
                call()
            return
        call()
        if finish:
            self.state[lease.run_id] = "completed"
            del self.current[lease.run_id]

    @rule(run_id=st.sampled_from(IDS))
    def cancel(self, run_id: str) -> None:
        """Cancel what is not over."""
        if self.state.get(run_id) in (None, "completed"):
            with pytest.raises((UnknownRun, RunIsOver)):
                self.platform.cancel(self.now, run_id)
            return
        self.platform.cancel(self.now, run_id)
        self.state[run_id] = "cancelled"
        self.queue = [other for other in self.queue if other != run_id]
        self.current.pop(run_id, None)
        self.expiry = [entry for entry in self.expiry if entry[2] != run_id]

    @invariant()
    def same(self) -> None:
        """States, attempts, queue, agenda and refusals agree."""
        views = {run_id: self.platform.run(run_id) for run_id in self.state}
        assert self.state == {run_id: view.state for run_id, view in views.items()}
        assert self.attempt == {run_id: view.attempt for run_id, view in views.items()}
        assert tuple(self.queue) == self.platform.queued()
        assert min((entry[0] for entry in self.expiry), default=None) == self.platform.next_due()
        assert self.refused == len(self.platform.refused)


TestLeasesAndRuns = LeasesAndRuns.TestCase
TestLeasesAndRuns.settings = settings(
    derandomize=True, deadline=None, max_examples=100, stateful_step_count=40, database=None
)


def test_the_lease_of_a_worker_that_stands_still_expires() -> None:
    """Its run is queued for another; what it writes when it wakes is refused as superseded."""
    platform = submitted()
    first = platform.dispatch(0.0, "r", 1)
    platform.stand_still(2.0, 1)
    assert LEASE + 2.0 == platform.next_due()
    assert (Change("lease.expired", "r", 12.0, "incarnation 1"),) == platform.advance(12.0)
    second = platform.dispatch(12.0, "r", 2)
    platform.go_on(1)
    assert (False, True) == (platform.holds(first.lease), platform.holds(second.lease))
    with pytest.raises(Fenced, match="lease 2 of incarnation 2 superseded it"):
        platform.append(13.0, first.lease, event(1))
    assert [Refused(13.0, 1, "step")] == platform.refused
    platform.append(13.0, second.lease, event(1))


def test_between_two_leases_nobody_may_write() -> None:
    """As soon as it has expired, before another worker takes the run."""
    platform = submitted()
    first = platform.dispatch(0.0, "r", 1)
    platform.stand_still(2.0, 1)
    platform.advance(12.0)
    assert not platform.holds(first.lease)
    with pytest.raises(Fenced, match="the run has no live lease"):
        platform.append(12.0, first.lease, event(1))


def test_a_worker_that_goes_on_in_time_keeps_its_lease() -> None:
    """Nothing is due any more, and it may write."""
    platform = submitted()
    first = platform.dispatch(0.0, "r", 1)
    platform.stand_still(2.0, 1)
    platform.go_on(1)
    assert platform.next_due() is None
    platform.append(30.0, first.lease, event(1))
    assert platform.holds(first.lease)


def test_to_die_while_standing_still_makes_no_lease_last_longer() -> None:
    """It was renewed last before it stood still."""
    platform = submitted()
    platform.dispatch(0.0, "r", 1)
    platform.stand_still(2.0, 1)
    platform.crash(7.0, 1)
    assert LEASE + 2.0 == platform.next_due()


def test_what_a_worker_that_stood_still_had_not_flushed_is_lost() -> None:
    """As in a crash: it can send it no more."""
    platform = submitted(durability="on-flush")
    first = platform.dispatch(0.0, "r", 1)
    platform.append(1.0, first.lease, event(1))
    platform.stand_still(2.0, 1)
    platform.advance(12.0)
    second = platform.dispatch(12.0, "r", 2)
    platform.flush(13.0, second.lease)
    assert () == platform.journal("r")


def test_the_platform_numbers_the_runs_that_are_given_no_id() -> None:
    """In the order of their submission, whoever submits them."""
    platform = Platform()
    ids = [
        platform.submit(0.0, "flow", "workflow", b"{}", run_id=given).run_id
        for given in (None, "mine", None)
    ]
    assert ["run-1", "mine", "run-3"] == ids
