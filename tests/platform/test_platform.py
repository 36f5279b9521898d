"""The platform as a whole: one story, its purity, and a machine that does everything."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import agnt5_sim.platform
from agnt5_sim.errors import AnswerRefused, PlatformError
from agnt5_sim.platform import (
    Fenced,
    JournalEvent,
    Lease,
    Outcome,
    PauseRequest,
    Platform,
    Policy,
    RunIsOver,
    TimerRequest,
    UnknownRun,
)


def event(sequence: int, channel: str = "checkpoint") -> JournalEvent:
    """The `sequence`-th event of an attempt."""
    return JournalEvent("step", b"{}", sequence, 0, None, channel)


def test_a_run_that_crashes_asks_sleeps_and_ends() -> None:
    """One life through every machine; at each stop the platform says what it waits for."""
    platform = Platform(Policy(lease=10.0))
    platform.submit(0.0, "order", "workflow", b"{}", run_id="r", user_id="u", streaming=True)
    stops = [platform.waiting_on("r")]
    attempt = platform.dispatch(0.0, "r", 1)
    stops.append(platform.waiting_on("r"))
    platform.append(1.0, attempt.lease, event(0), completes=("charge_0", b'"ch_1"'))
    platform.crash(2.0, 1)
    stops.append(platform.waiting_on("r"))
    platform.advance(12.0)
    attempt = platform.dispatch(12.0, "r", 2)
    assert {"charge_0": b'"ch_1"'} == dict(attempt.completed)
    request = PauseRequest(0, "ship?", "approval", (("approve", "A"), ("reject", "R")))
    platform.finish(13.0, attempt.lease, Outcome("paused", pause=request))
    stops.append(platform.waiting_on("r"))
    platform.answer(14.0, "r", "approve")
    attempt = platform.dispatch(14.0, "r", 2)
    platform.finish(14.0, attempt.lease, Outcome("suspended", timer=TimerRequest("hold", 60.0)))
    stops.append(platform.waiting_on("r"))
    platform.advance(74.0)
    attempt = platform.dispatch(74.0, "r", 2)
    platform.finish(75.0, attempt.lease, Outcome("completed", b"{}"))
    stops.append(platform.waiting_on("r"))
    assert [
        "queued: waiting for a worker to take attempt 0",
        "running in incarnation 1",
        "waiting for the lease of incarnation 1 to expire at 12.0 s",
        "waiting for an answer to pause 0 ('ship?', approval: approve/reject)",
        "waiting for timer hold, ready at 74.0 s",
        "nothing: the run is completed",
    ] == stops
    assert 3 == attempt.attempt
    assert ["paused", "completed"] == [seen.kind for seen in platform.outbox("r")]


def test_a_text_question_has_no_options_to_name() -> None:
    """`waiting_on` names the options only where there are some."""
    platform = Platform()
    platform.submit(0.0, "order", "workflow", b"{}", run_id="r")
    lease = platform.dispatch(0.0, "r", 1).lease
    platform.finish(0.0, lease, Outcome("paused", pause=PauseRequest(2, "why?")))
    assert "waiting for an answer to pause 2 ('why?', text)" == platform.waiting_on("r")


def test_a_dispatch_carries_what_was_submitted() -> None:
    """Every id and the input reach the worker as they were given."""
    platform = Platform()
    platform.submit(
        0.0,
        "order",
        "function",
        b"[1]",
        run_id="r",
        session_id="s",
        user_id="u",
        tenant="t",
        streaming=True,
    )
    got = platform.dispatch(5.0, "r", 3)
    assert ("r", "order", "function", b"[1]", "s", "u", "t", True, 0, None) == (
        got.run_id,
        got.component,
        got.kind,
        got.input,
        got.session_id,
        got.user_id,
        got.tenant,
        got.streaming,
        got.attempt,
        got.resume,
    )
    assert Lease("r", 3, got.lease.number, 35.0) == got.lease


@pytest.mark.parametrize(
    "read", ["run", "journal", "pauses", "activations", "outbox", "waiting_on"]
)
def test_reading_a_run_nobody_submitted(read: str) -> None:
    """Every reading names the run it does not know."""
    with pytest.raises(UnknownRun, match="no run 'x' was submitted"):
        getattr(Platform(), read)("x")


def test_what_is_read_cannot_change_the_platform() -> None:
    """The list of refusals is a copy; a run is a value."""
    platform = Platform()
    run = platform.submit(0.0, "order", "workflow", b"{}", run_id="r")
    platform.refused.append(None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        run.state = "completed"  # type: ignore[misc]
    assert [] == platform.refused


def test_input_bytes_are_copied_in() -> None:
    """A buffer that is changed after submission changes nothing."""
    platform, buffer = Platform(), bytearray(b"{}")
    platform.submit(0.0, "order", "workflow", buffer, run_id="r")  # type: ignore[arg-type]
    buffer[:] = b"[]"
    assert b"{}" == platform.dispatch(0.0, "r", 1).input


def test_the_package_is_pure() -> None:
    """No event loop, no clock, no randomness, no SDK: only these modules are imported."""
    allowed = {
        "__future__",
        "agnt5_sim",
        "attrs",
        "collections",
        "heapq",
        "json",
        "math",
        "re",
        "types",
        "typing",
    }
    seen: set[str] = set()
    for path in Path(agnt5_sim.platform.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                seen |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                seen.add(node.module or "")
    outside = {
        name
        for name in seen
        if name.split(".")[0] not in allowed
        or (
            name.startswith("agnt5_sim")
            and not name.startswith(
                (
                    "agnt5_sim.platform",
                    "agnt5_sim.errors",
                    "agnt5_sim.history",
                    "agnt5_sim.arguments",
                )
            )
        )
    }
    assert set() == outside


def test_every_exported_name_exists() -> None:
    """`__all__` has no name twice and none that is missing."""
    names = agnt5_sim.platform.__all__
    assert len(set(names)) == len(names)
    assert [] == [name for name in names if not hasattr(agnt5_sim.platform, name)]


class PlatformMachine(RuleBasedStateMachine):
    """Everything at once: any call, by any lease, in any order.

    The model is the recorded history alone; what is checked is what must hold whatever
    happens: terminal states are final, the journal only grows, the state follows the
    allowed transitions, refused calls change nothing, and every waiting run waits for
    something.
    """

    IDS = ("a", "b")
    after: ClassVar[dict[str, set[str]]] = {
        "queued": {"queued", "running", "cancelled"},
        "running": {"running", "queued", "waiting", "completed", "failed", "cancelled"},
        "waiting": {"waiting", "queued", "cancelled"},
    }

    def __init__(self) -> None:
        """Two runs, one of them streaming; events durable on flush."""
        super().__init__()
        self.platform = Platform(Policy(lease=5.0, durability="tail-loss(1)"))
        for run_id in self.IDS:
            self.platform.submit(0.0, "f", "workflow", b"", run_id=run_id, streaming=run_id == "a")
        self.now = 0.0
        self.leases: list[Lease] = []
        self.last = self.view()
        self.dead: set[int] = set()

    def view(self) -> dict[str, tuple[str, int, int, tuple[object, ...], tuple[object, ...]]]:
        """All that can be read of each run."""
        platform = self.platform
        return {
            run_id: (
                platform.run(run_id).state,
                platform.run(run_id).attempt,
                platform.run(run_id).revision,
                platform.journal(run_id),
                platform.outbox(run_id),
            )
            for run_id in self.IDS
        }

    @rule(run_id=st.sampled_from(IDS), incarnation=st.integers(0, 9))
    def dispatch(self, run_id: str, incarnation: int) -> None:
        """Dispatch, if it can be."""
        try:
            self.leases.append(self.platform.dispatch(self.now, run_id, incarnation).lease)
        except PlatformError:
            assert self.last == self.view()

    @rule(incarnation=st.integers(0, 9))
    def crash(self, incarnation: int) -> None:
        """Kill: the state of no run changes."""
        self.platform.crash(self.now, incarnation)
        self.dead.add(incarnation)
        now = self.view()
        assert {r: v[:3] for r, v in self.last.items()} == {r: v[:3] for r, v in now.items()}

    @rule(data=st.data(), sequence=st.integers(0, 5))
    def append(self, data: st.DataObject, sequence: int) -> None:
        """Append under any lease."""
        if self.leases:
            lease = data.draw(st.sampled_from(self.leases))
            channel = data.draw(st.sampled_from(["delta", "checkpoint", "runtime"]))
            self.attempt(lambda: self.platform.append(self.now, lease, event(sequence, channel)))

    @rule(
        data=st.data(),
        kind=st.sampled_from(["completed", "failed", "paused", "paused", "suspended"]),
        number=st.integers(0, 2),
    )
    def finish(self, data: st.DataObject, kind: str, number: int) -> None:
        """Finish under any lease."""
        if self.leases:
            lease = data.draw(st.sampled_from(self.leases))
            outcome = Outcome(
                kind, pause=PauseRequest(number), timer=TimerRequest(f"t{number}", number * 2.0)
            )
            self.attempt(lambda: self.platform.finish(self.now, lease, outcome))

    def attempt(self, call: object) -> None:
        """Make a call that may be fenced, and then changes nothing."""
        refused = len(self.platform.refused)
        try:
            call()  # type: ignore[operator]
        except Fenced:
            assert (self.last, refused + 1) == (self.view(), len(self.platform.refused))
        else:
            assert refused == len(self.platform.refused)

    @rule(run_id=st.sampled_from(IDS), value=st.sampled_from(["x", "y"]))
    def answer(self, run_id: str, value: str) -> None:
        """Answer, if a question is open."""
        try:
            self.platform.answer(self.now, run_id, value)
        except (AnswerRefused, RunIsOver):
            assert self.last == self.view()

    @rule(delta=st.sampled_from([0.0, 1.0, 5.0]))
    def advance(self, delta: float) -> None:
        """Pass time: exactly when something is due does something change."""
        self.now += delta
        due = self.platform.next_due()
        changes = self.platform.advance(self.now)
        assert (due is not None and due <= self.now) is bool(changes)
        assert () == self.platform.advance(self.now)

    @invariant()
    def sound(self) -> None:
        """What must hold whatever happened."""
        now = self.view()
        for run_id, (state, attempt, revision, journal, outbox) in now.items():
            old = self.last[run_id]
            assert old[3] == journal[: len(old[3])]
            assert old[4] == outbox[: len(old[4])]
            if old[0] in ("completed", "failed", "cancelled"):
                assert old == now[run_id]
            else:
                assert state in self.after[old[0]]
                assert old[1] <= attempt
                assert (old[0] == state) or old[2] < revision
            assert (state == "queued") is (run_id in self.platform.queued())
            assert len(journal) >= max(
                (seen.cursor for seen in self.platform.outbox(run_id)), default=0
            )
            text = self.platform.waiting_on(run_id)
            if state == "waiting":
                assert text.startswith(("waiting for an answer", "waiting for timer"))
            keys = [(e.attempt, e.event) for e in self.platform.journal(run_id)]
            assert len(keys) == len(set(keys))
        self.last = now


TestPlatform = PlatformMachine.TestCase
TestPlatform.settings = settings(
    derandomize=True, deadline=None, max_examples=60, stateful_step_count=40, database=None
)


def test_two_equal_lives_leave_equal_platforms() -> None:
    """Nothing in it draws from anywhere else: the same calls give the same bytes."""

    def live() -> str:
        platform = Platform()
        platform.submit(0.0, "f", "workflow", b"", run_id="r")
        attempt = platform.dispatch(0.0, "r", 1)
        grant = platform.begin_activation(
            0.0,
            attempt.lease,
            activation_id="a",
            kind="step",
            stable_key="a",
            input_digest=b"",
            definition_digest=b"",
            name="a",
        )
        return json.dumps([repr(attempt), repr(grant), repr(platform.activations("r"))])

    assert live() == live()
