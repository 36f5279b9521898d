"""A builder of histories, in the words in which one tells of a life.

`tell()` begins a life of one run that is at its first attempt; each method says what happens
next, and writes the entries a real life has of it (generation E, *compat*, unless told
otherwise). `life.broken()` is what the guarantees make of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from typing import Any

import pytest

from agnt5_sim.history import History
from agnt5_sim.history.values import freeze
from agnt5_sim.judging import compare, judge
from agnt5_sim.judging.violation import Violation
from agnt5_sim.judging.volatile import Volatile
from agnt5_sim.platform import Policy
from agnt5_sim.sdk.protocol.events import SAID

EPOCH_NS = 1_767_225_600_000_000_000
LEASE_S = 30.0
PARTS = ("called", "started", "body", "returned", "completed", "answered")

Finding = tuple[str, str, str, str, str]


class Telling:
    """A life as it is told."""

    def __init__(
        self,
        *,
        profile: str = "compat",
        agnt5: str = "0.14.5",
        policy: Policy | None = None,
        plan: str = "none",
    ) -> None:
        self.history = History()
        self.now = 0.0
        self.run = ""
        self.worker = 1
        self.branch = ""
        self.attempts: dict[str, int] = {}
        self.workers: dict[str, int] = {}
        self.sequence = 0
        self.names: dict[str, str] = {}
        self.note(
            "life.began",
            profile,
            run="",
            agnt5=agnt5,
            plan=plan,
            seed=0,
            start=0,
            policy=() if policy is None else policy.told(),
        )

    # -- what it comes to --------------------------------------------------------------

    def violations(self, only: Iterable[str] | None = None) -> tuple[Violation, ...]:
        """Return the violations of this life."""
        return judge(self.history, only)

    def broken(self) -> list[Finding]:
        """Return guarantee, step, expected, seen and cause of every violation."""
        return [_finding(violation) for violation in self.violations()]

    def against(self, baseline: Telling, twin: Telling | None = None) -> list[Finding]:
        """Return the same of every violation in comparison with a life without faults."""
        volatile = Volatile(baseline.history, (twin or baseline).history)
        return [_finding(v) for v in compare(self.history, baseline.history, volatile)]

    # -- entries -----------------------------------------------------------------------

    def note(self, kind: str, name: str = "", *, run: str | None = None, **data: Any) -> Telling:
        """Write an entry of a run, or of the life as a whole, outside of any attempt."""
        self.history.add(
            self.now, kind, run_id=self.run if run is None else run, name=name, data=data
        )
        return self

    def entry(self, kind: str, name: str = "", **data: Any) -> Telling:
        """Write an entry of the attempt."""
        self.history.add(
            self.now,
            kind,
            run_id=self.run,
            attempt=self.attempts[self.run],
            incarnation=self.workers[self.run],
            branch=self.branch,
            name=name,
            data=data,
        )
        return self

    def after(self, seconds: float) -> Telling:
        """Let time pass."""
        self.now += seconds
        return self

    @contextmanager
    def inside(self, branch: str) -> Any:
        """Be in a branch of the workflow's tasks."""
        before, self.branch = self.branch, branch
        yield self
        self.branch = before

    # -- runs and attempts -------------------------------------------------------------

    def submitted(
        self,
        run: str = "run-1",
        *,
        workflow: str = "order",
        user: str = "",
        session: str = "",
        tenant: str = "default",
        component: str = "workflow",
    ) -> Telling:
        """A client submits a run."""
        self.run, self.names[run] = run, workflow
        return self.note(
            "run.submitted",
            workflow,
            component=component,
            input=b"{}",
            session_id=session,
            user_id=user,
            tenant=tenant,
            streaming=False,
            home=_home(workflow, run, session, user),
        )

    def dispatched(
        self,
        run: str | None = None,
        *,
        resumes: str = "",
        initial: Any = None,
        completed: tuple[str, ...] = (),
    ) -> Telling:
        """A worker takes the run; its first attempt announces itself."""
        self.run = run or self.run
        number = self.attempts[self.run] = self.attempts.get(self.run, -1) + 1
        self.workers[self.run] = self.worker
        self.branch, self.sequence = "", 0
        self.entry(
            "run.dispatched",
            self.names[self.run],
            recovered=number > 0 and not resumes,
            completed=completed,
            answers=(),
            initial_state=b"" if initial is None else json.dumps(initial).encode(),
            resumes=resumes,
        )
        if number == 0:
            self.emit("workflow.started", f"wf:{self.run}")
        return self

    def killed(self) -> Telling:
        """The worker dies, and the lease of what it worked at expires."""
        self.history.add(
            self.now, "fault.kill", incarnation=self.worker, name="kill", data={"runs": ()}
        )
        self.worker += 1
        return self.after(LEASE_S)

    def recovered(self, **about: Any) -> Telling:
        """The worker dies, and another takes the run."""
        return self.killed().dispatched(**about)

    def completed(self, output: Any = None, *, state: Any = None, says: Any = ...) -> Telling:
        """The run completes; `says` is the output in its journal when that is another."""
        said = output if says is ... else says
        self.emit("workflow.completed", f"wf:{self.run}", output=said)
        self.emit("run.completed", self.run, parent="", outcome="completed")
        return self.ended("completed", output, state=state)

    def failed(
        self, error: str = "ValueError: no", *, means: str = "", state: Any = None
    ) -> Telling:
        """The run fails."""
        self.emit("workflow.failed", f"wf:{self.run}")
        self.emit("run.failed", self.run, parent="", outcome="failed")
        return self.ended("failed", error=error, means=means, state=state)

    def ended(
        self,
        how: str,
        output: Any = None,
        *,
        error: str = "",
        means: str = "",
        state: Any = None,
    ) -> Telling:
        """The client is told of the run's end."""
        return self.note(
            "run.ended",
            how,
            output=json.dumps(output).encode() if how == "completed" else b"",
            error=error,
            means=means,
            state=b"" if state is None else json.dumps(state).encode(),
        )

    def report(self, outcome: str, **data: Any) -> Telling:
        """The worker reports how the attempt ended."""
        return self.entry("platform.report", outcome, **data)

    # -- events ------------------------------------------------------------------------

    def emit(
        self,
        kind: str,
        id: str = "",  # noqa: A002 - what the entry calls it
        *,
        name: str = "",
        parent: str | None = None,
        replay: bool = False,
        output: Any = ...,
        channel: str = "checkpoint",
        sequence: int | None = None,
        source_ns: int | None = None,
        step: str = "",
        completes: str = "",
        sleeps: str = "",
        **more: Any,
    ) -> Telling:
        """The SDK emits an event; without a parent it is the workflow's, which is nobody's.

        Args:
            replay: whether the start of a workflow is marked as a replay.
            output: what the event says came of it; left out when it does not say.
        """
        self.sequence += 1
        workflow = f"wf:{self.run}"
        of, phase = SAID[kind]
        if (of, phase) == ("workflow", "started"):
            more["replay"] = replay
        if output is not ...:
            more["output"] = json.dumps(output).encode()
        return self.entry(
            "platform.runtime" if channel == "runtime" else "platform.emit",
            f"{kind}/{name}" if name else kind,
            type=kind,
            of=of,
            phase=phase,
            channel=channel,
            payload="{}",
            sequence=self.sequence if sequence is None else sequence,
            source_ns=EPOCH_NS + round(self.now * 1e9) if source_ns is None else source_ns,
            step=step,
            completes=completes,
            sleeps=sleeps,
            id=id,
            parent=("" if id == workflow else workflow) if parent is None else parent,
            **more,
        )

    def flushed(self) -> Telling:
        """What was held is made durable."""
        return self.entry("platform.flush", "checkpoints", reply=0)

    # -- steps -------------------------------------------------------------------------

    def step(
        self,
        identity: str,
        value: Any = 1,
        *,
        given: Any = (),
        record: str = "",
        until: str = "answered",
        without: tuple[str, ...] = (),
        label: str = "",
        within: str = "",
    ) -> Telling:
        """A step runs, up to and with one of `PARTS`, `without` some of them.

        The record it is looked up under is its identity, as a @function's is.
        """
        mine = f"{identity}@{self.attempts[self.run]}"
        say: dict[str, Callable[[], Any]] = {
            "called": lambda: self.calls(
                identity, given=given, record=record, label=label, within=within
            ),
            "started": lambda: self.emit(
                "workflow.step.started", mine, name=identity, step=identity
            ),
            "body": lambda: self.entry("body.started", identity),
            "returned": lambda: self.entry("body.returned", identity, value=freeze(value)),
            "completed": lambda: self.emit(
                "workflow.step.completed",
                mine,
                name=identity,
                step=identity,
                completes=record or identity,
            ),
            "answered": lambda: self.answers_call(identity, value),
        }
        for part in PARTS[: PARTS.index(until) + 1]:
            if part not in without:
                say[part]()
        return self

    def calls(
        self,
        identity: str,
        *,
        given: Any = (),
        record: str = "",
        label: str = "",
        within: str = "",
    ) -> Telling:
        """The workflow calls a step, or the body of the step it is `within` does."""
        name = (
            label or identity.removeprefix("step:").rpartition(":" if ":" in identity else "_")[0]
        )
        return self.entry(
            "program.called",
            identity,
            call="step",
            within=within,
            record=record or identity,
            function="",
            label=name,
            input=freeze((given, {})),
        )

    def answers_call(self, identity: str, value: Any, *, call: str = "step") -> Telling:
        """The SDK answers a call."""
        return self.entry("program.answered", identity, call=call, value=freeze(value))

    def raises(
        self,
        identity: str,
        error: str = "no",
        *,
        call: str = "step",
        error_type: str = "ValueError",
    ) -> Telling:
        """A call raises in the workflow."""
        return self.entry("program.raised", identity, call=call, error_type=error_type, error=error)

    def cancelled(self, identity: str, *, call: str = "step") -> Telling:
        """A call is cancelled, and its body with it."""
        if call == "step":
            self.entry("body.raised", identity, error_type="CancelledError", error="")
        return self.raises(identity, "", call=call, error_type="CancelledError")

    def replayed(
        self, identity: str, value: Any = 1, *, given: Any = (), record: str = ""
    ) -> Telling:
        """A step is answered from its record."""
        return self.calls(identity, given=given, record=record).answers_call(identity, value)

    def recorded(self, identity: str) -> Telling:
        """The checkpoint client puts a step's completion on record."""
        return self.entry(
            "platform.step.completed", identity, step=identity, output=b"1", reply=True
        )

    def activated(self, identity: str) -> Telling:
        """An activation is completed."""
        return self.entry("platform.complete", identity, step=identity, output=b"1", reply=1)

    # -- sleeps ------------------------------------------------------------------------

    def sleeps(self, identity: str, seconds: Any, *, record: str = "") -> Telling:
        """The workflow calls a sleep."""
        record = record or identity.rpartition(":")[0]
        return self.entry("program.called", identity, call="sleep", record=record, seconds=seconds)

    def falls_asleep(self, identity: str) -> Telling:
        """The SDK says that a sleep has begun."""
        return self.emit(
            "workflow.step.started",
            f"{identity}@{self.attempts[self.run]}",
            name=identity,
            step=identity,
            sleeps=identity.rpartition(":")[0],
        )

    def wakes(self, identity: str) -> Telling:
        """The sleep returns, and the SDK says so."""
        mine = f"{identity}@{self.attempts[self.run]}"
        self.emit("workflow.step.completed", mine, name=identity, step=identity)
        return self.answers_call(identity, None, call="sleep")

    def slept(
        self, identity: str, seconds: float, *, lasts: float | None = None, record: str = ""
    ) -> Telling:
        """A sleep, from its call to its return."""
        self.sleeps(identity, seconds, record=record).falls_asleep(identity)
        return self.after(seconds if lasts is None else lasts).wakes(identity)

    # -- questions ---------------------------------------------------------------------

    def asks(self, question: str = "ok?", index: int = 0, *, number: int | None = None) -> Telling:
        """The workflow asks a question; the SDK gives it an index."""
        return self.entry(
            "program.called",
            f"pause:{index if number is None else number}",
            call="wait",
            record=f"user_response:{self.run}:{index}",
            question=question,
            pause_index=index,
        )

    def pauses(self, question: str = "ok?", index: int = 0) -> Telling:
        """The attempt ends with a question."""
        return self.report(
            "paused", pause_index=index, question=question, input_type="text", options=()
        )

    def answered(self, value: str, index: int = 0, *, seen: Any = ...) -> Telling:
        """A person answers a question; `seen` is what the workflow is to see of it."""
        seen = value if seen is ... else seen
        return self.note(
            "pause.answered", f"pause:{index}", value=value, seen=seen, duplicate=False
        )

    def told(self, value: Any, index: int = 0) -> Telling:
        """The workflow is given the answer."""
        return self.answers_call(f"pause:{index}", value, call="wait")

    # -- state -------------------------------------------------------------------------

    def set(self, key: str, value: Any) -> Telling:
        """The workflow sets a key of its state."""
        return self.entry("state.set", key, value=freeze(value))

    def get(self, key: str, value: Any) -> Telling:
        """The workflow reads a key of its state, and gets a value."""
        return self.entry("state.get", key, value=freeze(value))

    def saves(
        self,
        value: Any,
        *,
        expected: int = 0,
        key: str = "",
        scope: str = "run",
        scope_id: str = "",
        entity: str = "",
        **more: Any,
    ) -> Telling:
        """The SDK saves an entity; without one it is the run's own state."""
        data = {"value": json.dumps(value).encode(), "expected": expected, "reply": expected + 1}
        where = _where(key, scope, scope_id or self.run, entity)
        return self.entry("platform.state.save", scope, **where, **{**data, **more})

    def loads(
        self,
        *,
        key: str = "",
        scope: str = "run",
        scope_id: str = "",
        entity: str = "",
    ) -> Telling:
        """The SDK loads an entity; without one it is the run's own state."""
        where = _where(key, scope, scope_id or self.run, entity)
        return self.entry("platform.state.load", scope, **where, reply=(b"", 0))

    # -- effects -----------------------------------------------------------------------

    def effect(
        self, name: str = "charge", *, step: str = "", args: tuple[Any, ...] = ()
    ) -> Telling:
        """A declared function of the outside world is called."""
        return self.entry("effect", name, args=freeze((args, {})), step=step)


def _home(workflow: str, run: str, session: str, user: str) -> tuple[str, str, str]:
    if user:
        return f"user:{user}", "user", user
    if session and session != run:
        return f"workflow:{workflow}:session:{session}", "session", session
    return f"run:{run}", "run", run


def _where(key: str, scope: str, scope_id: str, entity: str) -> dict[str, Any]:
    return {
        "own": not entity,
        "entity": entity or "Own",
        "key": key or f"{scope}:{scope_id}",
        "scope": scope,
        "scope_id": scope_id,
    }


def _finding(violation: Violation) -> Finding:
    return (
        violation.guarantee,
        violation.step,
        violation.expected,
        violation.seen,
        violation.cause,
    )


@pytest.fixture
def tell() -> Callable[..., Telling]:
    """Begin a life: of one run at its first attempt, or of none yet with `runs=False`."""

    def tell(*, runs: bool = True, **about: Any) -> Telling:
        life = Telling(**about)
        return life.submitted().dispatched() if runs else life

    return tell


@pytest.fixture
def life(tell: Callable[..., Telling]) -> Telling:
    """A life of one run that is at its first attempt."""
    return tell()
