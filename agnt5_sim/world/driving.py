"""Driving: turn after turn, until time has to move, until there is nothing to wait for.

Each instant the schedule says whose turn it is; when nobody has anything to run, time jumps to
the next timer; when there is none either, what everything waits for is said. The code that calls
`drive` is the *hub*: it runs on the caller's own stack, and everything a worker process does runs
on greenlets the hub can abandon.
"""

from __future__ import annotations

import sys
import threading
from asyncio import events
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import greenlet

from agnt5_sim.errors import Spinning, Stuck
from agnt5_sim.world import freezing
from agnt5_sim.world.blocking import Blocking
from agnt5_sim.world.headway import Headway
from agnt5_sim.world.instants import VirtualTime
from agnt5_sim.world.stacks import describe_stack, describe_tasks
from agnt5_sim.world.strands import strand_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from agnt5_sim.world.loop import VirtualLoop
    from agnt5_sim.world.process import Process
    from agnt5_sim.world.schedule import Schedule
    from agnt5_sim.world.strands import Strand


class Driving(VirtualTime):
    """Loops and processes that share one time, and the hub that lets each run.

    Args:
        epoch_ns: the wall-clock instant at which time begins, in nanoseconds since 1970.
        turn_limit: how many callbacks may run with neither time moving nor anything being
            asked of the platform, before the program counts as spinning.
        schedule: is asked who comes next.

    Attributes:
        turns: how many callbacks have run.
        asked: how many requests the programs have made of the platform.
        pace: seconds that pass with each of them; what was due meanwhile comes late.
    """

    def __init__(self, epoch_ns: int, turn_limit: int, schedule: Schedule) -> None:
        super().__init__(epoch_ns)
        self.turn_limit = turn_limit
        self.schedule = schedule
        self.turns = 0
        self.asked = 0
        self.pace = 0.0
        self.hub: Any = None
        self.hub_thread = threading.get_ident()
        self.current: Process | None = None
        self.alone = False
        self.has_dead = False
        self.explain: Callable[[], str] | None = None
        self.on_stuck: Callable[[str], bool] | None = None
        self._processes: list[Process] = []
        self._headway = Headway()
        self._failure: BaseException | None = None
        self._hooks_of: VirtualLoop | None = None

    @cached_property
    def blocking(self) -> Blocking:
        """The blocking calls of its programs, of which most make none."""
        return Blocking(self)

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
        test = None if home is None else Home(self, home)
        try:
            while True:
                self._drive_instant(test, done)
                if done():
                    return
                self._move_on(home)
        finally:
            self.hub = hub_before
            sys.set_asyncgen_hooks(*hooks_before)
            events._set_running_loop(loop_before)

    def _drive_instant(self, test: Home | None, done: Callable[[], bool]) -> None:
        """Run turns until nothing is ready at this instant, or `done()`."""
        moved = True
        while moved:
            moved = False
            if self.pace:
                self._ring()
            self.alone = test is None and len(self._processes) == 1 and not self.pace
            for taker in self.schedule.round(test, self._processes):
                if taker.has_turn():
                    moved = True
                    taker.take_turn()
                if moved and done():
                    return
            self._headway.look(self, None if test is None else test.loop)

    def enter(
        self, process: Process, stack: greenlet.greenlet | Strand, *, on_loop: bool = True
    ) -> None:
        """Let a stack of a process run until it comes back to the hub."""
        if process.dead:
            return
        if process.standing:
            process.hold_up(stack, on_loop=on_loop)
            return
        before, self.current = self.current, process
        self.set_hooks(process.loop)
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

    def run_job(self, process: Process, job: Callable[[], None]) -> None:
        """Let a process run a blocking function until it is done or sleeps."""
        before, self.current = self.current, process
        self.set_hooks(process.loop)
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
        self.raise_failure()
        if process.exited is not None and not process.dead:
            self.kill(process)
            if process.on_exit is not None:
                process.on_exit(process)

    def kill(self, process: Process) -> None:
        """Kill a process; called from within it, this never returns."""
        if not process.dead:
            self._processes.remove(process)
            process.bury()
            freezing.let_go(process)
            self.has_dead = True
            self.abandon(process)
        strand = strand_of()
        if strand is not None and strand.process is process:
            strand.stop_here()
        if process.owns(greenlet.getcurrent()):
            self.hub.switch()
            msg = "a killed process was resumed"
            raise SystemError(msg)

    def abandon(self, process: Process) -> None:
        """Let nothing of a process go on beside its loop, and let go of what it held."""
        if not self._has_blocked():
            process.holdings.let_go(_nowhere)
            return
        process.holdings.let_go(partial(self.blocking.in_threads, process))
        self.blocking.abandon(process)

    def _has_blocked(self) -> bool:
        return "blocking" in self.__dict__

    def is_failing(self) -> bool:
        """Tell whether the life is to end."""
        return self._failure is not None

    def raise_failure(self) -> None:
        """Raise what ended the life, if something did."""
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def set_hooks(self, loop: VirtualLoop) -> None:
        """Let asynchronous generators be those of `loop`."""
        if self._hooks_of is loop:
            return
        self._hooks_of = loop

        def finalize(generator: Any) -> None:
            if not loop.dead and not loop.is_closed():
                loop.call_soon(loop.create_task, generator.aclose())

        sys.set_asyncgen_hooks(firstiter=loop.asyncgens.add, finalizer=finalize)

    # -- when nobody has anything to run -----------------------------------------------

    def _move_on(self, home: VirtualLoop | None) -> None:
        """Jump to the next timer; or say why there is none."""
        when = self.next_timer()
        if self._has_blocked() and self._waits_for_thread(home, when):
            return
        if when is None:
            self._look_for_blocked()
            waits = self.describe_waits(home)
            if self.on_stuck is not None and self.on_stuck(waits):
                return  # whoever waits was told, and goes on with that
            raise Stuck(waits)
        if when > self.now:
            self.set_time(when)
            self._headway.jumped(self, home)
        self._ring()

    def _ring(self) -> None:
        """Make ready what comes now."""
        for _, _, handle, loop in self.schedule.due(self):
            if loop is None:
                handle.action()
                self.raise_failure()
            else:
                handle._scheduled = False
                loop.ready.append(handle)

    def _waits_for_thread(self, home: VirtualLoop | None, when: float | None) -> bool:
        """Stand still while a thread runs; tell whether one has done something meanwhile."""
        blocking = self.blocking
        if adrift := blocking.adrift():
            strand = blocking.calm(adrift, blocking.patience if when is None else 0.0)
            if strand is not None:
                self.enter(strand.process, strand, on_loop=False)
                return True
        loops = [process.loop for process in self._processes]
        if home is not None:
            loops.append(home)
        if home is not None and blocking.outsiders:
            ready = home.ready
            if blocking.calm_outsiders(lambda: bool(ready), blocking.patience * (when is None)):
                return True
        if not any(loop.pending_threads for loop in loops):
            return False
        if not blocking.wait_for_thread():
            msg = f"an executor thread gave no sign for {blocking.patience:g} s of real time"
            raise Stuck(f"{msg}\n{self.describe_waits(home)}")
        return True

    def _look_for_blocked(self) -> None:
        """Kill a program that waits for a lock, a queue or a thread that nobody can bring.

        Raises:
            Spinning: there is one.
        """
        waiter = self.blocking.blocked_for_ever() if self._has_blocked() else None
        if waiter is None:
            return
        self.kill(waiter.process)
        raise Spinning(
            "a program waits without awaiting for a lock, a queue or a thread, and nobody can bring"
            " what it waits for (await an asyncio.Event, Lock or Queue instead of blocking on a"
            f" threading one), at virtual time {self.now:g} s. It was stopped here:\n"
            f"{describe_stack(waiter.frame)}"
        )

    def describe_waits(self, home: VirtualLoop | None = None) -> str:
        """Say for every task of every loop what it waits for, and when the next timer is due."""
        lines = []
        for process in self._processes:
            lines += describe_tasks(process.loop, f"worker {process.incarnation}")
            if self._has_blocked():
                threads = self.blocking.describe(process)
                lines += [f"worker {process.incarnation}: {thread}" for thread in threads]
        if home is not None:
            lines += describe_tasks(home, "test")
        if self.explain is not None:
            lines.append(self.explain())
        when = self.next_timer()
        lines.append("no timer is set" if when is None else f"next timer at {when:g} s")
        return "\n".join(lines)


def _nowhere(_errand: Callable[[], None]) -> None:
    """Call it in no thread: there is none."""


class Home:
    """The test itself, which takes turns on the caller's own stack.

    Args:
        world: which it drives.
        loop: its loop.
    """

    def __init__(self, world: Driving, loop: VirtualLoop) -> None:
        self._world = world
        self.loop = loop

    def has_turn(self) -> bool:
        """Tell whether it has something to run now."""
        return bool(self.loop.ready or self.loop.jobs)

    def take_turn(self) -> None:
        """Run its loop for a turn, and the blocking functions beside it."""
        loop, schedule = self.loop, self._world.schedule
        self._world.set_hooks(loop)
        events._set_running_loop(loop)
        schedule.turn(loop)
        events._set_running_loop(None)
        while loop.jobs:
            schedule.job(loop)()
        self._world.raise_failure()
