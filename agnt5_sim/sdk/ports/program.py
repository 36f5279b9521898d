"""The program port: what a workflow asks of its context, and what it gets.

It stands above the SDK. The context the SDK made is given a subclass of its own class, whose
methods record the call, hand it to the SDK, and record the answer. What the SDK makes of a
call in between shows at the platform port.
"""

from __future__ import annotations

import dataclasses
import inspect
from asyncio import CancelledError
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Protocol
from weakref import ref

from agnt5_sim.history.values import freeze
from agnt5_sim.sdk.ports.attempt import Attempt, Call, current_call
from agnt5_sim.sdk.ports.bodies import Observed

if TYPE_CHECKING:
    from collections.abc import Callable

    from agnt5_sim.sdk.ports.bodies import Bodies
    from agnt5_sim.sdk.ports.crossings import Crossings


class Identities(Protocol):
    """How a generation of the SDK names the calls of a workflow."""

    sleeps_in_process: bool

    def step(self, ctx: Any, name: str, *, function: bool, key: str | None) -> tuple[str, str]:
        """Return a step's identity, and the name its record is looked up under."""

    def sleep(self, ctx: Any, name: str | None) -> tuple[str, str]:
        """Return a sleep's identity, and the name its record is looked up under."""

    def wait(self, ctx: Any) -> tuple[str, str, int]:
        """Return a question's identity, its record's name, and its index."""

    def function_named(self, name: str) -> bool:
        """Tell whether a @function of that name is registered."""


