"""One simulated life: a world, a platform, a plan, and the real SDK between them.

A life begins with nothing, ends with everything it was asked to run having ended (or waiting
for what will not come), and leaves one history behind.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import attrs

from .faults import Fault, FaultPlan, Injector
from .history import History
from .memory import Memory
from .platform import Fenced, Outcome, Platform, PlatformError, Policy
from .sdk.adapters import SdkWorker, silence, start_worker, unsilence
from .sdk.attempt import Attempt, Call, current_attempt, current_call
from .sdk.bodies import Bodies
from .sdk.captured import release_clocks
from .sdk.crossings import Crossings
from .sdk.detect import installed
from .sdk.detect import profile as resolve_profile
from .sdk.effects import declared
from .sdk.stubs import Stubs
from .sdk.workflows import Component, resolve, watch_functions
from .world import Process, Stuck, World, isolated
from .world.clock import NS
from .world.entropy import reseed
from .world.isolation import DEFAULT_STALL_S
from .world.scheduler import DEFAULT_EPOCH_NS, DEFAULT_TURNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .platform import Change

MAX_ATTEMPTS = 50


@attrs.frozen
class Settings:
    """What a life is lived under.

    Attributes:
        plan: what goes wrong.
        seed: what all randomness comes from.
        profile: how the platform drives the SDK, or None for the SDK's default.
        policy: the platform's choices where its sources are silent.
        turn_limit: loop turns without progress before a program counts as spinning.
        stall: seconds of processor time one turn may take.
        max_attempts: attempts of one run before it counts as never ending.
        start: wall-clock offset of the life's beginning, in whole seconds.
        quiet: whether the SDK's loggers are silenced.
        forget: whether a killed worker's changes to module globals are undone, as they are
            when a process ends.
    """

    plan: FaultPlan = attrs.field(factory=FaultPlan)
    seed: int = 0
    profile: str | None = None
    policy: Policy = attrs.field(factory=Policy)
    turn_limit: int = DEFAULT_TURNS
    stall: float = DEFAULT_STALL_S
    max_attempts: int = MAX_ATTEMPTS
    start: int = 0
    quiet: bool = True
    forget: bool = False


class Life:
    """A world with a platform in it and workers to do its runs.

    Args:
        settings: what it is lived under.
        stubs: what stands in for steps' bodies.
        effects: functions of the outside world that matter.
        world: where to live; None for a world of its own.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        stubs: Mapping[Any, Any] | None = None,
        effects: tuple[Callable[..., Any], ...] = (),
        world: World | None = None,
    ) -> None:
        self.settings = settings
        self.profile = resolve_profile(settings.profile)
        self.world = world or World()
        self.world.epoch_ns = DEFAULT_EPOCH_NS + settings.start * NS
        self.world.turn_limit = settings.turn_limit
        self.platform = Platform(settings.policy)
        self.history = History()
        self.injector = Injector(settings.plan, self._strike)
        self.crossings = Crossings(
            self.world, self.platform, self.injector, self.history, self._finish
        )
        self.stubs = Stubs(stubs or {})
        self.bodies = Bodies(self.crossings, self.stubs)
        self.effects = effects
        self._externals: list[Any] = []
        self.on_change: list[Callable[[str], None]] = []
        self._components: dict[str, Component] = {}
        self._memory: Memory | None = None
        self._workers: dict[int, tuple[Process, SdkWorker]] = {}
        self._attempts: dict[int, list[Attempt]] = {}
        self._worker: Process | None = None
        self._runs = 0
        self._pump_at: float | None = None
        self.world.explain = self.explain

    @contextmanager
    def lived(self) -> Iterator[Life]:
        """Be in this life's world until the block ends."""
        settings = self.settings
        watch_functions()
        release_clocks()
        with ExitStack() as stack:
            stack.enter_context(isolated(self.world, f"{settings.seed}/0", stall=settings.stall))
            if settings.quiet:
                stack.callback(unsilence, silence())
            self.history.add(
                0.0,
                "life.began",
                name=self.profile,
                data={
                    "agnt5": installed().version,
                    "plan": str(settings.plan),
                    "seed": settings.seed,
                    "start": settings.start,
                    "policy": str(settings.policy),
                },
            )
            try:
                yield self
            finally:
                self._end()

    # -- clients -----------------------------------------------------------------------

    def submit(
        self,
        target: Any,
        given: Any,
        *,
        run_id: str | None = None,
        session_id: str | None = None,
        user_id: str | None = None,
        tenant: str = "default",
        streaming: bool = False,
    ) -> str:
        """Submit a run and return its id; it begins as soon as the world moves on.

        Raises:
            NotAWorkflow: there is no such workflow or function.
            BadInput: the input does not fit its parameters.
            NotJson: the input cannot be JSON.
        """
        component = resolve(target)
        data = component.input_bytes(given)
        self._runs += 1
        run_id = run_id or f"run-{self._runs}"
        self.platform.submit(
            self.world.now,
            component.name,
            component.kind,
            data,
            run_id=run_id,
            session_id=session_id,
            user_id=user_id,
            tenant=tenant,
            streaming=streaming,
        )
        self._components[component.name] = component
        if self.settings.plan.faults and self._memory is None:
            self._memory = Memory([component.handler], self._externals)
        self._note(
            "run.submitted",
            run_id,
            component.name,
            {
                "component": component.kind,
                "input": data,
                "session_id": session_id or "",
                "user_id": user_id or "",
                "tenant": tenant,
                "streaming": streaming,
            },
        )
        self.pump()
        return run_id

    def answer(self, run_id: str, value: str, index: int | None = None) -> None:
        """Answer a question of a run.

        Raises:
            AnswerRefused: the platform does not take it; the message says what it takes.
        """
        answered = self.platform.answer(self.world.now, run_id, value, index)
        self._note(
            "pause.answered",
            run_id,
            f"pause:{answered.index}",
            {"value": value, "duplicate": answered.duplicate},
        )
        self.pump()

    def cancel(self, run_id: str) -> None:
        """Cancel a run."""
        self.platform.cancel(self.world.now, run_id)
        self._ended(run_id)

    def external(self, thing: Any) -> None:
        """Declare that an object in a workflow's module belongs to the outside world."""
        self._externals.append(thing)
        if self._memory is not None:
            self._memory.leave_out(thing)

    def kill(self) -> None:
        """Kill the worker process, if one is alive."""
        if self._worker is not None:
            self._kill(self._worker, "by the test")

    # -- the platform moves on ---------------------------------------------------------

    def pump(self) -> None:
        """See to it that the platform's next due event happens."""
        due = self.world.now if self.platform.queued() else self.platform.next_due()
        if due is None or (self._pump_at is not None and self._pump_at <= due):
            return
        self._pump_at = due
        self.world.at(due, self._advance)

    def _advance(self) -> None:
        self._pump_at = None
        for change in self.platform.advance(self.world.now):
            self._changed(change)
        for run_id in self.platform.queued():
            self._dispatch(run_id)
        self.pump()

    def _changed(self, change: Change) -> None:
        self._note(change.kind, change.run_id, change.detail, {"due": change.at})
        self._tell(change.run_id)

    def _dispatch(self, run_id: str) -> None:
        process = self._worker or self._start_worker()
        dispatch = self.platform.dispatch(self.world.now, run_id, process.incarnation)
        attempt = Attempt(dispatch, process, self.bodies)
        self._attempts[process.incarnation].append(attempt)
        self._note(
            "run.dispatched",
            run_id,
            dispatch.component,
            {
                "recovered": dispatch.recovered,
                "completed": tuple(dispatch.completed),
                "answers": tuple(dispatch.answers.items()),
                "initial_state": dispatch.initial_state,
                "resumes": dispatch.resume.kind if dispatch.resume is not None else "",
            },
            attempt=attempt,
        )
        if dispatch.attempt >= self.settings.max_attempts:
            attempt.over = True
            self.platform.cancel(self.world.now, run_id)
            self._note("run.abandoned", run_id, data={"attempts": dispatch.attempt})
            self._tell(run_id)
            return
        reseed(f"{self.settings.seed}/{run_id}/{dispatch.attempt}")
        process.start(self._attempt(attempt))

    def _start_worker(self) -> Process:
        process = self.world.spawn()
        process.on_exit = self._exited
        process.loop.job_points = self._job_points
        self._workers[process.incarnation] = (
            process,
            start_worker(self.profile, process, self.crossings),
        )
        self._attempts[process.incarnation] = []
        self._worker = process
        return process

    async def _attempt(self, attempt: Attempt) -> None:
        """Execute one attempt on its worker, and report how it ended."""
        current_attempt.set(attempt)
        if attempt.dispatch.kind == "function":
            name = attempt.dispatch.component
            current_call.set(Call("step", name, name, attempt))
        worker = self._workers[attempt.process.incarnation][1]
        try:
            outcome = await worker.execute(attempt)
        except PlatformError as error:
            outcome = Outcome("failed", error=str(error), error_type=type(error).__name__)
        if outcome is None and not attempt.over:
            outcome = Outcome("failed", error="the worker returned and reported nothing")
        if outcome is not None:
            self._report(attempt, outcome)

    def _report(self, attempt: Attempt, outcome: Outcome) -> None:
        data: dict[str, Any] = {
            "output": outcome.output,
            "error": outcome.error,
            "error_type": outcome.error_type,
        }
        if outcome.pause is not None:
            data["pause_index"] = outcome.pause.index
            data["question"] = outcome.pause.question
            data["input_type"] = outcome.pause.input_type
            data["options"] = outcome.pause.options
        if outcome.timer is not None:
            data["timer"] = outcome.timer.key
            data["delay"] = outcome.timer.delay
        try:
            self.crossings.now(
                attempt, "report", outcome.kind, lambda: self._finish(attempt, outcome), data
            )
        except Fenced:
            attempt.over = True

    def _finish(self, attempt: Attempt, outcome: Outcome) -> str:
        run_id = attempt.run_id
        state = self.platform.finish(self.world.now, attempt.lease, outcome).kind
        attempt.over = True
        # Told from outside the worker, which may not live to see the reply.
        over = state in {"completed", "failed", "cancelled"}
        self.world.at(self.world.now, lambda: self._ended(run_id) if over else self._tell(run_id))
        self.pump()
        return state

    def _ended(self, run_id: str) -> None:
        run = self.platform.run(run_id)
        self._note(
            "run.ended",
            run_id,
            run.state,
            {"output": run.output, "error": run.error, "state": self.state_of(run_id)},
        )
        self._tell(run_id)

    def state_of(self, run_id: str) -> bytes:
        """Return the entity the run's scope has now, as JSON; b"" for none."""
        from .platform import scope_of

        run = self.platform.run(run_id)
        key, scope, scope_id = scope_of(run.component, run_id, run.session_id, run.user_id)
        return self.platform.entity(run.tenant, "WorkflowEntity", key, scope, scope_id)[0]

    # -- faults ------------------------------------------------------------------------

    def _strike(self, fault: Fault) -> None:
        process = self.world.current or self._worker
        if process is None or process.dead:
            return
        self._kill(process, str(fault))

    def _kill(self, process: Process, why: str) -> None:
        self.history.add(
            self.world.now,
            "fault.kill",
            incarnation=process.incarnation,
            name=why,
            data={
                "runs": tuple(a.run_id for a in self._attempts[process.incarnation] if not a.over)
            },
        )
        self._forget(process)
        for attempt in self._attempts[process.incarnation]:
            attempt.over = True
        self.platform.crash(self.world.now, process.incarnation)
        if self._worker is process:
            self._worker = None
        self.pump()
        self.world.kill(process)

    def _forget(self, process: Process) -> None:
        """Note what a dying worker had changed of its modules' globals, and undo it if asked."""
        if self._memory is None or all(a.over for a in self._attempts[process.incarnation]):
            return
        names = self._memory.changed()
        if names:
            self._note("memory.changed", "", ", ".join(names))
        if self.settings.forget:
            self._memory.restore()

    def _exited(self, process: Process) -> None:
        self._note("worker.exited", "", str(process.exited))
        self._kill(process, "by its own SystemExit")

    def _job_points(self, func: Callable[[], Any]) -> Callable[[], Any]:
        """Make entering and leaving a blocking function points too, on its own stack."""
        call = current_call.get()
        if call is None:
            return func

        def job() -> Any:
            point = self.injector.reach("thread", call.identity)
            result = func()
            self.injector.leave(point)
            return result

        return job

    # -- notes -------------------------------------------------------------------------

    def _note(
        self,
        kind: str,
        run_id: str,
        name: str = "",
        data: Mapping[str, Any] | None = None,
        attempt: Attempt | None = None,
    ) -> None:
        self.history.add(
            self.world.now,
            kind,
            run_id=run_id,
            attempt=-1 if attempt is None else attempt.number,
            incarnation=0 if attempt is None else attempt.process.incarnation,
            name=name,
            data=data,
        )

    def _tell(self, run_id: str) -> None:
        for listener in tuple(self.on_change):
            listener(run_id)

    def explain(self) -> str:
        """Say what every unfinished run waits for, and what happened last."""
        lines = [
            f"{run_id}: {self.platform.waiting_on(run_id)}"
            for run_id in self.history.runs
            if self.platform.run(run_id).state not in {"completed", "failed", "cancelled"}
        ]
        tail = [
            f"  {entry.time:g} s {entry.kind} {entry.name}".rstrip() for entry in self.history[-6:]
        ]
        return "\n".join([*lines, "the last that happened:", *tail])

    # -- the end -----------------------------------------------------------------------

    def settle(self) -> None:
        """Let what a worker still does go on until nothing is left to do."""
        self.world.drive(None, self._nothing_left)

    def stuck(self, error: Stuck) -> None:
        """Note that the life can go no further."""
        self._note("life.stuck", "", str(error))

    def _nothing_left(self) -> bool:
        return self.world.next_timer() is None and not self.world.busy()

    def _end(self) -> None:
        for process, _ in self._workers.values():
            if process.dead:
                continue
            left = self.world.leave(process)
            for where in left:
                self._note("world.left", "", where)
        for loop, context in self.world.unhandled_errors:
            del loop
            error = context.get("exception")
            self._note(
                "world.unhandled",
                "",
                str(context.get("message", "")),
                {"error": "" if error is None else f"{type(error).__name__}: {error}"},
            )
        self.history.add(self.world.now, "life.ended")
        self.history.close()

    def effects_declared(self) -> Any:
        """Watch the declared effects until the block ends."""
        programs = [component.handler for component in self._components.values()]
        return declared(self.effects, programs)
