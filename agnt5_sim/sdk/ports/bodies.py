"""Step bodies: where user code runs, recorded from its first line to its last.

Whatever a step's body is (a coroutine, a callable of either kind, an asynchronous generator)
it is handed to the SDK in a wrapping of the same kind, so that the SDK takes the same path it
takes in production. Entering a body, leaving it, and every await inside it are fault points.
"""

from __future__ import annotations

import functools
import inspect
from asyncio import CancelledError
from types import CoroutineType, FunctionType
from typing import TYPE_CHECKING, Any

from agnt5_sim.history.values import freeze
from agnt5_sim.sdk.ports.attempt import Call, current_call
from agnt5_sim.world import branches

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator

    from agnt5_sim.sdk.ports.crossings import Crossings
    from agnt5_sim.sdk.ports.stubs import Stub, Stubs


class Bodies:
    """Wraps the bodies of one life.

    Args:
        crossings: where entries and points go.
        stubs: what stands in for a body.
    """

    def __init__(self, crossings: Crossings, stubs: Stubs) -> None:
        self.crossings = crossings
        self.stubs = stubs

    def wrap(self, body: Any, call: Call, name: str) -> Any:
        """Wrap what a workflow hands to `ctx.step(name, …)`: awaitable, generator or callable."""
        found = self.stubs.find(name, body, _name_of(body)) if self.stubs else None
        if type(body) is FunctionType and not found:
            return self._callable(body, call)
        if inspect.isasyncgen(body):
            return self._stubbed(found, call, body) if found else self.generator(body, call)
        if inspect.isawaitable(body):
            return (
                self._stubbed(found, call, body)
                if found
                else Observed(self, call, body, getattr(body, "__name__", "awaitable"))
            )
        if not callable(body):
            return body
        if found:

            def stubbed(*args: Any, **kwargs: Any) -> Any:
                return Observed(self, call, self.stubs.play(found, args, kwargs), name)

            return stubbed
        return self._callable(body, call)

    def _stubbed(self, found: tuple[Any, Stub], call: Call, original: Any) -> Observed:
        if inspect.iscoroutine(original):
            original.close()
        played = self.stubs.play(found, (), {})
        return Observed(self, call, played, getattr(original, "__name__", "awaitable"))

    def _callable(self, body: Callable[..., Any], call: Call) -> Callable[..., Any]:
        kind = _kind_of(body)

        def observed(*args: Any, **kwargs: Any) -> Any:
            if kind == _COROUTINE:
                return Observed(self, call, body(*args, **kwargs), call.identity)
            if kind == _GENERATOR:
                return self.generator(body(*args, **kwargs), call)
            point = self.enter(call)
            outside = branches.enter(_room_of(call))
            try:
                result = body(*args, **kwargs)
            except (Exception, CancelledError) as error:
                self.failed(call, error)
                raise
            finally:
                branches.enter(outside)
            if inspect.isasyncgen(result):
                return self.generator(result, call, point)
            if inspect.isawaitable(result):
                return Observed(self, call, result, call.identity, point)
            self.left(call, result, point)
            return result

        return observed

    async def generator(self, body: Any, call: Call, point: Any = None) -> AsyncIterator[Any]:
        """Go through a generator body, watched."""
        point = point or self.enter(call)
        count = 0
        try:
            async for item in Stepwise(self, call, body):
                count += 1
                yield item
        except (Exception, CancelledError) as error:
            self.failed(call, error)
            raise
        call.in_body -= 1
        self.crossings.record(call.attempt, "body.returned", call.identity, {"items": count})
        self.crossings.injector.leave(point)

    # -- the record --------------------------------------------------------------------

    def enter(self, call: Call) -> Any:
        """Note that a body begins."""
        crossings = self.crossings
        crossings.world.ask()
        point = crossings.injector.reach("body", call.identity)
        crossings.record(call.attempt, "body.started", call.identity)
        call.in_body += 1
        return point

    def left(self, call: Call, result: Any, point: Any) -> None:
        """Note that a body returned."""
        call.in_body -= 1
        self.crossings.record(
            call.attempt, "body.returned", call.identity, {"value": freeze(result)}
        )
        self.crossings.injector.leave(point)

    def failed(self, call: Call, error: BaseException) -> None:
        """Note that a body raised, or was cancelled."""
        call.in_body -= 1
        self.crossings.record(
            call.attempt,
            "body.raised",
            call.identity,
            {"error_type": type(error).__name__, "error": str(error)},
        )


