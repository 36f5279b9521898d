"""One worker process of a life: the SDK's worker in it, and the attempts it is at.

An attempt ends in one of three ways: reported, dead with its process, or superseded, when its
worker stood still for longer than its lease and another has taken the run meanwhile.
"""

from __future__ import annotations

from asyncio import CancelledError
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from agnt5_sim.errors import PlatformError
from agnt5_sim.history.terms import TERMINAL
from agnt5_sim.platform import Fenced, Outcome
from agnt5_sim.sdk.generations.worker import start_worker
from agnt5_sim.sdk.leftovers import left_set
from agnt5_sim.sdk.ports.attempt import Attempt, Call, current_attempt, current_call
from agnt5_sim.sdk.protocol.causes import keeps

if TYPE_CHECKING:
    from asyncio import Task

    from agnt5_sim.life.scene import Scene
    from agnt5_sim.platform import Dispatch
    from agnt5_sim.sdk.ports.bodies import Bodies
    from agnt5_sim.sdk.ports.crossings import Crossings
    from agnt5_sim.world import Process


class Worker:
    """A worker process.

    Args:
        scene: where it lives.
        process: it itself.
        profile: how its SDK is driven.
        crossings: its way to the platform.
        bodies: wraps the bodies of its steps.
    """

    def __init__(
        self, scene: Scene, process: Process, profile: str, crossings: Crossings, bodies: Bodies
    ) -> None:
        self.process = process
        self.incarnation = process.incarnation
        self._scene = scene
        self._crossings = crossings
        self._bodies = bodies
        self._sdk = start_worker(profile, process, crossings)
        self._attempts: list[tuple[Attempt, Task[None] | None]] = []

    @property
    def takes_runs(self) -> bool:
        """Whether it lives and does not stand still."""
        return not self.process.dead and not self.process.standing

    @property
    def at_work(self) -> list[Attempt]:
        """The attempts it is at, in the order in which it began them."""
        return [attempt for attempt, _ in self._attempts if not attempt.over]

    def take(self, dispatch: Dispatch) -> Attempt:
        """Be given an attempt, which is not begun yet."""
        return Attempt(dispatch, self.process, self._bodies)

    def begin(self, attempt: Attempt) -> None:
        """Begin an attempt it was given."""
        place = len(self._attempts)
        self._attempts.append((attempt, None))
        self._attempts[place] = attempt, self.process.start(self._live(attempt))

    async def _live(self, attempt: Attempt) -> None:
        """Execute one attempt, and report how it ended."""
        current_attempt.set(attempt)
        if attempt.dispatch.kind == "function":
            name = attempt.dispatch.component
            current_call.set(Call("step", name, name, attempt))
        before = copy_context()
        try:
            outcome = await self._sdk.execute(attempt)
        except PlatformError as error:
            outcome = Outcome("failed", error=str(error), error_type=type(error).__name__)
        except CancelledError:
            if not attempt.superseded:
                raise
            outcome = None
        for name in left_set(before):
            self._crossings.record(attempt, "context.left", name, {"keeps": keeps(name)})
        if attempt.superseded:  # as the real worker does, it keeps to itself what came of it
            return
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
            self._crossings.now(
                attempt, "report", outcome.kind, lambda: finish(self._scene, attempt, outcome), data
            )
        except Fenced:
            attempt.over = True

    # -- standing still and dying ------------------------------------------------------

    def stand_still(self, seconds: float) -> None:
        """Stop for virtual seconds; called from within its process, return when it goes on."""
        world, platform = self._scene.world, self._scene.platform
        platform.stand_still(world.now, self.incarnation)
        self._scene.pump()
        self.process.stand_still(seconds, self._go_on)

    def _go_on(self) -> None:
        """Renew what is still its own, and stop the attempts that are so no longer.

        What stood in the midst of something goes on to its next await, where it is told.
        """
        scene = self._scene
        scene.platform.go_on(self.incarnation)
        scene.note("worker.woke", "", f"incarnation {self.incarnation}")
        for attempt, task in self._attempts:
            if attempt.over or scene.platform.holds(attempt.lease):
                continue
            attempt.over = attempt.superseded = True
            scene.note("attempt.superseded", attempt.run_id, attempt=attempt)
            if task is not None:
                task.cancel()

    def die(self) -> None:
        """Let all its attempts be over; what it was doing is never gone on with."""
        for attempt, _ in self._attempts:
            attempt.over = True

    def let_go(self) -> list[str]:
        """End it with its life; return what it had left to do."""
        left = self._scene.world.leave(self.process)
        if not self.process.dead:
            vars(self._sdk).clear()
        vars(self).clear()
        return left


def finish(scene: Scene, attempt: Attempt, outcome: Outcome) -> str:
    """End an attempt at the platform, and return the state its run is in then."""
    run_id = attempt.run_id
    state = scene.platform.finish(scene.world.now, attempt.lease, outcome).kind
    attempt.over = True
    # Told from outside the worker, which may not live to see the reply.
    over = state in TERMINAL
    scene.world.at(scene.world.now, lambda: scene.ended(run_id) if over else scene.tell(run_id))
    scene.pump()
    return state
