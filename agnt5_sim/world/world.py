"""The world: one virtual time, the loops that share it, and who runs next.

The world runs one turn of each loop that has something ready, in the order in which the loops
came to be; when none has, time jumps to the next timer; when there is none either, it says
what everything waits for. The code that calls `drive` is the *hub*: it runs on the caller's
own stack, and everything a worker process does runs on greenlets the hub can abandon.
"""

from __future__ import annotations

import heapq
import itertools
import math
import sys
import threading
from asyncio import events
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import greenlet

from agnt5_sim.errors import OutsideTouched, Spinning, Stuck, WorldError
from agnt5_sim.world import freezing
from agnt5_sim.world.belonging import works_for_program
from agnt5_sim.world.blocking import Blocking
from agnt5_sim.world.clock import NS
from agnt5_sim.world.process import Process
from agnt5_sim.world.stacks import describe_stack, describe_tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from agnt5_sim.world.loop import VirtualLoop

DEFAULT_EPOCH_NS = 1_767_225_600 * NS  # 2026-01-01T00:00:00Z
DEFAULT_TURNS = 100_000
_POLLING = 20
"""So many times the turns of spinning in place are a program's that lets time pass."""


class WorldTimer:
    """Something the world itself does at an instant (a lease expires, a process wakes)."""

    __slots__ = ("_cancelled", "action")

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action
        self._cancelled = False

    def cancel(self) -> None:
        """Forget it."""
        self._cancelled = True


