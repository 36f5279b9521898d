"""What blocks: functions beside the loop, sleeps and locks, and threads.

A blocking function runs on a stack of its own in the hub's thread. Where it waits, for an instant
or for somebody else, the stack is left until that comes. So is a thread that a program starts
(`Strand`); one that was there before is waited for in real time.
"""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any

import greenlet

from agnt5_sim.world.clock import real_sleep
from agnt5_sim.world.crew import Crew

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from agnt5_sim.world.loop import VirtualLoop


class Blocking(Crew):
    """The blocking calls of a world."""

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

    def in_thread(self, loop: VirtualLoop, func: Callable[..., Any], *args: Any) -> Any:
        """Call `func` for `loop` in a real thread, which is the program's for as long."""
        before, self._threads.loop = self.thread_of(), loop
        try:
            return func(*args)
        finally:
            self._threads.loop = before

    def wait_for_thread(self) -> bool:
        """Wait, in real time, until a thread calls `wake`; tell whether one did."""
        return self._woken.wait(self.patience)


def _settle(future: asyncio.Future[Any], settle: Callable[[Any], None], value: Any) -> None:
    if not future.done():
        settle(value)
