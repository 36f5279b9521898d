"""Workflows that call steps in every way the SDK documents."""

from __future__ import annotations

import asyncio
import warnings

from agnt5 import function, workflow


@function
async def sdk_double(ctx, number: int, plus: int = 0) -> int:
    """Double a number, slowly enough for an await to be a fault point."""
    await asyncio.sleep(0)
    return number * 2 + plus


@function
def sdk_shout(ctx, text: str) -> str:
    """Shout, blocking."""
    return text.upper()


@function
async def sdk_describe(ctx, given: dict) -> dict:
    """Take one dict as its only input."""
    return {"described": given["id"]}


@function
async def sdk_refuse(ctx) -> None:
    """Fail."""
    raise ValueError("no")


async def load(what: str, times: int = 1) -> str:
    """Load something, as any coroutine function would."""
    await asyncio.sleep(1)
    return what * times


def compute(one: int, other: int = 1) -> int:
    """Compute something, blocking."""
    return one + other


@workflow
async def sdk_function_reference(ctx) -> list:
    """Call a @function by reference, with positional and keyword arguments."""
    return [await ctx.step(sdk_double, 2), await ctx.step(sdk_double, 3, plus=1)]


@workflow
async def sdk_named_awaitable(ctx) -> str:
    """Checkpoint an awaitable under a name."""
    return await ctx.step("load", load("a"))


@workflow
async def sdk_named_callable(ctx) -> list:
    """Checkpoint callables of both kinds under names, with arguments."""
    return [
        await ctx.step("load", load, "b", times=2),
        await ctx.step("compute", compute, 1, other=2),
        await ctx.step("lambda", lambda: 7),
    ]


@workflow
async def sdk_legacy_name(ctx) -> dict:
    """Call a @function by its name, the legacy way."""
    return await ctx.step("sdk_describe", input={"id": 5})


@workflow
async def sdk_bare_awaitable(ctx) -> str:
    """Checkpoint an awaitable and let the SDK name it."""
    return await ctx.step(load("c"))


@workflow
async def sdk_task(ctx) -> int:
    """Call a step by its deprecated name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return await ctx.task(sdk_double, 4)


@workflow
async def sdk_blocking_function(ctx) -> str:
    """Call a @function that blocks: it runs in the executor."""
    return await ctx.step(sdk_shout, "hey")


@workflow
async def sdk_failing_step(ctx) -> None:
    """Let a step's error end the run."""
    await ctx.step(sdk_refuse)


@workflow
async def sdk_failing_checkpoint(ctx) -> None:
    """Let the error of a step given by name end the run."""

    def refuse() -> None:
        raise ValueError("no")

    await ctx.step("refuse", refuse)


@workflow
async def sdk_retried_by_hand(ctx) -> list:
    """Try a step again when it failed, each try a step of its own."""

    async def flaky(attempt: int) -> str:
        if attempt == 0:
            raise ValueError("not yet")
        return f"at {attempt}"

    tries = []
    for attempt in range(3):
        try:
            tries.append(await ctx.step(f"flaky_{attempt}", flaky, attempt))
            break
        except ValueError as error:
            tries.append(str(error))
    return tries


@workflow
async def sdk_function_retried_by_hand(ctx) -> str:
    """Go on after a @function failed."""
    try:
        await ctx.step(sdk_refuse)
    except ValueError:
        return f"after the failure: {await ctx.step(sdk_double, 1)}"
    return "unreachable"


@workflow
async def sdk_nested(ctx) -> int:
    """Call a step inside another: a closure can, a @function gets no workflow context."""

    async def outer() -> int:
        return 1 + await ctx.step("inner", compute, 1)

    return await ctx.step("outer", outer)


@workflow
async def sdk_nested_function(ctx) -> int:
    """Call a @function as a step inside a step."""

    async def outer() -> int:
        return 1 + await ctx.step(sdk_double, 1)

    return await ctx.step("outer", outer)


@workflow
async def sdk_nothing(ctx) -> list:
    """Get falsy results from steps."""
    return [
        await ctx.step("none", lambda: None),
        await ctx.step("zero", lambda: 0),
        await ctx.step("empty", lambda: ""),
        await ctx.step("false", lambda: False),
    ]


@workflow
async def sdk_same_name(ctx) -> list:
    """Give two steps the same name, as a loop does."""
    return [await ctx.step("load", load, what) for what in ("a", "b")]


@workflow
async def sdk_no_input(ctx):
    """Do nothing."""
    return "done"


@workflow
async def sdk_takes_input(ctx, order_id: str, count: int = 1) -> dict:
    """Take input, one part of it optional."""
    return {"order": order_id, "count": await ctx.step(sdk_double, count)}


@workflow
def sdk_plain_def(ctx) -> str:
    """Be a workflow that is no coroutine function."""
    return "plain"


@workflow
async def sdk_cancelled(ctx) -> str:
    """A timeout strikes a step."""
    try:
        async with asyncio.timeout(5):
            return await ctx.step("slow", asyncio.sleep, 100)
    except TimeoutError:
        return "late"


@workflow
async def sdk_cancelled_generator(ctx) -> str:
    """A timeout strikes a step that streams."""

    async def items():
        yield 1
        await asyncio.sleep(100)
        yield 2

    try:
        async with asyncio.timeout(5):
            return await ctx.step("items", items)
    except TimeoutError:
        return "late"
