"""What blocks: functions beside the loop, `time.sleep`, and real threads.

A blocking function runs on a stack of its own in the hub's thread, where `time.sleep` leaves the
stack until its instant comes; a real thread, which only an executor of the program's own brings
in, is waited for in real time.
"""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any

import greenlet

from agnt5_sim.world.clock import real_sleep

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from agnt5_sim.world.host import Hub
    from agnt5_sim.world.loop import VirtualLoop


class Blocking:
    """The blocking calls of a world.

    Args:
        world: whose time they take.

    Attributes:
        patience: seconds of real time after which a thread counts as hanging.
    """

    patience = 30.0

    def __init__(self, world: Hub) -> None:
        self._world = world
        self._threads = threading.local()
        self._woken = threading.Event()

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
        if threading.get_ident() != self._world.hub_thread and self.thread_of() is None:
            real_sleep(seconds)
            return
        world = self._world
        stack = greenlet.getcurrent()
        process = world.current
        root = None if process is None else process.root(stack)
        if process is None or root is None:
            world.set_time(world.now + seconds)
            return
        blocks_loop = root is process.stack()

        def wake() -> None:
            if blocks_loop:
                process.blocked = False
            world.enter(process, stack, on_loop=blocks_loop)
            process.resumed()

        world.at(world.now + seconds, wake)
        process.blocked = process.blocked or blocks_loop
        world.hub.switch()

    # -- real threads ------------------------------------------------------------------

    def in_thread(self, loop: VirtualLoop, func: Callable[..., Any], *args: Any) -> Any:
        """Call `func` for `loop` in a real thread, which is the program's for as long."""
        self._threads.loop = loop
        try:
            return func(*args)
        finally:
            del self._threads.loop

    def thread_of(self) -> VirtualLoop | None:
        """Return the loop the calling thread works for, or None if it is no such thread."""
        loop: VirtualLoop | None = getattr(self._threads, "loop", None)
        return loop

    def wake(self) -> None:
        """Tell a world that waits for a real thread to look again."""
        self._woken.set()

    def wait_for_thread(self) -> bool:
        """Wait, in real time, until a thread calls `wake`; tell whether one did."""
        if not self._woken.wait(self.patience):
            return False
        self._woken.clear()
        return True


def _settle(future: asyncio.Future[Any], settle: Callable[[Any], None], value: Any) -> None:
    if not future.done():
        settle(value)
