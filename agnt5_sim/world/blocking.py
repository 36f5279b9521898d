"""What blocks: functions beside the loop, sleeps and locks, and threads.

A blocking function runs on a stack of its own in the hub's thread. Where it waits, for an instant
or for somebody else, the stack is left until that comes. So is a thread that a program starts
(`Strand`); one that was there before is waited for in real time.
"""

from __future__ import annotations

import functools
import math
import sys
import threading
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any

import greenlet

from agnt5_sim.world.clock import real_sleep
from agnt5_sim.world.pools import forget_worker
from agnt5_sim.world.primitives import Genuine
from agnt5_sim.world.sleepers import sleeps
from agnt5_sim.world.stacks import describe_place
from agnt5_sim.world.strands import Signal, Strand, strand_of
from agnt5_sim.world.waiting import Resumption, Waiter

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from types import FrameType

    from agnt5_sim.world.host import Hub
    from agnt5_sim.world.loop import VirtualLoop


_GLANCE_S = 0.0005
"""So long, in real seconds, threads are left alone between two looks at them."""


class Blocking:
    """The blocking calls of a world.

    Args:
        world: whose time they take.

    Attributes:
        patience: seconds of real time after which a thread counts as hanging.
        strands: the threads of its programs, in the order in which they were started.
        outsiders: the threads that the test itself has started.
    """

    patience = 10.0

    def __init__(self, world: Hub) -> None:
        self._world: Hub = weakref.proxy(world)  # of which it is a part
        self.strands: list[Strand] = []
        self._waiting: set[Waiter] = set()
        self.outsiders: list[threading.Thread] = []
        self._waits = 0
        self._threads = threading.local()
        self._woken = Signal()

    def start_job(
        self, loop: VirtualLoop, func: Callable[..., Any], args: tuple[Any, ...]
    ) -> asyncio.Future[Any]:
        """Run a blocking function of `loop` on a stack of its own."""
        future = loop.create_future()
        call: Callable[[], Any] = functools.partial(func, *args)
        if loop.job_points is not None:
            call = loop.job_points(call)

        def job() -> None:
            try:
                result = call()
            except StopIteration as error:
                outcome: tuple[Callable[[Any], None], Any] = (
                    future.set_exception,
                    RuntimeError(f"a blocking function raised StopIteration: {error}"),
                )
            except (KeyboardInterrupt, greenlet.GreenletExit):
                raise
            except BaseException as error:  # noqa: BLE001 - handed to whoever awaits it, as executors do
                outcome = (future.set_exception, error)
            else:
                outcome = (future.set_result, result)
            loop.call_soon(_settle, future, *outcome)

        job.__qualname__ = getattr(func, "__qualname__", "") or type(func).__qualname__
        loop.jobs.append(job)
        return future

    def sleep(self, seconds: float) -> None:
        """Block the calling program for virtual seconds.

        A thread that belongs to no program (a test's server, a plugin's) really sleeps.
        """
        if seconds < 0:
            msg = "sleep length must be non-negative"
            raise ValueError(msg)
        if self.can_wait():
            self.wait(None, seconds)
        elif threading.get_ident() != self._world.hub_thread and self.thread_of() is None:
            real_sleep(seconds)
        else:
            self._world.set_time(self._world.now + seconds)

    # -- waiting -----------------------------------------------------------------------

    def can_wait(self) -> bool:
        """Tell whether the caller is a program, which waits in virtual time."""
        if strand_of() is not None:
            return True
        world = self._world
        if world.current is None or threading.get_ident() != world.hub_thread:
            return False
        return world.current.root(greenlet.getcurrent()) is not None

    def me(self) -> object:
        """Return what a lock is owned by: the caller's stack."""
        strand = strand_of()
        if strand is not None:
            return strand
        world = self._world
        if world.current is None or threading.get_ident() != world.hub_thread:
            return threading.get_ident()
        return world.current.root(greenlet.getcurrent()) or threading.get_ident()

    def wait(self, waiters: deque[Waiter] | None, timeout: float | None) -> bool:
        """Leave the calling stack until it is woken.

        Args:
            waiters: where it is to be found by who wakes it; None for nobody.
            timeout: virtual seconds after which it goes on by itself; None for never.

        Returns:
            Whether it was woken.
        """
        self.check_in()
        world, strand = self._world, strand_of()
        process: Any = world.current if strand is None else strand.process
        stack = process.root(greenlet.getcurrent()) if strand is None else strand
        blocks_loop = stack is process.stack()
        here = stack if strand is not None else greenlet.getcurrent()

        def resume() -> None:
            self._waiting.discard(waiter)
            if blocks_loop:
                process.blocked = False
            world.enter(process, here, on_loop=blocks_loop)
            process.resumed()

        self._waits += 1
        waiter = Waiter(self._waits, process, stack, sys._getframe(1), resume)
        if waiters is not None:
            waiters.append(waiter)
            self._waiting.add(waiter)
        if timeout is not None:
            waiter.timer = world.at(world.now + timeout, waiter.expire)
        process.blocked = process.blocked or blocks_loop
        if strand is None:
            world.hub.switch()
        else:
            strand.leave()
        return not waiter.expired

    def blocked_for_ever(self) -> Waiter | None:
        """Return a wait of a living program that has no end, threads apart; or None."""
        for waiter in sorted(self._waiting, key=lambda waiter: waiter.number):
            if not waiter.process.dead and not isinstance(waiter.stack, Strand):
                return waiter
        return None

    # -- threads of a program ----------------------------------------------------------

    def start_thread(
        self, thread: threading.Thread, start: Callable[[threading.Thread], None]
    ) -> None:
        """Start a thread of the program that is running; it begins when its turn comes.

        Args:
            thread: which.
            start: starts a thread.
        """
        self.check_in()
        world, strand = self._world, strand_of()
        process: Any = world.current if strand is None else strand.process
        origin = describe_place(sys._getframe(2))
        step = "" if process.loop.whose is None else process.loop.whose()
        new = Strand(process, thread, f"{step} at {origin}" if step else origin, world.is_failing)
        new.on_call = self.wake
        joiners: deque[Waiter] = deque()
        run: Callable[[], None] = thread.run

        def live() -> None:
            self._threads.loop = process.loop
            new.live(run)

        def ended() -> None:
            self.wake()
            while new.done and joiners:
                joiners.popleft().wake()

        def join(timeout: float | None = None) -> None:
            if new.done or new.abandoned or not self.can_wait():
                return
            self.wait(joiners, timeout)

        new.on_call = ended
        thread.daemon = True
        own: Any = thread
        own.run, own.join, own.is_alive = live, join, lambda: not (new.done or new.abandoned)
        with Genuine():
            own._started = threading.Event()
            start(thread)
        self.strands.append(new)
        begin = Resumption(lambda: world.enter(process, new, on_loop=False), thread.name)
        process.loop.jobs.append(begin)

    def stop_here(self) -> None:
        """End the calling thread where it stands, if it is a program's; then this never returns."""
        strand = strand_of()
        if strand is not None:
            strand.stop_here()

    def check_in(self) -> None:
        """Let a thread that went adrift wait for its turn."""
        strand = strand_of()
        if strand is not None:
            strand.check_in()

    def adrift(self) -> list[Strand]:
        """Return the living threads that run on, or sleep, without the baton."""
        return [strand for strand in self.strands if strand.adrift and not strand.abandoned]

    def calm(self, adrift: list[Strand], patience: float) -> Strand | None:
        """Wait until all who are adrift sleep or want the baton, and return the first who does.

        Args:
            adrift: the threads.
            patience: seconds of real time to wait for one that wants it, if all sleep.
        """
        before: list[Any] = []
        for looks in range(math.ceil(self.patience / _GLANCE_S)):
            now = [(s.wants_baton, None if s.wants_baton else sleeps(s.thread)) for s in adrift]
            if now == before and all(wants or look is not None for wants, look in now):
                first = next((strand for strand in adrift if strand.wants_baton), None)
                if first is not None or looks * _GLANCE_S >= patience:
                    return first
            before = now
            self._woken.wait(_GLANCE_S)
        return None

    def in_threads(self, process: Any, errand: Callable[[], None]) -> None:
        """Call something of ours in each thread of a process that is parked."""
        for strand in self.strands:
            if strand.process is process and strand is not strand_of():
                strand.does(errand)

    def calm_outsiders(self, has_news: Callable[[], bool], patience: float) -> bool:
        """Wait until the threads that the test itself started sleep, or have handed something in.

        Args:
            has_news: tells whether they have.
            patience: seconds of real time to wait for that, if all sleep.

        Returns:
            Whether they have.
        """
        before: list[Any] = []
        for looks in range(math.ceil(self.patience / _GLANCE_S)):
            if has_news():
                return True
            self.outsiders = [thread for thread in self.outsiders if thread.is_alive()]
            now = [sleeps(thread) for thread in self.outsiders]
            calm = now == before and all(look is not None for look in now)
            if not now or (calm and looks * _GLANCE_S >= patience):
                break
            before = now
            self._woken.wait(_GLANCE_S)
        return has_news()

    def abandon(self, process: Any) -> None:
        """Let the threads of a process never go on."""
        for strand in self.strands:
            if strand.process is process and not strand.done:
                strand.abandon()
                forget_worker(strand.thread)
        self.strands = [strand for strand in self.strands if strand.process is not process]

    def describe(self, process: Any) -> list[str]:
        """Say what the threads of a process, and what blocks beside its loop, wait for."""
        lines = []
        for strand in self.strands:
            if strand.process is process and not strand.done:
                at = describe_place(strand.frame())
                lines.append(f"{strand.name}, started by {strand.origin}, is at {at or 'its end'}")
        return lines

    def stands_at(self, frame: FrameType | None) -> FrameType | None:
        """Return where the program is, of which the hub's thread is seen at `frame`."""
        for strand in self.strands:
            if strand.has_baton:
                return strand.frame() or frame
        return frame

    # -- real threads ------------------------------------------------------------------

    def in_thread(self, loop: VirtualLoop, func: Callable[..., Any], *args: Any) -> Any:
        """Call `func` for `loop` in a real thread, which is the program's for as long."""
        before, self._threads.loop = self.thread_of(), loop
        try:
            return func(*args)
        finally:
            self._threads.loop = before

    def thread_of(self) -> VirtualLoop | None:
        """Return the loop the calling thread works for, or None if it is no such thread."""
        loop: VirtualLoop | None = getattr(self._threads, "loop", None)
        return loop

    def manages(self, executor: Any) -> bool:
        """Tell whether all threads of an executor are a program's, which are not waited for."""
        threads = getattr(executor, "_threads", ())
        return bool(threads) and {strand.thread for strand in self.strands}.issuperset(threads)

    def wake(self) -> None:
        """Tell a world that waits for a real thread to look again."""
        self._woken.give()

    def wait_for_thread(self) -> bool:
        """Wait, in real time, until a thread calls `wake`; tell whether one did."""
        return self._woken.wait(self.patience)


def _settle(future: asyncio.Future[Any], settle: Callable[[Any], None], value: Any) -> None:
    if not future.done():
        settle(value)
