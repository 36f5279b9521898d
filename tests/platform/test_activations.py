"""Activations: admission, replay, fences of one execution, retries."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agnt5_sim.platform import (
    ActivationGrant,
    Fenced,
    Lease,
    Platform,
    RecordConflict,
    Refused,
    UnknownActivation,
)


def running() -> tuple[Platform, Lease]:
    """A platform with one running run `r`, and the lease of its attempt."""
    platform = Platform()
    platform.submit(0.0, "flow", "workflow", b"{}", run_id="r")
    return platform, platform.dispatch(0.0, "r", 1).lease


def begin(platform: Platform, lease: Lease, **other: Any) -> ActivationGrant:
    """Begin activation `a`, with some arguments changed."""
    arguments: dict[str, Any] = {
        "activation_id": "a",
        "kind": "step",
        "stable_key": "a_0",
        "input_digest": b"in",
        "definition_digest": b"def",
        "name": "a",
    }
    return platform.begin_activation(1.0, lease, **(arguments | other))


def next_attempt(platform: Platform) -> Lease:
    """Let the lease expire and give the run to another worker."""
    platform.expire_lease(2.0, "r")
    return platform.dispatch(2.0, "r", 2).lease


def test_a_new_activation_executes_and_its_completion_replays() -> None:
    """Execute with attempt 1, then replay of the output, in this attempt and the next."""
    platform, lease = running()
    grant = begin(platform, lease)
    assert ("execute", 1, None) == (grant.kind, grant.attempt, grant.output)
    offset = platform.complete_activation(1.0, lease, "a", 1, grant.fence, b"out")
    assert grant.offset < offset
    replay = ActivationGrant("replay", 1, b"", b"out", offset)
    assert replay == begin(platform, lease)
    assert replay == begin(platform, next_attempt(platform))


def test_an_interrupted_activation_executes_again_with_a_fresh_fence() -> None:
    """The dead execution's fence is worth nothing any more."""
    platform, lease = running()
    old = begin(platform, lease)
    lease = next_attempt(platform)
    new = begin(platform, lease)
    assert ("execute", 2) == (new.kind, new.attempt)
    assert old.fence != new.fence
    for attempt, fence in ((1, old.fence), (2, old.fence), (1, new.fence)):
        with pytest.raises(Fenced, match="attempt and fence are not the current ones"):
            platform.complete_activation(3.0, lease, "a", attempt, fence, b"out")
    with pytest.raises(Fenced):
        platform.fail_activation(3.0, lease, "a", 1, old.fence, "E", b"", retryable=True)
    assert [Refused(3.0, 2, "completion of activation 'a'")] * 3 == platform.refused[:3]
    assert "running" == platform.activations("r")[0].status


def test_a_running_activation_is_waited_for() -> None:
    """Asked again under the same live lease: wait, and nothing changes."""
    platform, lease = running()
    first = begin(platform, lease)
    assert ("wait", 1, b"") == begin(platform, lease)[:3]
    assert 2 == platform.complete_activation(1.0, lease, "a", 1, first.fence, b"out")


@pytest.mark.parametrize(
    "other",
    [{"input_digest": b"x"}, {"definition_digest": b"x"}, {"kind": "X"}, {"stable_key": "x"}],
)
def test_other_input_or_other_code_is_a_conflict(other: dict[str, Any]) -> None:
    """Whatever its status, an activation begins again only as what it was."""
    platform, lease = running()
    grant = begin(platform, lease)
    assert "conflict" == begin(platform, lease, **other).kind
    platform.complete_activation(1.0, lease, "a", 1, grant.fence, b"out")
    assert ("conflict", None) == (
        begin(platform, lease, **other).kind,
        begin(platform, lease, **other).output,
    )
    assert "replay" == begin(platform, lease, name="renamed").kind


def test_completing_again_is_idempotent_and_differently_a_conflict() -> None:
    """The first completion wins."""
    platform, lease = running()
    fence = begin(platform, lease).fence
    offsets = [platform.complete_activation(1.0, lease, "a", 1, fence, b"1") for _ in "ab"]
    assert offsets[0] == offsets[1]
    with pytest.raises(RecordConflict, match="is completed already"):
        platform.complete_activation(1.0, lease, "a", 1, fence, b"2")
    with pytest.raises(RecordConflict, match="is completed already"):
        platform.fail_activation(1.0, lease, "a", 1, fence, "E", b"", retryable=False)
    assert b"1" == begin(platform, lease).output


@pytest.mark.parametrize(("retryable", "status"), [(True, "retry-ready"), (False, "failed")])
def test_a_failed_activation_executes_again(retryable: bool, status: str) -> None:
    """At once when it may be retried; policy *failed activations: execute* otherwise."""
    platform, lease = running()
    grant = begin(platform, lease)
    failures = [
        platform.fail_activation(1.0, lease, "a", 1, grant.fence, "E", b"why", retryable)
        for _ in "ab"
    ]
    assert [(2, status), (2, status)] == failures
    kept = platform.activations("r")[0]
    assert (status, "E", b"why") == (kept.status, kept.error_code, kept.error_data)
    with pytest.raises(RecordConflict, match=f"is {status} already"):
        platform.complete_activation(1.0, lease, "a", 1, grant.fence, b"out")
    with pytest.raises(RecordConflict):
        platform.fail_activation(1.0, lease, "a", 1, grant.fence, "F", b"why", retryable)
    again = begin(platform, lease)
    assert ("execute", 2, True) == (again.kind, again.attempt, again.fence != grant.fence)
    assert "running" == platform.activations("r")[0].status