def watched_function(name: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the handler of a registered @function.

    Outside of a life, and where no call is known, it is the handler.
    """
    if inspect.isasyncgenfunction(handler):

        @functools.wraps(handler)
        def streaming(*args: Any, **kwargs: Any) -> Any:
            call = current_call.get()
            if call is None:
                return handler(*args, **kwargs)
            bodies = call.attempt.bodies
            found = bodies.stubs.find(name) if bodies.stubs else None
            if found:
                return _awaited(
                    Observed(bodies, call, bodies.stubs.play(found, args[1:], kwargs), name)
                )
            return bodies.generator(handler(*args, **kwargs), call)

        return streaming

    @functools.wraps(handler)
    async def plain(*args: Any, **kwargs: Any) -> Any:
        call = current_call.get()
        if call is None:
            return await handler(*args, **kwargs)
        bodies = call.attempt.bodies
        found = bodies.stubs.find(name) if bodies.stubs else None
        body = bodies.stubs.play(found, args[1:], kwargs) if found else handler(*args, **kwargs)
        return await Observed(bodies, call, body, name)

    return plain


def _name_of(body: Any) -> str | None:
    name = getattr(body, "__name__", None)
    return name if isinstance(name, str) else None


_PLAIN, _COROUTINE, _GENERATOR = range(3)


def _kind_of(body: Callable[..., Any]) -> int:
    if type(body) is FunctionType:
        flags = body.__code__.co_flags
        if flags & inspect.CO_COROUTINE:
            return _COROUTINE
        if flags & inspect.CO_ASYNC_GENERATOR:
            return _GENERATOR
    if inspect.iscoroutinefunction(body):
        return _COROUTINE
    return _GENERATOR if inspect.isasyncgenfunction(body) else _PLAIN


async def _awaited(body: Observed) -> Any:
    """Be a coroutine: generation A awaits nothing else that a handler returns."""
    return await body


class Observed:
    """An awaitable in place of a step's: awaited as the original would be, and watched.

    It is no coroutine, so the SDK may drop it unawaited without a warning from Python; the
    program port then closes the original and says so itself.
    """

    def __init__(self, bodies: Bodies, call: Call, body: Any, name: str, point: Any = None) -> None:
        self.bodies = bodies
        self.call = call
        self.body = body
        self.started = False
        self.point = point
        self.__name__ = name

    def __await__(self) -> Generator[Any, Any, Any]:
        self.started = True
        bodies, call = self.bodies, self.call
        point = self.point or bodies.enter(call)
        try:
            result = yield from _watched(bodies, call, self.body)
        except (Exception, CancelledError) as error:
            bodies.failed(call, error)
            raise
        bodies.left(call, result, point)
        return result

    def drop(self) -> bool:
        """Close the original if it was never awaited; tell whether that was so."""
        if self.started or not inspect.iscoroutine(self.body):
            return False
        self.body.close()
        return True


class Stepwise:
    """An asynchronous iterator over a generator body that counts the awaits inside it."""

    def __init__(self, bodies: Bodies, call: Call, body: Any) -> None:
        self.bodies = bodies
        self.call = call
        self.body = body

    def __aiter__(self) -> Stepwise:
        return self

    def __anext__(self) -> Any:
        return _Watch(self.bodies, self.call, self.body.__anext__())


class _Watch:
    def __init__(self, bodies: Bodies, call: Call, body: Any) -> None:
        self.watched = (bodies, call, body)

    def __await__(self) -> Generator[Any, Any, Any]:
        return _watched(*self.watched)


def _watched(bodies: Bodies, call: Call, body: Any) -> Generator[Any, Any, Any]:
    """Drive an awaitable as `await` does; every suspension of it is a fault point."""
    steps = body if type(body) is CoroutineType else body.__await__()
    injector = bodies.crossings.injector
    identity = call.identity
    resume: Callable[..., Any] = steps.send
    value: Any = None
    outside = branches.enter(_room_of(call))
    try:
        while True:
            try:
                awaited = resume(value)
            except StopIteration as stop:
                return stop.value
            point = injector.reach("await", identity)
            try:
                value = yield awaited
            except BaseException as error:  # noqa: BLE001 - handed on to the body, as await does
                resume, value = steps.throw, error
            else:
                resume = steps.send
            injector.leave(point)
    finally:
        branches.enter(outside)


def _room_of(call: Call) -> branches.Room:
    """Return where the tasks are numbered that a step's body creates: a replay creates none."""
    if call.room is None:
        call.room = branches.room_for(call.identity)
    return call.room
