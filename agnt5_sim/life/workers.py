"""The pool of worker processes of a life: who takes what the platform hands out, and who dies.

A run that is queued is taken by a worker that lives and does not stand still; where there is
none another is started, with a new incarnation number and the SDK's worker in it made anew.
Which of several is entitled to a run is the platform's to say: by its lease.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agnt5_sim.life.bounds import Bounds
from agnt5_sim.life.worker import Worker
from agnt5_sim.sdk.ports.attempt import current_call
from agnt5_sim.world.entropy import reseed
from agnt5_sim.world.remembering.locks import locks
from agnt5_sim.world.remembering.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from agnt5_sim.faults import Injector
    from agnt5_sim.life.scene import Scene
    from agnt5_sim.sdk.ports.bodies import Bodies
    from agnt5_sim.sdk.ports.crossings import Crossings
    from agnt5_sim.world import Process


def _step_running() -> str:
    call = current_call.get()
    return "" if call is None else call.identity


class Workers:
    """The workers of one life, and what its faults do to them.

    Args:
        scene: where they live.
        profile: how their SDK is driven.
    """

    def __init__(self, scene: Scene, profile: str) -> None:
        self._scene = scene
        self._profile = profile
        self._pool: list[Worker] = []
        self._memory: Memory | None = None
        self._bounds = Bounds(scene.settings.max_attempts)
        self._externals: list[Any] = []
        self._crossings: Crossings
        self._bodies: Bodies
        self._injector: Injector

    def equip(self, crossings: Crossings, bodies: Bodies, injector: Injector) -> None:
        """Take what every worker is started with: its way to the platform, and what is watched."""
        self._crossings, self._bodies, self._injector = crossings, bodies, injector

    def dispatch(self, run_id: str) -> None:
        """Let a worker take a run that is queued."""
        scene = self._scene
        worker = next((each for each in self._pool if each.takes_runs), None) or self._start()
        dispatch = scene.platform.dispatch(scene.world.now, run_id, worker.incarnation)
        attempt = worker.take(dispatch)
        scene.note(
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
        why = self._bounds.passed_by(dispatch)
        if why:
            attempt.over = True
            scene.platform.cancel(scene.world.now, run_id, why)
            scene.note("run.abandoned", run_id, data={"attempts": dispatch.attempt})
            scene.tell(run_id)
            return
        reseed(f"{scene.settings.seed}/{run_id}/{dispatch.attempt}")
        worker.begin(attempt)

    def _start(self) -> Worker:
        scene = self._scene
        if self._pool:  # a dead process takes its locks with it, and a new one imports its own
            locks.renew(self._externals)
        process = scene.world.spawn()
        process.on_exit = self._exited
        process.loop.job_points = self._job_points
        process.loop.whose = _step_running
        worker = Worker(scene, process, self._profile, self._crossings, self._bodies)
        self._pool.append(worker)
        return worker

    # -- what strikes them -------------------------------------------------------------

    def kill(self, why: str) -> None:
        """Kill the worker that is running, or else the one that takes runs; see `Hands`."""
        worker = self._struck()
        if worker is not None:
            self._kill(worker, why)

    def kill_worker_of(self, run_id: str | None, why: str) -> None:
        """Kill the worker that is at a run; where none is, the one that takes runs."""
        at_it = (
            worker
            for worker in self._pool
            if not worker.process.dead and any(a.run_id == run_id for a in worker.at_work)
        )
        worker = next(at_it, None) or self._struck()
        if worker is not None:
            self._kill(worker, why)

    def stall(self, why: str, seconds: float) -> None:
        """Let a worker stand still, as `kill` chooses it; see `Hands`."""
        worker = self._struck()
        if worker is None or worker.process.standing:
            return
        self._note_fault("fault.stall", why, worker, {"seconds": seconds})
        worker.stand_still(seconds)

    def note(self, kind: str, why: str) -> None:
        """Write that a fault struck; see `Hands`."""
        self._note_fault(kind, why, self._struck(), {})

    def _struck(self) -> Worker | None:
        """Return the worker that is running, or else the one that takes runs, or one that lives."""
        living = [worker for worker in self._pool if not worker.process.dead]
        current = self._scene.world.current
        return (
            next((worker for worker in living if worker.process is current), None)
            or next((worker for worker in living if worker.takes_runs), None)
            or next(iter(living), None)
        )

    def _note_fault(self, kind: str, why: str, worker: Worker | None, data: dict[str, Any]) -> None:
        scene = self._scene
        scene.history.add(
            scene.world.now,
            kind,
            incarnation=0 if worker is None else worker.incarnation,
            name=why,
            data=data,
        )

    def _kill(self, worker: Worker, why: str) -> None:
        scene = self._scene
        runs = tuple(attempt.run_id for attempt in worker.at_work)
        self._note_fault("fault.kill", why, worker, {"runs": runs})
        if runs:
            self._forget()
        worker.die()
        scene.platform.crash(scene.world.now, worker.incarnation)
        scene.pump()
        scene.world.kill(worker.process)

    def _exited(self, process: Process) -> None:
        self._scene.note("worker.exited", "", str(process.exited))
        worker = next(worker for worker in self._pool if worker.process is process)
        self._kill(worker, "by its own SystemExit")

    def _job_points(self, func: Callable[[], Any]) -> Callable[[], Any]:
        """Make entering and leaving a blocking function points too, on its own stack."""
        call = current_call.get()
        if call is None:
            return func

        def job() -> Any:
            point = self._injector.reach("thread", call.identity)
            result = func()
            self._injector.leave(point)
            return result

        return job

    # -- memory and the end ------------------------------------------------------------

    def remember(self, handler: Any) -> None:
        """Note what a workflow's module holds before any worker changes it."""
        locks.include([handler])
        if self._scene.settings.plan.faults and self._memory is None:
            self._memory = Memory([handler], self._externals)

    def external(self, thing: Any) -> None:
        """Declare that an object in a workflow's module belongs to the outside world."""
        self._externals.append(thing)
        if self._memory is not None:
            self._memory.leave_out(thing)

    def _forget(self) -> None:
        """Note what a dying worker had changed of its modules' globals, and undo it if asked."""
        if self._memory is None:
            return
        names = self._memory.changed()
        if names:
            self._scene.note("memory.changed", "", ", ".join(names))
        if self._scene.settings.forget:
            self._memory.restore()

    def leave(self) -> None:
        """Let go of every worker, and note what they had left to do.

        Nothing is left that leads back to the life: lives are many, and the garbage collector
        should not have to take them apart.
        """
        for worker in self._pool:
            if worker.process.dead:
                continue
            for where in worker.let_go():
                self._scene.note("world.left", "", where)
        vars(self).clear()
