"""An asyncio event loop in virtual time.

Written on `asyncio.AbstractEventLoop`, not on `BaseEventLoop`: nothing here waits for a
selector, so nothing of the stock loop is of use, and half its cost per callback is saved.
Time starts at 0 and is the world's; timers due at one instant run in the order in which they
were set (the stock loop leaves ties open). A loop does not drive itself: the world's schedule runs
one turn of it at a time, because several loops share one virtual time.
"""

from __future__ import annotations

import asyncio
import weakref
from asyncio import events, futures
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from agnt5_sim.world.branches import branching

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Executor
    from contextvars import Context

    from agnt5_sim.world.host import Host


class LoopTask(asyncio.Task[Any]):
    """A task as the loop itself makes them: it runs in turns of its own."""


# The stubs call the network's half of a loop abstract, and type its handles closer than a loop
# that is not asyncio's own can; to the type checker the base is anything.
_Base: Any = asyncio.AbstractEventLoop


class VirtualLoop(_Base):  # type: ignore[misc]
    """One event loop of a world.

    Args:
        world: whose virtual time it follows; without one it gets a world of its own, so it
            can stand wherever a stock loop can (`asyncio.Runner(loop_factory=VirtualLoop)`).

    Attributes:
        incarnation: of the process whose loop it is; 0 for a test's own.
        job_points: wraps what a blocking function is to run.
        whose: says what a thread is started by, for messages.
    """

    own_world: ClassVar[Callable[[], Host]]
    """Makes a world for a loop that is given none; whoever defines worlds says how."""

    def __init__(self, world: Host | None = None) -> None:
        self.world: Host = VirtualLoop.own_world() if world is None else world
        self.ready: deque[asyncio.Handle] = deque()
        self.jobs: deque[Callable[[], None]] = deque()
        self.job_points: Callable[[Callable[[], Any]], Callable[[], Any]] | None = None
        self.whose: Callable[[], str] | None = None
        self.pending_threads = 0
        self.dead = False
        self.incarnation = 0
        self.has_eager = False
        self.stopping = False
        self.asyncgens: weakref.WeakSet[Any] = weakref.WeakSet()
        self._closed = False
        self._running = False
        self._debug = False
        self._exception_handler: Callable[[Any, dict[str, Any]], object] | None = None
        self._task_factory: Callable[..., Any] | None = None
        self._executor: Executor | None = None
        self.slow_callback_duration = 0.1

    def __repr__(self) -> str:
        return f"<VirtualLoop at {self.world.now} s>"

    # -- time and callbacks ------------------------------------------------------------

    def time(self) -> float:
        """Return virtual time in seconds since the world began."""
        return self.world.now

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run `callback` in the next turn."""
        if self._closed:
            self._refuse_closed()
        handle = events.Handle(callback, args, self, context)
        self.ready.append(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run `callback` in the next turn; may be called from another thread."""
        blocking = self.world.blocking
        blocking.check_in()
        handle = self.call_soon(callback, *args, context=context)
        blocking.wake()
        return handle

    def call_later(
        self,
        delay: float | None,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Run `callback` after `delay` virtual seconds."""
        if delay is None:
            msg = "delay must not be None"
            raise TypeError(msg)
        return self.call_at(self.world.now + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float | None,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Run `callback` at virtual time `when`, after timers set earlier for that instant."""
        if when is None:
            msg = "when cannot be None"
            raise TypeError(msg)
        if self._closed:
            self._refuse_closed()
        handle = events.TimerHandle(when, callback, args, self, context)
        self.world.add_timer(when, handle, self)
        handle._scheduled = True  # type: ignore[attr-defined]  # as the stock loop does
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Do nothing: the world skips cancelled timers when their instant comes."""

    # -- futures and tasks -------------------------------------------------------------

    def create_future(self) -> asyncio.Future[Any]:
        """Return a future of this loop."""
        return futures.Future(loop=self)

    def create_task(
        self, coro: Coroutine[Any, Any, Any], *, name: str | None = None, **kwargs: Any
    ) -> asyncio.Task[Any]:
        """Start `coro` as a task, on a branch of the task that asks for it."""
        if self._closed:
            self._refuse_closed()
        given = kwargs.pop("context", None)
        inside = events._get_running_loop() is self
        in_task = inside and asyncio.current_task(self) is not None
        context = branching(given, first=not inside, in_task=in_task)
        if self._task_factory is None:
            self.has_eager = self.has_eager or bool(kwargs.get("eager_start"))
            return LoopTask(coro, loop=self, name=name, context=context, **kwargs)
        if given is None:
            task = context.run(self._task_factory, self, coro, **kwargs)
        else:
            task = self._task_factory(self, coro, context=given, **kwargs)
        if name is not None:
            task.set_name(name)
        return task  # type: ignore[no-any-return]

    def set_task_factory(self, factory: Any) -> None:
        """Let `factory(loop, coro, **kwargs)` make the tasks."""
        if factory is not None and not callable(factory):
            msg = "task factory must be a callable or None"
            raise TypeError(msg)
        self._task_factory = factory
        self.has_eager = self.has_eager or factory is not None

    def get_task_factory(self) -> Callable[..., Any] | None:
        """Return the task factory, or None for the loop's own tasks."""
        return self._task_factory

    # -- threads -----------------------------------------------------------------------

    def run_in_executor(
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run a blocking function beside the loop; virtual time stands still while it works.

        Without an executor it runs on a stack of its own in this very thread, which can be
        abandoned when the worker is killed, as no thread can. An executor that is given is
        used as it is; the world waits in real time for threads that no program started.
        """
        executor = executor or self._executor
        if executor is None:
            return self.world.blocking.start_job(self, func, args)
        if isinstance(executor, ThreadPoolExecutor):
            future = futures.wrap_future(
                executor.submit(self.world.blocking.in_thread, self, func, *args), loop=self
            )
        else:
            future = futures.wrap_future(executor.submit(func, *args), loop=self)
        if self.world.blocking.manages(executor):
            return future
        self.pending_threads += 1
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _future: asyncio.Future[Any]) -> None:
        self.pending_threads -= 1

    def set_default_executor(self, executor: Executor) -> None:
        """Use `executor` where `run_in_executor` is given none."""
        self._executor = executor

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109, ARG002 - asyncio's signature
        """Shut down a default executor that was set."""
        if self._executor is not None:
            self._executor.shutdown(wait=True)

    async def shutdown_asyncgens(self) -> None:
        """Close every asynchronous generator that is still open."""
        generators = list(self.asyncgens)
        self.asyncgens.clear()
        results = await asyncio.gather(
            *(generator.aclose() for generator in generators), return_exceptions=True
        )
        for result, generator in zip(results, generators, strict=True):
            if isinstance(result, Exception):
                self.call_exception_handler(
                    {
                        "message": f"an error occurred during closing of {generator!r}",
                        "exception": result,
                        "asyncgen": generator,
                    }
                )

    # -- running -----------------------------------------------------------------------

    def run_forever(self) -> None:
        """Drive the world until `stop()`."""
        if self._closed:
            self._refuse_closed()
        if self._running or events._get_running_loop() is not None:
            msg = "This event loop is already running"
            raise RuntimeError(msg)
        self._running = True
        try:
            self.world.drive(self, lambda: self.stopping)
        finally:
            self.stopping = False
            self._running = False

    def run_until_complete(self, future: Any) -> Any:
        """Drive the world until `future` is done, and return its result."""
        if self._closed:
            self._refuse_closed()
        is_new = not futures.isfuture(future)
        future = asyncio.ensure_future(future, loop=self)
        if is_new:
            future._log_destroy_pending = False
        future.add_done_callback(self._stop_when_done)
        try:
            self.run_forever()
        except BaseException:
            if is_new and future.done() and not future.cancelled():
                future.exception()
            raise
        finally:
            future.remove_done_callback(self._stop_when_done)
        if not future.done():
            msg = "Event loop stopped before Future completed."
            raise RuntimeError(msg)
        return future.result()

    def _stop_when_done(self, _future: asyncio.Future[Any]) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop after this turn."""
        self.stopping = True

    def is_running(self) -> bool:
        """Tell whether the loop is driving its world, or is driven by it and has its turn."""
        return self._running or events._get_running_loop() is self

    def is_closed(self) -> bool:
        """Tell whether the loop was closed."""
        return self._closed

    def close(self) -> None:
        """Drop everything that was still to run."""
        if self._running:
            msg = "Cannot close a running event loop"
            raise RuntimeError(msg)
        if self._closed:
            return
        self._closed = True
        self.ready.clear()
        self.world.forget(self)
        if self._executor is not None:
            self._executor.shutdown(wait=False)

    def _refuse_closed(self) -> NoReturn:
        msg = "Event loop is closed"
        raise RuntimeError(msg)

    # -- errors ------------------------------------------------------------------------

    def get_debug(self) -> bool:
        """Tell whether asyncio's debug mode is on."""
        return self._debug

    def set_debug(self, enabled: bool) -> None:  # noqa: FBT001 - asyncio's signature
        """Turn asyncio's debug mode on or off."""
        self._debug = enabled

    def get_exception_handler(self) -> Callable[[Any, dict[str, Any]], object] | None:
        """Return the exception handler that was set, or None."""
        return self._exception_handler

    def set_exception_handler(
        self, handler: Callable[[Any, dict[str, Any]], object] | None
    ) -> None:
        """Let `handler(loop, context)` hear of errors nobody awaits."""
        self._exception_handler = handler

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """Report an error nobody awaits to the world, which keeps it for the history."""
        self.world.unhandled(self, context)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Report an error nobody awaits."""
        if self._exception_handler is None:
            self.default_exception_handler(context)
            return
        try:
            self._exception_handler(self, context)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001 - as the stock loop does
            self.default_exception_handler(
                {
                    "message": "Unhandled error in exception handler",
                    "exception": error,
                    "context": context,
                }
            )


# -- the outside -----------------------------------------------------------------------


def _refused(call: str) -> Callable[..., Any]:
    async def refuse(self: VirtualLoop, *_args: Any, **_kwargs: Any) -> NoReturn:
        self.world.touched(f"loop.{call}")

    refuse.__name__ = call
    refuse.__doc__ = "Refuse: a simulation has no network and starts no process."
    return refuse


for _call in (
    "create_connection",
    "create_server",
    "create_unix_connection",
    "create_datagram_endpoint",
    "create_unix_server",
    "sock_connect",
    "getnameinfo",
    "getaddrinfo",
    "subprocess_exec",
    "subprocess_shell",
):
    setattr(VirtualLoop, _call, _refused(_call))