def test_an_activation_that_never_began_cannot_end() -> None:
    """Neither completed nor failed, and of no other run."""
    platform, lease = running()
    with pytest.raises(UnknownActivation, match="'a' of run 'r' never began"):
        platform.complete_activation(1.0, lease, "a", 1, b"", b"")
    with pytest.raises(UnknownActivation):
        platform.fail_activation(1.0, lease, "a", 1, b"", "E", b"", retryable=True)
    platform.submit(0.0, "flow", "workflow", b"{}", run_id="s")
    begin(platform, platform.dispatch(0.0, "s", 1).lease)
    with pytest.raises(UnknownActivation):
        platform.complete_activation(1.0, lease, "a", 1, b"", b"")


def test_a_dead_worker_neither_begins_nor_ends_an_activation() -> None:
    """The lease is asked before the fence."""
    platform, lease = running()
    fence = begin(platform, lease).fence
    platform.crash(1.0, 1)
    with pytest.raises(Fenced, match="died"):
        begin(platform, lease, activation_id="b")
    with pytest.raises(Fenced, match="died"):
        platform.complete_activation(1.0, lease, "a", 1, fence, b"out")
    with pytest.raises(Fenced, match="died"):
        platform.fail_activation(1.0, lease, "a", 1, fence, "E", b"", retryable=True)
    assert [("a", "running")] == [
        (one.activation_id, one.status) for one in platform.activations("r")
    ]


class ActivationsMachine(RuleBasedStateMachine):
    """Activations of one run against the plain list of what happened to each."""

    ids = st.sampled_from(["a", "b"])

    def __init__(self) -> None:
        """Start with nothing begun."""
        super().__init__()
        self.platform, self.lease = running()
        self.incarnation = 1
        self.log: dict[str, list[tuple[str, Any]]] = {"a": [], "b": []}
        self.grants: list[tuple[str, ActivationGrant]] = []
        self.offset = 0

    def status(self, id_: str) -> str:
        """The kind of the last thing that happened to an activation, `""` for none."""
        return self.log[id_][-1][0] if self.log[id_] else ""

    @rule(id_=ids, same_input=st.booleans())
    def begin(self, id_: str, same_input: bool) -> None:
        """Begin, and be told what the model says."""
        digest = b"in" if same_input or not self.log[id_] else b"other"
        got = begin(self.platform, self.lease, activation_id=id_, input_digest=digest)
        executions = [what for what in self.log[id_] if what[0] == "running"]
        status = self.status(id_)
        if digest == b"other":
            assert "conflict" == got.kind
        elif status == "completed":
            assert ("replay", self.log[id_][-1][1]) == (got.kind, got.output)
        elif status == "running" and self.log[id_][-1][1] == self.lease.number:
            assert "wait" == got.kind
        else:
            self.offset += 1
            assert ("execute", len(executions) + 1, self.offset) == (
                got.kind,
                got.attempt,
                got.offset,
            )
            assert got.fence not in [grant.fence for _, grant in self.grants]
            self.log[id_].append(("running", self.lease.number))
            self.grants.append((id_, got))

    @rule(data=st.data(), how=st.sampled_from(["completed", "retry-ready", "failed"]), two=ids)
    def end(self, data: st.DataObject, how: str, two: str) -> None:
        """End any execution ever granted: only the latest of its activation may."""
        if not self.grants:
            return
        id_, grant = data.draw(st.sampled_from(self.grants))
        output = two.encode()
        latest = [one for other, one in self.grants if other == id_][-1]

        def call() -> int:
            if how == "completed":
                return self.platform.complete_activation(
                    1.0, self.lease, id_, grant.attempt, grant.fence, output
                )
            offset, status = self.platform.fail_activation(
                1.0, self.lease, id_, grant.attempt, grant.fence, "E", output, how == "retry-ready"
            )
            assert how == status
            return offset

        if grant != latest:
            with pytest.raises(Fenced):
                call()
        elif self.status(id_) == "running":
            self.offset += 1
            assert self.offset == call()
            self.log[id_].append((how, output))
        elif self.log[id_][-1] == (how, output):
            assert call() <= self.offset
        else:
            with pytest.raises(RecordConflict):
                call()

    @rule()
    def die(self) -> None:
        """Another worker takes over."""
        self.incarnation += 1
        self.platform.expire_lease(2.0, "r")
        self.lease = self.platform.dispatch(2.0, "r", self.incarnation).lease

    @invariant()
    def same(self) -> None:
        """Every activation has the status the model says."""
        got = {one.activation_id: one.status for one in self.platform.activations("r")}
        assert {id_: self.status(id_) for id_ in "ab" if self.log[id_]} == got


TestActivations = ActivationsMachine.TestCase
TestActivations.settings = settings(
    derandomize=True, deadline=None, max_examples=60, stateful_step_count=30, database=None
)
