"""A worker process of a world: one event loop, and the stacks it runs on.

Everything a process runs, runs on greenlets of its own. To kill it, wherever it is, its
greenlets are left suspended for ever and its loop is never stepped again: no `finally`, no
`except BaseException`, no destructor of it runs. A coroutine that lost its last reference
would be closed, and closing runs `finally`; so the dead are kept (`_DEAD`), past the end of
the interpreter even. They leave with the operating-system process: long sweeps live in
forked children (`agnt5_sim.exploring.batches`) which end by `os._exit`.
"""

from __future__ import annotations

import asyncio
import ctypes
from typing import TYPE_CHECKING, Any

import greenlet

from agnt5_sim.world.holdings import Holdings
from agnt5_sim.world.loop import LoopTask, VirtualLoop
from agnt5_sim.world.waiting import Resumption

if TYPE_CHECKING:
    from collections.abc import Callable

    from agnt5_sim.world.host import Host
    from agnt5_sim.world.schedule import Schedule

_BURST = 64
_DEAD: list[Any] = []
# A leaked reference: at interpreter exit the list itself must not be taken apart.
ctypes.pythonapi.Py_IncRef(ctypes.py_object(_DEAD))


def dead_processes() -> int:
    """Return how many killed processes this interpreter still holds."""
    return len(_DEAD)


class Process:
    """One incarnation of a worker.

    Args:
        world: the world it lives in.
        incarnation: its number, rising by one with every process of the world.
        schedule: runs its turns.
    """

    def __init__(self, world: Host, incarnation: int, schedule: Schedule) -> None:
        self.world = world
        self.incarnation = incarnation
        self.loop = VirtualLoop(world)
        self.loop.incarnation = incarnation
        self._schedule = schedule
        self.dead = False
        self.blocked = False
        self.standing = False
        self.holdings = Holdings()
        self.exited: BaseException | None = None
        self.on_exit: Callable[[Process], None] | None = None
        self._ending = False
        self._held_up: list[tuple[Any, bool]] = []
        self._stack: greenlet.greenlet | None = None
        self._jobs: set[greenlet.greenlet] = set()

    def __repr__(self) -> str:
        return f"<Process {self.incarnation}{' dead' if self.dead else ''}>"

    def start(self, coro: Any) -> asyncio.Task[Any]:
        """Start `coro` as a task of this process."""
        return self.loop.create_task(coro)

    def has_turn(self) -> bool:
        """Tell whether it has something to run now."""
        if self.dead or self.standing:
            return False
        return bool((self.loop.ready and not self.blocked) or self.loop.jobs)

    def take_turn(self) -> None:
        """Run its loop for a turn, and the blocking functions beside it."""
        loop = self.loop
        if loop.ready and not self.blocked:
            self.world.enter(self, self.stack())
        while loop.jobs and not self.dead and not self.standing:
            job = self._schedule.job(loop)
            if isinstance(job, Resumption):
                job()
            else:
                self.world.run_job(self, job)

    def skip_turn(self) -> bool:
        """Count a turn of its loop in which nobody else would have run, and say that it was one.

        The task that is running may then go on instead of giving up control and being given it
        back at once; most crossings of most programs are such.
        """
        loop, world = self.loop, self.world
        if loop.ready or loop.jobs or not world.alone:
            return False
        task: Any = asyncio.current_task(loop)
        if type(task) is not LoopTask or loop.has_eager:  # it may run in somebody else's turn
            return False
        if task._must_cancel:  # type: ignore[attr-defined]  # it is to learn of that
            return False
        world.turns += 1
        return True

    def stand_still(self, seconds: float, then: Callable[[], None]) -> None:
        """Stop the whole process, wherever it is, for virtual seconds, as SIGSTOP does.

        Called from within it, this returns when it goes on.

        Args:
            seconds: for how long.
            then: done when the time is over, before anything of the process goes on.
        """
        world = self.world
        stack = greenlet.getcurrent()
        inside = self.owns(stack)
        if inside:
            self._held_up.append((stack, self.root(stack) is self._stack))
        self.standing = True

        def go_on() -> None:
            if self.dead:
                return
            self.standing = False
            then()
            held_up, self._held_up = self._held_up, []
            for each, on_loop in held_up:
                world.enter(self, each, on_loop=on_loop)
                self.resumed()

        world.at(world.now + seconds, go_on)
        if inside:
            world.hub.switch()

    def hold_up(self, stack: Any, *, on_loop: bool) -> None:
        """Let a stack that would run now run when the process goes on."""
        self._held_up.append((stack, on_loop))

    def stack(self) -> greenlet.greenlet:
        """Return the greenlet its turns run on, made when first needed."""
        if self._stack is None:
            self._stack = greenlet.greenlet(self._live)
        return self._stack

    def _live(self) -> None:
        turn, loop, world = self._schedule.turn, self.loop, self.world
        ready = loop.ready
        try:
            while True:
                turn(loop)
                if world.alone:
                    # Nobody else is there to have a turn, so the hub need not be asked.
                    for _ in range(_BURST):
                        if not ready:
                            break
                        turn(loop)
                world.hub.switch()
                if self._ending:
                    return
        except SystemExit as error:
            self.exited = error

    def end(self) -> None:
        """Let a process that has nothing left to do come to its own end.

        A stack that is only dropped while suspended is never freed: what it holds, holds it.
        """
        self._ending = True
        if self._stack is not None and not self._stack.dead:
            self._stack.parent = greenlet.getcurrent()
            self._stack.switch()

    def run_job(self, job: Callable[[], None]) -> None:
        """Run a blocking function on a stack of its own until it is done or sleeps."""
        stack = greenlet.greenlet(job)
        self._jobs.add(stack)
        stack.switch()
        if stack.dead:
            self._jobs.discard(stack)

    def root(self, stack: greenlet.greenlet | None) -> greenlet.greenlet | None:
        """Return which stack of this process `stack` runs on, or None.

        A program may use greenlets itself (SQLAlchemy's asyncio does); theirs hang on ours.
        """
        while stack is not None and stack is not self._stack and stack not in self._jobs:
            stack = stack.parent
        return stack

    def owns(self, stack: greenlet.greenlet) -> bool:
        """Tell whether `stack` is this process's."""
        return self.root(stack) is not None

    def resumed(self) -> None:
        """Forget the blocking functions that came to their end after a sleep."""
        self._jobs = {stack for stack in self._jobs if not stack.dead}

    def bury(self) -> None:
        """Mark the process dead and keep all it was doing from ever being taken apart."""
        self.dead = True
        self.loop.dead = True
        stack = greenlet.getcurrent()
        running = asyncio.current_task(self.loop)
        if running is not None:
            asyncio.tasks._leave_task(self.loop, running)
        _DEAD.append(
            (
                self,
                running,
                asyncio.all_tasks(self.loop),
                tuple(self.loop.ready),
                tuple(self.loop.asyncgens),
                self.world.timers_of(self.loop),
                stack if self.owns(stack) else None,
            )
        )
