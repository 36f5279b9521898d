"""The journal and the outbox: append-only, idempotent, and durable as the policy says."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agnt5_sim.platform import BUFFERED, Fenced, JournalEvent, Lease, Outcome, Platform, Policy


def running(durability: str = "immediate", *, streaming: bool = False) -> tuple[Platform, Lease]:
    """A platform with one running run `r`, and the lease of its attempt."""
    platform = Platform(Policy(durability=durability, lease=10.0))
    platform.submit(0.0, "flow", "workflow", b"{}", run_id="r", streaming=streaming)
    return platform, platform.dispatch(0.0, "r", 1).lease


def event(sequence: int, data: bytes = b"{}", channel: str = "checkpoint") -> JournalEvent:
    """The `sequence`-th event of an attempt."""
    return JournalEvent("step", data, sequence, 0, None, channel)


def sequences(platform: Platform) -> list[int]:
    """The sequence numbers in the journal, in order."""
    return [entry.event.sequence for entry in platform.journal("r")]


def recover(platform: Platform, now: float) -> Lease:
    """Kill incarnation 1 at `now` and give the run to incarnation 2."""
    platform.crash(now, 1)
    platform.advance(now + 10.0)
    return platform.dispatch(now + 10.0, "r", 2).lease


def test_events_stand_in_the_order_of_acceptance() -> None:
    """The cursor is run-wide; attempt and time of acceptance stand beside the event."""
    platform, lease = running()
    cursors = [platform.append(1.0, lease, event(0)), platform.append(2.0, lease, event(1))]
    lease = recover(platform, 3.0)
    cursors.append(platform.append(14.0, lease, event(0)))
    assert [0, 1, 2] == cursors
    assert [(0, 0, 1.0, 0), (1, 0, 2.0, 1), (2, 1, 14.0, 0)] == [
        (entry.cursor, entry.attempt, entry.now, entry.event.sequence)
        for entry in platform.journal("r")
    ]


def test_a_duplicate_is_idempotent() -> None:
    """Same attempt, channel, sequence, type and data: the old cursor, nothing new."""
    platform, lease = running()
    platform.append(1.0, lease, event(0), completes=("a", b"1"))
    platform.append(1.0, lease, event(1))
    again = platform.append(2.0, lease, event(0), completes=("b", b"2"))
    assert (0, 2) == (again, len(platform.journal("r")))
    platform.expire_lease(3.0, "r")
    assert {"a": b"1"} == dict(platform.dispatch(3.0, "r", 2).completed)


@pytest.mark.parametrize(
    "other",
    [
        event(1),
        event(0, b"[]"),
        event(0, channel="delta"),
        JournalEvent("other", b"{}", 0, 0, None, "checkpoint"),
    ],
)
def test_what_differs_is_no_duplicate(other: JournalEvent) -> None:
    """Another sequence, data, channel or type is another event."""
    platform, lease = running()
    assert [0, 1] == [platform.append(0.0, lease, event(0)), platform.append(0.0, lease, other)]


def test_immediate_events_survive_a_kill() -> None:
    """The default: what was appended is durable."""
    platform, lease = running()
    platform.append(1.0, lease, event(0))
    platform.crash(1.0, 1)
    assert [0] == sequences(platform)


def test_on_flush_holds_events_until_they_are_flushed() -> None:
    """A held event has no cursor and is not in the journal; a kill loses it."""
    platform, lease = running("on-flush")
    assert BUFFERED == platform.append(1.0, lease, event(0))
    assert BUFFERED == platform.append(1.0, lease, event(0))
    assert [] == sequences(platform)
    assert 1 == platform.flush(2.0, lease)
    assert 0 == platform.append(2.0, lease, event(0))
    platform.append(3.0, lease, event(1))
    platform.crash(4.0, 1)
    assert ([0], 2.0) == (sequences(platform), platform.journal("r")[0].now)


@pytest.mark.parametrize(
    ("lost", "kept"), [(0, [0, 1, 2, 3]), (1, [0, 1, 2]), (2, [0, 1]), (9, [0])]
)
def test_tail_loss_loses_only_the_last(lost: int, kept: list[int]) -> None:
    """Only what is still un-flushed counts as the tail."""
    platform, lease = running(f"tail-loss({lost})")
    platform.append(1.0, lease, event(0))
    platform.flush(1.0, lease)
    for sequence in (1, 2, 3):
        platform.append(1.0, lease, event(sequence))
    platform.crash(2.0, 1)
    assert kept == sequences(platform)


def test_a_finish_is_a_flush() -> None:
    """Whatever an attempt reported before its outcome is durable with it."""
    platform, lease = running("on-flush")
    platform.append(1.0, lease, event(0))
    platform.finish(2.0, lease, Outcome("completed"))
    assert [0] == sequences(platform)


def test_the_runtime_s_own_events_are_never_held() -> None:
    """What the platform writes itself is in no worker's buffer."""
    platform, lease = running("on-flush")
    platform.append(1.0, lease, event(0))
    assert 0 == platform.append(1.0, lease, event(5, channel="runtime"))
    platform.flush(1.0, lease)
    assert [5, 0] == sequences(platform)


def test_a_zombie_loses_what_it_had_not_flushed() -> None:
    """Its flush after the expiry is fenced, so its buffer never arrives."""
    platform, lease = running("on-flush")
    platform.append(1.0, lease, event(0))
    platform.expire_lease(2.0, "r")
    with pytest.raises(Fenced):
        platform.flush(3.0, lease)
    platform.dispatch(3.0, "r", 1)
    assert [] == sequences(platform)