class World:
    """Virtual time and everything that lives in it.

    Args:
        epoch_ns: the wall-clock instant at which it begins, in nanoseconds since 1970.
        turn_limit: how many callbacks may run with neither time moving nor anything being
            asked of the platform, before the program counts as spinning.

    Attributes:
        asked: how many requests the programs have made of the platform.
        pace: seconds that pass with each of them; what was due meanwhile comes late.
    """

    def __init__(
        self, *, epoch_ns: int = DEFAULT_EPOCH_NS, turn_limit: int = DEFAULT_TURNS
    ) -> None:
        self.now = 0.0
        self._since_ns = 0
        self.epoch_ns = epoch_ns
        self.turn_limit = turn_limit
        self.turns = 0
        self.hub: Any = None
        self.hub_thread = threading.get_ident()
        self.current: Process | None = None
        self.alone = False
        self.has_dead = False
        self.explain: Callable[[], str] | None = None
        self.on_stuck: Callable[[str], bool] | None = None
        self.unhandled_errors: list[tuple[VirtualLoop, dict[str, Any]]] = []
        self._turns_at_progress = 0
        self._turns_at_jump = 0
        self.asked = 0
        self.pace = 0.0
        self._asked_before = 0
        self._timers: list[tuple[float, int, Any, VirtualLoop | None]] = []
        self._seq = itertools.count()
        self._processes: list[Process] = []
        self._incarnations = itertools.count(1)
        self._failure: BaseException | None = None
        self._hooks_of: VirtualLoop | None = None

    @cached_property
    def blocking(self) -> Blocking:
        """The blocking calls of its programs, of which most make none."""
        return Blocking(self)

    # -- time --------------------------------------------------------------------------

    def wall_ns(self) -> int:
        """Return the wall clock in nanoseconds since 1970."""
        return self.epoch_ns + self._since_ns

    def since_start_ns(self) -> int:
        """Return virtual time in nanoseconds since the world began."""
        return self._since_ns

    def set_time(self, now: float) -> None:
        """Let it be so many virtual seconds since the world began."""
        self.now = now
        self._since_ns = round(now * NS)

    def add_timer(self, when: float, handle: Any, loop: VirtualLoop | None) -> None:
        """Set a timer; ties run in the order in which they were set, and infinity never comes."""
        if when == math.inf:
            return
        heapq.heappush(self._timers, (when, next(self._seq), handle, loop))

    def at(self, when: float, action: Callable[[], None]) -> WorldTimer:
        """Let the world itself do `action` at virtual time `when`, outside every process."""
        timer = WorldTimer(action)
        self.add_timer(max(when, self.now), timer, None)
        return timer

    def next_timer(self) -> float | None:
        """Return when the next timer is due, or None."""
        timers = self._timers
        while timers and (
            timers[0][2]._cancelled or (timers[0][3] is not None and timers[0][3].dead)
        ):
            heapq.heappop(timers)
        return timers[0][0] if timers else None

    def timers_of(self, loop: VirtualLoop) -> list[Any]:
        """Return what is still to run on `loop` at some instant."""
        return [timer[2] for timer in self._timers if timer[3] is loop]

    def forget(self, loop: VirtualLoop) -> None:
        """Drop the timers of a loop that was closed."""
        self._timers = [timer for timer in self._timers if timer[3] is not loop]
        heapq.heapify(self._timers)

    def ask(self) -> None:
        """Count a request of the platform: a program that makes one does not count as spinning."""
        self.asked += 1
        if self.pace:
            self.set_time(self.now + self.pace)
        if self.asked > self.turn_limit:
            self.asked = 0
            self.fail(
                Spinning(
                    f"{self.turn_limit} requests reached the platform in one life, which has got to"
                    f" virtual time {self.now:g} s and does not end: something repeats what never"
                    f" comes to anything. Give the loop an end.\n{self.describe_waits()}"
                )
            )

    # -- processes ---------------------------------------------------------------------

    def spawn(self) -> Process:
        """Start a worker process."""
        process = Process(self, next(self._incarnations))
        self._processes.append(process)
        return process

    def kill(self, process: Process) -> None:
        """Kill a process; called from within it, this never returns."""
        if not process.dead:
            self._processes.remove(process)
            process.bury()
            freezing.let_go(process)
            self.has_dead = True
        if process.owns(greenlet.getcurrent()):
            self.hub.switch()
            msg = "a killed process was resumed"
            raise SystemError(msg)

    def leave(self, process: Process) -> list[str]:
        """Let go of a process at the end of a life; return what it had left to do."""
        left = describe_tasks(process.loop, f"worker {process.incarnation}")
        if left:
            self.kill(process)
        else:
            self._processes.remove(process)
            process.end()
        return left

    def busy(self) -> bool:
        """Tell whether a process has something to run now."""
        return any(process.loop.ready or process.loop.jobs for process in self._processes)

    def fail(self, error: BaseException) -> None:
        """End the life with `error`; called from within a process, this never returns."""
        self._failure = self._failure or error
        for process in tuple(self._processes):
            if process.owns(greenlet.getcurrent()):
                self.kill(process)

    def touched(self, call: str) -> NoReturn:
        """End the life: a program reached for the outside world."""
        error = OutsideTouched(
            f"{call} was called inside a simulation, which has no network and starts no process."
            " Let a step make the call, and stub the step: sim.stub(the_step, returns=...)."
            f" It was made here:\n{describe_stack(sys._getframe(1))}"
        )
        self.fail(error)
        raise error

    def unhandled(self, loop: VirtualLoop, context: dict[str, Any]) -> None:
        """Keep an error nobody awaited."""
        self.unhandled_errors.append((loop, context))

    def sleep_blocking(self, seconds: float) -> None:
        """Block the calling program for virtual seconds (what `time.sleep` becomes)."""
        self.blocking.sleep(seconds)

    def in_program(self) -> bool:
        """Tell whether the caller is a process, or a thread that works for one."""
        if threading.get_ident() == self.hub_thread:
            return self.current is not None
        loop = self.blocking.thread_of()
        return works_for_program(self) if loop is None else loop.in_process

    # -- driving -----------------------------------------------------------------------

    def drive(self, home: VirtualLoop | None, done: Callable[[], bool]) -> None:
        """Run the world until `done()`.

        Args:
            home: the loop of the caller, run on the caller's own stack, or None.
            done: asked after every turn.

        Raises:
            Stuck: nothing can ever happen any more.
            Spinning: a program runs on without getting anywhere.
        """
        hub_before, self.hub = self.hub, greenlet.getcurrent()
        self.hub_thread = threading.get_ident()
        loop_before = events._get_running_loop()
        hooks_before = sys.get_asyncgen_hooks()
        self._hooks_of = None
        try:
            while True:
                self._drive_instant(home, done)
                if done():
                    return
                self._move_on(home)
        finally:
            self.hub = hub_before
            sys.set_asyncgen_hooks(*hooks_before)
            events._set_running_loop(loop_before)

    def _drive_instant(self, home: VirtualLoop | None, done: Callable[[], bool]) -> None:
        """Run turns until nothing is ready at this instant, or `done()`."""
        moved = True
        while moved:
            moved = False
            if self.pace:
                self._ring()
            if home is not None and (home.ready or home.jobs):
                moved = True
                self._turn_home(home)
                if done():
                    return
            self.alone = home is None and len(self._processes) == 1 and not self.pace
            for process in tuple(self._processes):
                if process.loop.ready and not process.blocked and not process.dead:
                    moved = True
                    self.enter(process, process.stack())
                while process.loop.jobs and not process.dead:
                    moved = True
                    self._run_job(process, process.loop.jobs.popleft())
                if moved and done():
                    return
            if self.turns - self._turns_at_jump > self.turn_limit and not self._got_somewhere():
                self._give_up_spinning(home)

    def _turn_home(self, home: VirtualLoop) -> None:
        self._set_hooks(home)
        events._set_running_loop(home)
        home.run_turn()
        events._set_running_loop(None)
        while home.jobs:
            home.jobs.popleft()()
        self._raise_failure()

    def enter(self, process: Process, stack: greenlet.greenlet, *, on_loop: bool = True) -> None:
        """Let a stack of a process run until it comes back to the hub."""
        if process.dead:
            return
        before, self.current = self.current, process
        self._set_hooks(process.loop)
        events._set_running_loop(process.loop if on_loop else None)
        try:
            stack.switch()
        except BaseException:  # a KeyboardInterrupt has unwound the stack
            self.kill(process)
            raise
        finally:
            events._set_running_loop(None)
            self.current = before
        self._after(process)

    def _run_job(self, process: Process, job: Callable[[], None]) -> None:
        before, self.current = self.current, process
        self._set_hooks(process.loop)
        events._set_running_loop(None)
        try:
            process.run_job(job)
        except BaseException:
            self.kill(process)
            raise
        finally:
            self.current = before
        self._after(process)

    def _after(self, process: Process) -> None:
        self._raise_failure()
        if process.exited is not None and not process.dead:
            self.kill(process)
            if process.on_exit is not None:
                process.on_exit(process)

    def _raise_failure(self) -> None:
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def _set_hooks(self, loop: VirtualLoop) -> None:
        if self._hooks_of is loop:
            return
        self._hooks_of = loop

        def finalize(generator: Any) -> None:
            if not loop.dead and not loop.is_closed():
                loop.call_soon(loop.create_task, generator.aclose())

        sys.set_asyncgen_hooks(firstiter=loop.asyncgens.add, finalizer=finalize)

    def _move_on(self, home: VirtualLoop | None) -> None:
        """Jump to the next timer; or say why there is none."""
        if self._waits_for_thread(home):
            return
        when = self.next_timer()
        if when is None:
            waits = self.describe_waits(home)
            if self.on_stuck is not None and self.on_stuck(waits):
                return  # whoever waits was told, and goes on with that
            raise Stuck(waits)
        if when > self.now:
            self.set_time(when)
            self._turns_at_jump = self.turns
            polled = self.turns - self._turns_at_progress > self.turn_limit * _POLLING
            if polled and not self._got_somewhere():
                self._give_up_polling(home)
        self._ring()

    def _ring(self) -> None:
        """Make ready what is due."""
        while True:
            due = self.next_timer()
            if due is None or due > self.now:
                return
            _, _, handle, loop = heapq.heappop(self._timers)
            if loop is None:
                handle.action()
                self._raise_failure()
            else:
                handle._scheduled = False
                loop.ready.append(handle)

    def _waits_for_thread(self, home: VirtualLoop | None) -> bool:
        loops = [process.loop for process in self._processes]
        if home is not None:
            loops.append(home)
        if not any(loop.pending_threads for loop in loops):
            return False
        if not self.blocking.wait_for_thread():
            msg = f"an executor thread gave no sign for {self.blocking.patience:g} s of real time"
            raise Stuck(f"{msg}\n{self.describe_waits(home)}")
        return True

    def _got_somewhere(self) -> bool:
        """Tell whether anything was asked of the platform since this was last looked at."""
        if self.asked == self._asked_before:
            return False
        self._asked_before = self.asked
        self._turns_at_progress = self._turns_at_jump = self.turns
        return True

    def _give_up_spinning(self, home: VirtualLoop | None) -> NoReturn:
        msg = (
            f"{self.turn_limit} loop turns passed at {self.now:g} s without virtual time moving"
            " or anything being asked of the platform. A loop that only yields never ends here:"
            " wait for something, or let time pass (asyncio.sleep(0.1) instead of sleep(0)).\n"
        )
        self._turns_at_jump = self.turns  # whoever cleans up has turns to do it in
        raise Spinning(msg + self.describe_waits(home))

    def _give_up_polling(self, home: VirtualLoop | None) -> NoReturn:
        msg = (
            f"{self.turn_limit * _POLLING} loop turns passed, up to virtual time {self.now:g} s,"
            " without anything being asked of the platform: something looks again and again for"
            " what never comes. Wait for it, or give the wait an end.\n"
        )
        self._turns_at_progress = self.turns
        raise Spinning(msg + self.describe_waits(home))

    def describe_waits(self, home: VirtualLoop | None = None) -> str:
        """Say for every task of every loop what it waits for, and when the next timer is due."""
        lines = []
        for process in self._processes:
            lines += describe_tasks(process.loop, f"worker {process.incarnation}")
        if home is not None:
            lines += describe_tasks(home, "test")
        if self.explain is not None:
            lines.append(self.explain())
        when = self.next_timer()
        lines.append("no timer is set" if when is None else f"next timer at {when:g} s")
        return "\n".join(lines)


__all__ = ["DEFAULT_EPOCH_NS", "DEFAULT_TURNS", "World", "WorldError", "WorldTimer"]
