"""Step records, and what a new attempt is told: row *step records* and the recovery policies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agnt5_sim.platform import (
    JournalEvent,
    Lease,
    Outcome,
    PauseRequest,
    Platform,
    Policy,
    RecordConflict,
)
from agnt5_sim.platform.records import StepRecords


def running(**policy: Any) -> tuple[Platform, Lease]:
    """A platform with one running run `r`, and the lease of its attempt."""
    platform = Platform(Policy(**policy))
    platform.submit(0.0, "flow", "workflow", b"{}", run_id="r", tenant="t")
    return platform, platform.dispatch(0.0, "r", 1).lease


def event(sequence: int) -> JournalEvent:
    """The `sequence`-th event of an attempt."""
    return JournalEvent("step", b"{}", sequence, 0, None, "checkpoint")


def told(platform: Platform) -> list[tuple[str, bytes]]:
    """What the next attempt is told, in order."""
    platform.expire_lease(9.0, "r")
    return list(platform.dispatch(9.0, "r", 2).completed.items())


def test_the_first_completion_wins() -> None:
    """New once, idempotent after that, and a different one is a conflict."""
    platform, lease = running()
    assert [True, False] == [platform.record_step(1.0, lease, "k", b"1") for _ in range(2)]
    with pytest.raises(RecordConflict, match="'k' of run 'r'") as caught:
        platform.record_step(1.0, lease, "k", b"2")
    assert ("r", "k") == (caught.value.run_id, caught.value.key)
    assert b"1" == platform.get_step("t", "r", "k")


def test_an_empty_output_is_a_record_too() -> None:
    """Nothing is confused with no record."""
    platform, lease = running()
    assert None is platform.get_step("t", "r", "k")
    assert [True, False] == [platform.record_step(1.0, lease, "k", b"") for _ in range(2)]
    assert b"" == platform.get_step("t", "r", "k")


def test_records_are_kept_by_tenant_run_and_key() -> None:
    """No other tenant, run or key sees a record."""
    platform, lease = running()
    platform.record_step(1.0, lease, "k", b"1")
    others = [("x", "r", "k"), ("t", "x", "k"), ("t", "r", "x")]
    assert [None, None, None] == [platform.get_step(*other) for other in others]


@pytest.mark.parametrize("recovery", ["both", "journal", "memo"])
def test_what_a_pause_reports_is_known_to_every_later_attempt(recovery: str) -> None:
    """Whatever the policy; of two reports the later holds."""
    platform, lease = running(recovery=recovery)
    for index, steps in enumerate([{"a": b"1"}, {"a": b"2", "b": b"3"}]):
        request = PauseRequest(index, "?", "text", ())
        platform.finish(1.0, lease, Outcome("paused", pause=request, reported=steps))
        platform.answer(2.0, "r", "yes", index)
        lease = platform.dispatch(3.0, "r", 1).lease
    assert [("a", b"2"), ("b", b"3")] == told(platform)


@pytest.mark.parametrize(
    ("recovery", "expected"),
    [
        ("both", [("m", b"1"), ("j", b"2"), ("sleep:x", b"3")]),
        ("journal", [("j", b"2"), ("sleep:x", b"3")]),
        ("memo", [("m", b"1"), ("sleep:x", b"3")]),
    ],
)
def test_the_recovery_policy_chooses_the_source(
    recovery: str, expected: list[tuple[str, bytes]]
) -> None:
    """Completed events, step records, or both, in the order in which they happened."""
    platform, lease = running(recovery=recovery)
    platform.record_step(1.0, lease, "step:m:0", b"1", "m")
    platform.append(1.0, lease, event(0), completes=("j", b"2"))
    platform.append(1.0, lease, event(1), sleeps=("sleep:x", b"3"))
    assert expected == told(platform)


def test_bare_sleeps_are_told_to_nobody() -> None:
    """Policy `sleep_records="bare"`: a new attempt does not know that it slept."""
    platform, lease = running(sleep_records="bare")
    platform.append(1.0, lease, event(0), sleeps=("sleep:x", b"3"))
    platform.append(1.0, lease, event(1), completes=("j", b"2"))
    assert [("j", b"2")] == told(platform)


@pytest.mark.parametrize("event_first", [True, False])
def test_of_record_and_event_the_first_one_counts(event_first: bool) -> None:
    """Both name the same step: whichever was durable first is what is told."""
    platform, lease = running()
    if event_first:
        platform.append(1.0, lease, event(0), completes=("n", b"event"))
    platform.record_step(1.0, lease, "step:n:0", b"record", "n")
    platform.append(1.0, lease, event(0), completes=("n", b"event"))
    assert [("n", b"event" if event_first else b"record")] == told(platform)


def test_a_record_without_a_name_is_told_under_none() -> None:
    """It can be asked for by its key only."""
    platform, lease = running()
    platform.record_step(1.0, lease, "k", b"1")
    assert [] == told(platform)


def test_a_refused_record_is_not_told() -> None:
    """A conflict leaves no trace in what the next attempt knows."""
    platform, lease = running()
    platform.record_step(1.0, lease, "k", b"1", "first")
    with pytest.raises(RecordConflict):
        platform.record_step(1.0, lease, "k", b"2", "second")
    assert [("first", b"1")] == told(platform)


def test_what_is_told_cannot_be_changed() -> None:
    """Neither by the attempt it is told to, nor by what happens later."""
    platform, _ = running()
    platform.expire_lease(1.0, "r")
    dispatch = platform.dispatch(1.0, "r", 2)
    platform.record_step(1.0, dispatch.lease, "k", b"1", "n")
    with pytest.raises(TypeError):
        dispatch.completed["x"] = b""  # type: ignore[index]
    assert {} == dict(dispatch.completed)


class StepRecordsMachine(RuleBasedStateMachine):
    """Step records against the list of everything that was ever put."""

    names = st.sampled_from(["a", "b"])

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__()
        self.records = StepRecords()
        self.puts: list[tuple[tuple[str, str, str], bytes]] = []

    @rule(tenant=names, run=names, key=names, output=st.sampled_from([b"", b"1", b"2"]))
    def put(self, tenant: str, run: str, key: str, output: bytes) -> None:
        """Put: new, the same, or a conflict with the first."""
        before = [value for where, value in self.puts if where == (tenant, run, key)]
        if before and before[0] != output:
            with pytest.raises(RecordConflict):
                self.records.put(tenant, run, key, output)
            return
        assert (not before) is self.records.put(tenant, run, key, output)
        self.puts.append(((tenant, run, key), output))

    @invariant()
    def same(self) -> None:
        """Every key gives what was put there first."""
        for tenant in "ab":
            for run in "ab":
                for key in "ab":
                    first = [v for where, v in self.puts if where == (tenant, run, key)]
                    wanted = first[0] if first else None
                    assert wanted == self.records.get(tenant, run, key)


TestStepRecords = StepRecordsMachine.TestCase
TestStepRecords.settings = settings(
    derandomize=True, deadline=None, max_examples=40, stateful_step_count=20, database=None
)