class ProgramPort:
    """The program port of one attempt.

    Args:
        attempt: whose program it is.
        crossings: where entries and points go.
        bodies: wraps the steps' bodies.
        identities: how the SDK names things.

    Attributes:
        record: writes an entry about the attempt; see `Crossings.record`.
    """

    def __init__(
        self, attempt: Attempt, crossings: Crossings, bodies: Bodies, identities: Identities
    ) -> None:
        self.attempt = attempt
        self.crossings = crossings
        self.bodies = bodies
        self.identities = identities
        self.record = partial(crossings.record, attempt)
        self._expected: list[tuple[str, Any, Any]] = []

    def expect(self, kind: str, target: Any, asked: Any) -> Any:
        """Remember what a workflow is to await."""
        expected = self._expected
        while expected and expected[-1][2].cr_frame is None:
            expected.pop()
        expected.append((kind, target, asked))
        return asked

    def look_for_forgotten(self) -> None:
        """Record the calls that nobody awaited and nobody holds, so that nobody ever will."""
        waiting = []
        for kind, target, asked in self._expected:
            if inspect.getcoroutinestate(asked) == inspect.CORO_CREATED:
                name = target if isinstance(target, str) else getattr(target, "__name__", "")
                waiting.append((kind, name, asked.__qualname__, ref(asked)))
                asked.__qualname__ = f"ctx.{kind}"  # Python's own warning is to say it too
        asked = None
        self._expected.clear()
        # What is gone now that we have let go of it, nobody held but us.
        for kind, name, qualname, held in waiting:
            if (call := held()) is None:
                self.record("program.forgotten", name, {"call": kind})
            else:
                call.__qualname__ = qualname

    def adopt(self, ctx: Any) -> None:
        """Make a workflow's context one that is watched."""
        base: Any = type(ctx)
        ctx.__class__ = _watched_context(base)
        ctx.__dict__["_agnt5_sim"] = self

    async def step(
        self,
        ctx: Any,
        original: Callable[..., Any],
        target: Any,
        body: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        """Record a step, hand it to the SDK, record its answer."""
        call, target, body, observed = self._begin_step(ctx, target, body, args, kwargs)
        try:
            return await self._answer(call, original(target, body, *args, **kwargs))
        finally:
            if observed is not None and observed.drop():
                self.record("program.unawaited", call.identity, {"what": observed.__name__})

    def _begin_step(
        self, ctx: Any, target: Any, body: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Call, Any, Any, Observed | None]:
        awaitable = False
        config = None if type(target) is str else getattr(target, "_agnt5_config", None)
        if isinstance(target, str):
            name, function = target, self.identities.function_named(target)
        elif config is not None and callable(target):
            name, function = config.name, True
        elif awaitable := inspect.isawaitable(target):
            name, function = getattr(target, "__name__", "awaitable"), False
        else:
            name, function = getattr(target, "__name__", repr(target)), False
        identity, record = self.identities.step(ctx, name, function=function, key=kwargs.get("key"))
        call = Call("step", identity, record, self.attempt)
        given = (body, *args) if function and body is not None else args
        named = {k: v for k, v in kwargs.items() if k != "key"} if kwargs else kwargs
        self.record(
            "program.called",
            identity,
            {
                "call": "step",
                "within": call.within,
                "record": record,
                "function": name if function else "",
                "label": name,
                "input": freeze((given, named)),
            },
        )
        if function:
            return call, target, body, None
        if awaitable:
            target = self.bodies.wrap(target, call, name)
            return call, target, body, target if isinstance(target, Observed) else None
        body = self.bodies.wrap(body, call, name)
        return call, target, body, body if isinstance(body, Observed) else None

    async def sleep(
        self, ctx: Any, original: Callable[..., Any], seconds: Any, name: str | None
    ) -> None:
        """Record a sleep, hand it to the SDK, record its end."""
        identity, record = self.identities.sleep(ctx, name)
        call = Call("sleep", identity, record, self.attempt)
        data = {"call": "sleep", "within": call.within, "record": record, "seconds": seconds}
        self.record("program.called", identity, data)
        if self.identities.sleeps_in_process and isinstance(seconds, (int, float)) and seconds > 0:
            self._plan_kills(call, float(seconds))
        await self._answer(call, original(seconds, name))

    def _plan_kills(self, call: Call, seconds: float) -> None:
        """Set a timer for every fault that is to strike while this sleep lasts."""
        injector, world = self.crossings.injector, self.crossings.world
        point = injector.reach("sleep", call.identity)
        for fault, part in injector.during(point):

            def strike(fault: Any = fault) -> None:
                if call.open and not self.attempt.over:
                    injector.strike(fault)

            world.at(world.now + part * self._remaining(call, seconds), strike)

    def _remaining(self, call: Call, seconds: float) -> float:
        """Return how long a sleep still lasts: less when an earlier attempt had begun it."""
        now = self.crossings.world.now
        for entry in self.crossings.history:
            if (
                entry.name == call.identity
                and entry.kind == "program.called"
                and entry.run_id == self.attempt.run_id
            ):
                return max(0.0, entry.time + seconds - now)
        return seconds

    async def wait(
        self, ctx: Any, original: Callable[..., Any], question: str, options: dict[str, Any]
    ) -> Any:
        """Record a question, hand it to the SDK, record its answer."""
        identity, record, index = self.identities.wait(ctx)
        call = Call("wait", identity, record, self.attempt)
        data = {
            "call": "wait",
            "within": call.within,
            "record": record,
            "question": question,
            "pause_index": index,
        }
        self.record("program.called", identity, data)
        return await self._answer(call, original(question, **options))

    async def _answer(self, call: Call, asked: Any) -> Any:
        token = current_call.set(call)
        try:
            value = await asked
        except (Exception, CancelledError) as error:
            self.record(
                "program.raised",
                call.identity,
                {"call": call.kind, "error_type": type(error).__name__, "error": str(error)},
            )
            raise
        finally:
            call.open = False
            current_call.reset(token)
        self.record("program.answered", call.identity, {"call": call.kind, "value": freeze(value)})
        return value

    def state(self, operation: str, key: str, value: Any) -> None:
        """Record what a workflow did to its state, or read of it."""
        self.record(f"state.{operation}", key, {"value": freeze(value)})


def watched_workflow(
    config: Any, attempt: Attempt, crossings: Crossings, identities: Identities
) -> Any:
    """Return a workflow's configuration with a handler that watches the original."""
    port = ProgramPort(attempt, crossings, attempt.bodies, identities)
    original = config.handler

    async def handler(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        port.adopt(ctx)
        port.record("program.began")
        result = await original(ctx, *args, **kwargs)
        port.look_for_forgotten()
        port.record("program.returned", data={"value": freeze(result)})
        return result

    return dataclasses.replace(config, handler=handler)


@cache
def _watched_context(base: type) -> type:
    class WatchedContext(base):  # type: ignore[misc]
        def step(
            self, name_or_handler: Any, func_or_awaitable: Any = None, *args: Any, **kwargs: Any
        ) -> Any:
            port: ProgramPort = self._agnt5_sim
            asked = port.step(self, super().step, name_or_handler, func_or_awaitable, args, kwargs)
            return port.expect("step", name_or_handler, asked)

        def sleep(self, seconds: Any, name: str | None = None) -> Any:
            port: ProgramPort = self._agnt5_sim
            asked = port.sleep(self, super().sleep, seconds, name)
            return port.expect("sleep", name or "sleep", asked)

        def wait_for_user(self, question: str, *args: Any, **kwargs: Any) -> Any:
            port: ProgramPort = self._agnt5_sim
            names = ("input_type", "options", "allow_custom", "skippable")
            options = {**dict(zip(names, args, strict=False)), **kwargs}
            asked = port.wait(self, super().wait_for_user, question, options)
            return port.expect("wait_for_user", question, asked)

        @property
        def state(self) -> Any:
            state = super().state
            if "_agnt5_sim" not in state.__dict__:
                kind: Any = type(state)
                state.__class__ = _watched_state(kind)
                state.__dict__["_agnt5_sim"] = self._agnt5_sim
            return state

    WatchedContext.__name__ = WatchedContext.__qualname__ = base.__name__
    return WatchedContext


@cache
def _watched_state(base: type) -> type:
    class WatchedState(base):  # type: ignore[misc]
        def get(self, key: str, default: Any = None) -> Any:
            value = super().get(key, default)
            self._agnt5_sim.state("get", key, value)
            return value

        def set(self, key: str, value: Any) -> None:
            self._agnt5_sim.state("set", key, value)
            super().set(key, value)

        def delete(self, key: str) -> None:
            self._agnt5_sim.state("delete", key, None)
            super().delete(key)

        def clear(self) -> None:
            self._agnt5_sim.state("clear", "", None)
            super().clear()

        async def set_async(self, key: str, value: Any) -> None:
            self._agnt5_sim.state("set", key, value)
            await super().set_async(key, value)

        async def delete_async(self, key: str) -> None:
            self._agnt5_sim.state("delete", key, None)
            await super().delete_async(key)

    WatchedState.__name__ = WatchedState.__qualname__ = base.__name__
    return WatchedState