def test_a_cancellation_loses_what_was_not_flushed() -> None:
    """Nothing enters the journal of a run that is over, whatever the tail policy."""
    platform, lease = running("tail-loss(0)")
    platform.append(1.0, lease, event(0))
    platform.cancel(2.0, "r")
    assert [] == sequences(platform)


def test_what_an_event_completes_is_known_once_it_is_durable() -> None:
    """A step whose completed event was lost is not told to the next attempt."""
    platform, lease = running("on-flush")
    platform.append(1.0, lease, event(0), completes=("kept", b"1"))
    platform.flush(1.0, lease)
    platform.append(1.0, lease, event(1), completes=("lost", b"2"))
    platform.append(1.0, lease, event(2), sleeps=("sleep:x", b"{}"))
    platform.crash(1.0, 1)
    platform.advance(11.0)
    assert {"kept": b"1"} == dict(platform.dispatch(11.0, "r", 2).completed)


def test_the_outbox_follows_the_journal() -> None:
    """A streaming client sees a delta when the journal accepted it, then the result."""
    platform, lease = running("on-flush", streaming=True)
    platform.append(1.0, lease, event(0, b"he", "delta"))
    platform.append(1.0, lease, event(1, b"no delta"))
    assert () == platform.outbox("r")
    platform.flush(2.0, lease)
    platform.finish(3.0, lease, Outcome("completed", b"hello"))
    assert [
        (0, 1, 2.0, "delta", "step", b"he"),
        (1, 2, 3.0, "completed", "", b"hello"),
    ] == list(platform.outbox("r"))


def test_a_client_that_does_not_stream_sees_the_outcome_only() -> None:
    """Deltas go to those who asked for them; a failure shows its message."""
    platform, lease = running()
    platform.append(1.0, lease, event(0, b"he", "delta"))
    platform.finish(3.0, lease, Outcome("failed", error="no", error_type="ValueError"))
    assert [(0, 1, 3.0, "failed", "ValueError", b"no")] == list(platform.outbox("r"))


def test_reading_gives_nothing_to_change() -> None:
    """What was read earlier does not grow when the journal does."""
    platform, lease = running(streaming=True)
    before = platform.journal("r"), platform.outbox("r")
    platform.append(1.0, lease, event(0, channel="delta"))
    assert ((), ()) == before


class JournalMachine(RuleBasedStateMachine):
    """The journal of one run against a list of what must be in it."""

    policy = "immediate"
    tail: int | None = None

    def __init__(self) -> None:
        """Start with attempt 0 in incarnation 1."""
        super().__init__()
        self.platform, self.lease = running(self.policy, streaming=True)
        self.now, self.attempt, self.incarnation = 0.0, 0, 1
        self.accepted: list[tuple[int, JournalEvent]] = []
        self.held: list[tuple[int, JournalEvent]] = []

    @rule(
        sequence=st.integers(0, 4),
        data=st.sampled_from([b"1", b"2"]),
        channel=st.sampled_from(["checkpoint", "delta", "runtime"]),
    )
    def append(self, sequence: int, data: bytes, channel: str) -> None:
        """Append; a duplicate is answered with the place of the first."""
        self.now += 1.0
        item = (self.attempt, event(sequence, data, channel))
        cursor = self.platform.append(self.now, self.lease, item[1])
        if item not in self.accepted + self.held:
            at_once = self.policy == "immediate" or channel == "runtime"
            (self.accepted if at_once else self.held).append(item)
        wanted = self.accepted.index(item) if item in self.accepted else BUFFERED
        assert wanted == cursor

    @rule()
    def flush(self) -> None:
        """Flush: all that is held arrives."""
        assert len(self.held) == self.platform.flush(self.now, self.lease)
        self.accepted += self.held
        self.held = []

    @rule(zombie=st.booleans())
    def lose(self, zombie: bool) -> None:
        """Kill the worker, or expire its lease: the tail is lost, the rest arrives."""
        kept = self.held[: max(0, len(self.held) - self.tail)] if self.tail is not None else []
        self.accepted += kept
        self.held = []
        if zombie:
            self.platform.expire_lease(self.now, "r")
        else:
            self.platform.crash(self.now, self.incarnation)
            self.now += 10.0
            self.platform.advance(self.now)
        self.incarnation += 1
        self.attempt += 1
        self.lease = self.platform.dispatch(self.now, "r", self.incarnation).lease

    @invariant()
    def same(self) -> None:
        """Journal and outbox hold what the model says, in its order."""
        entries = self.platform.journal("r")
        assert self.accepted == [(entry.attempt, entry.event) for entry in entries]
        assert list(range(len(entries))) == [entry.cursor for entry in entries]
        assert [entry.now for entry in entries] == sorted(entry.now for entry in entries)
        deltas = [(i + 1, e.data) for i, (_, e) in enumerate(self.accepted) if e.channel == "delta"]
        assert deltas == [(seen.cursor, seen.data) for seen in self.platform.outbox("r")]


class OnFlushMachine(JournalMachine):
    """The same when events are durable on flush only."""

    policy = "on-flush"


class TailLossMachine(JournalMachine):
    """The same when a kill loses the last two un-flushed events."""

    policy = "tail-loss(2)"
    tail = 2


_SETTINGS = settings(
    derandomize=True, deadline=None, max_examples=40, stateful_step_count=25, database=None
)
TestJournal = JournalMachine.TestCase
TestJournal.settings = _SETTINGS
TestOnFlush = OnFlushMachine.TestCase
TestOnFlush.settings = _SETTINGS
TestTailLoss = TailLossMachine.TestCase
TestTailLoss.settings = _SETTINGS
