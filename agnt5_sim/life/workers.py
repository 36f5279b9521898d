"""The worker processes of a life: they take what the platform hands out, report, and die.

One process is alive at a time and does every run there is; when it is killed, the next dispatch
starts another, with a new incarnation number and the SDK's worker in it made anew.
"""

from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from agnt5_sim.errors import PlatformError
from agnt5_sim.history.terms import TERMINAL
from agnt5_sim.platform import Fenced, Outcome
from agnt5_sim.sdk.generations.worker import start_worker
from agnt5_sim.sdk.leftovers import left_set
from agnt5_sim.sdk.ports.attempt import Attempt, Call, current_attempt, current_call
from agnt5_sim.world.entropy import reseed
from agnt5_sim.world.remembering.locks import locks
from agnt5_sim.world.remembering.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from agnt5_sim.faults import Fault
    from agnt5_sim.life.life import Life
    from agnt5_sim.platform import Dispatch
    from agnt5_sim.sdk.generations.worker import SdkWorker
    from agnt5_sim.world import Process


def _step_running() -> str:
    call = current_call.get()
    return "" if call is None else call.identity


_ROUNDS = 20
"""So many times the attempts that come no further are those a run may take in all."""


class Workers:
    """The workers of one life.

    Args:
        life: whose platform hands out what they do.
    """

    def __init__(self, life: Life) -> None:
        self._life = life
        self._started: list[Process] = []
        self._sdk: dict[int, SdkWorker] = {}
        self._attempts: dict[int, list[Attempt]] = {}
        self._alive: Process | None = None
        self._memory: Memory | None = None
        self._progress: dict[str, tuple[set[Any], int]] = {}
        self._externals: list[Any] = []

    def dispatch(self, run_id: str) -> None:
        """Let the worker that is alive, or a new one, take a run that is queued."""
        process = self._alive or self._start()
        dispatch = self._life.platform.dispatch(self._life.world.now, run_id, process.incarnation)
        attempt = Attempt(dispatch, process, self._life.bodies)
        self._attempts[process.incarnation].append(attempt)
        self._life.note(
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
        why = self._given_up(dispatch)
        if why:
            attempt.over = True
            self._life.platform.cancel(self._life.world.now, run_id, why)
            self._life.note("run.abandoned", run_id, data={"attempts": dispatch.attempt})
            self._life.tell(run_id)
            return
        reseed(f"{self._life.settings.seed}/{run_id}/{dispatch.attempt}")
        process.start(self._attempt(attempt))

    def _given_up(self, dispatch: Dispatch) -> str:
        """Say why a run is given up: its attempts come no further, or there is no end of them."""
        most = self._life.settings.max_attempts
        futile = self._futile(dispatch)
        if futile >= most:
            return f"given up: {futile} attempts in a row came no further"
        if dispatch.attempt >= most * _ROUNDS:
            return f"given up: it has been resumed {dispatch.attempt} times and does not end"
        return ""

    def _futile(self, dispatch: Dispatch) -> int:
        """Count the attempts of a run since it was first resumed from where it is resumed now."""
        resume = dispatch.resume
        place = None if resume is None else (resume.pause_index, resume.timer_key)
        been, since = self._progress.setdefault(dispatch.run_id, (set(), 0))
        if place not in been:
            been.add(place)
            since = dispatch.attempt
            self._progress[dispatch.run_id] = been, since
        return dispatch.attempt - since

    def _start(self) -> Process:
        life = self._life
        if self._started:  # a dead process takes its locks with it, and a new one imports its own
            locks.renew(self._externals)
        process = life.world.spawn()
        process.on_exit = self._exited
        process.loop.job_points = self._job_points
        process.loop.whose = _step_running
        self._started.append(process)
        self._sdk[process.incarnation] = start_worker(life.profile, process, life.crossings)
        self._attempts[process.incarnation] = []
        self._alive = process
        return process

    async def _attempt(self, attempt: Attempt) -> None:
        """Execute one attempt on its worker, and report how it ended."""
        current_attempt.set(attempt)
        if attempt.dispatch.kind == "function":
            name = attempt.dispatch.component
            current_call.set(Call("step", name, name, attempt))
        worker, before = self._sdk[attempt.incarnation], copy_context()
        try:
            outcome = await worker.execute(attempt)
        except PlatformError as error:
            outcome = Outcome("failed", error=str(error), error_type=type(error).__name__)
        for name in left_set(before):
            self._life.crossings.record(attempt, "context.left", name)
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
            self._life.crossings.now(
                attempt, "report", outcome.kind, lambda: self.finish(attempt, outcome), data
            )
        except Fenced:
            attempt.over = True

    def finish(self, attempt: Attempt, outcome: Outcome) -> str:
        """End an attempt at the platform, and return the state its run is in then."""
        run_id = attempt.run_id
        state = self._life.platform.finish(self._life.world.now, attempt.lease, outcome).kind
        attempt.over = True
        # Told from outside the worker, which may not live to see the reply.
        over = state in TERMINAL
        self._life.world.at(
            self._life.world.now,
            lambda: self._life.ended(run_id) if over else self._life.tell(run_id),
        )
        self._life.pump()
        return state

    # -- dying -------------------------------------------------------------------------

    def strike(self, fault: Fault) -> None:
        """Let a fault happen to the worker that is running, or else to the one alive."""
        process = self._life.world.current or self._alive
        if process is None or process.dead:
            return
        self._kill(process, str(fault))

    def _kill(self, process: Process, why: str) -> None:
        life = self._life
        life.history.add(
            life.world.now,
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
        self._life.platform.crash(self._life.world.now, process.incarnation)
        if self._alive is process:
            self._alive = None
        self._life.pump()
        self._life.world.kill(process)

    def _forget(self, process: Process) -> None:
        """Note what a dying worker had changed of its modules' globals, and undo it if asked."""
        if self._memory is None or all(a.over for a in self._attempts[process.incarnation]):
            return
        names = self._memory.changed()
        if names:
            self._life.note("memory.changed", "", ", ".join(names))
        if self._life.settings.forget:
            self._memory.restore()

    def kill(self, why: str) -> None:
        """Kill the worker that is alive, if one is."""
        if self._alive is not None:
            self._kill(self._alive, why)

    def _exited(self, process: Process) -> None:
        self._life.note("worker.exited", "", str(process.exited))
        self._kill(process, "by its own SystemExit")

    def _job_points(self, func: Callable[[], Any]) -> Callable[[], Any]:
        """Make entering and leaving a blocking function points too, on its own stack."""
        call = current_call.get()
        if call is None:
            return func

        def job() -> Any:
            point = self._life.injector.reach("thread", call.identity)
            result = func()
            self._life.injector.leave(point)
            return result

        return job

    # -- memory and the end ------------------------------------------------------------

    def remember(self, handler: Any) -> None:
        """Note what a workflow's module holds before any worker changes it."""
        locks.include([handler])
        if self._life.settings.plan.faults and self._memory is None:
            self._memory = Memory([handler], self._externals)

    def external(self, thing: Any) -> None:
        """Declare that an object in a workflow's module belongs to the outside world."""
        self._externals.append(thing)
        if self._memory is not None:
            self._memory.leave_out(thing)

    def leave(self) -> None:
        """Let go of every worker, and note what they had left to do.

        Nothing is left that leads back to the life: lives are many, and the garbage collector
        should not have to take them apart.
        """
        life = self._life
        for process in self._started:
            if process.dead:
                continue
            for where in life.world.leave(process):
                life.note("world.left", "", where)
            if not process.dead:
                vars(self._sdk[process.incarnation]).clear()
        vars(self).clear()
