"""The threads of a world: those of its programs, which take turns, and the test's own."""

from __future__ import annotations

import math
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

from agnt5_sim.world.awaiting import Awaiting
from agnt5_sim.world.pools import forget_worker
from agnt5_sim.world.primitives import Genuine
from agnt5_sim.world.sleepers import sleeps
from agnt5_sim.world.stacks import describe_place
from agnt5_sim.world.strands import Strand, strand_of
from agnt5_sim.world.waiting import Resumption, Waiter

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from agnt5_sim.world.host import Hub
    from agnt5_sim.world.loop import VirtualLoop

_GLANCE_S = 0.0005
"""So long, in real seconds, threads are left alone between two looks at them."""


class Crew(Awaiting):
    """The threads of a world.

    Args:
        world: whose they are.

    Attributes:
        patience: seconds of real time after which a thread counts as hanging.
        strands: the threads of its programs, in the order in which they were started.
        outsiders: the threads that the test itself has started.
    """

    patience = 10.0

    def __init__(self, world: Hub) -> None:
        super().__init__(world)
        self.strands: list[Strand] = []
        self.outsiders: list[threading.Thread] = []
        self._threads = threading.local()

    def thread_of(self) -> VirtualLoop | None:
        """Return the loop the calling thread works for, or None if it is no such thread."""
        loop: VirtualLoop | None = getattr(self._threads, "loop", None)
        return loop

    def manages(self, executor: Any) -> bool:
        """Tell whether all threads of an executor are a program's, which are not waited for."""
        threads = getattr(executor, "_threads", ())
        return bool(threads) and {strand.thread for strand in self.strands}.issuperset(threads)

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
