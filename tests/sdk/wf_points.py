"""Workflows that come to one class of fault point each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable

from agnt5 import function, workflow


async def three_seconds() -> int:
    """Await three times, a second each."""
    for _ in range(3):
        await asyncio.sleep(1)
    return 3


async def two_items() -> AsyncIterator[int]:
    """Await a second between two items."""
    yield 1
    await asyncio.sleep(1)
    yield 2


async def two_seconds_blocking() -> None:
    """Leave a blocking function to a thread."""
    await asyncio.to_thread(time.sleep, 2)


def one() -> int:
    """Be a plain callable."""
    return 1


@function
async def points_wait(ctx) -> int:
    """Await twice, as a @function."""
    await asyncio.sleep(1)
    await asyncio.sleep(1)
    return 2


@function
async def points_stream(ctx) -> AsyncIterator[int]:
    """Stream two items, as a @function, a second between them."""
    yield 1
    await asyncio.sleep(1)
    yield 2


@workflow
async def points_function(ctx) -> int:
    """Call a @function."""
    return await ctx.step(points_wait)


@workflow
async def points_streaming_function(ctx) -> list:
    """Call a @function that streams."""
    return await ctx.step(points_stream)


@workflow
async def points_callable(ctx) -> int:
    """Call a plain function."""
    return await ctx.step("s", one)


@workflow
async def points_coroutine(ctx) -> int:
    """Call a coroutine function."""
    return await ctx.step("s", three_seconds)


@workflow
async def points_awaitable(ctx) -> int:
    """Hand an awaitable to a step."""
    return await ctx.step("s", three_seconds())


@workflow
async def points_late_coroutine(ctx) -> int:
    """Call a plain function that returns an awaitable."""

    def later() -> Awaitable[int]:
        return three_seconds()

    return await ctx.step("s", later)


@workflow
async def points_generator(ctx) -> list:
    """Call an asynchronous generator function."""
    return await ctx.step("s", two_items)


@workflow
async def points_generator_object(ctx) -> list:
    """Hand an asynchronous generator to a step."""
    return await ctx.step("s", two_items())


@workflow
async def points_late_generator(ctx) -> list:
    """Call a plain function that returns an asynchronous generator."""

    def later() -> AsyncIterator[int]:
        return two_items()

    return await ctx.step("s", later)


@workflow
async def points_thread(ctx) -> None:
    """Use a thread in a step."""
    await ctx.step("s", two_seconds_blocking)


@workflow
async def points_state(ctx) -> None:
    """Keep something in the state."""
    ctx.state.set("n", 1)


@workflow
async def points_sleep(ctx) -> None:
    """Sleep."""
    await ctx.sleep(100, name="s")


@workflow
async def points_cut_sleep(ctx) -> None:
    """Sleep, and be cancelled long before the sleep is over."""
    try:
        async with asyncio.timeout(10):
            await ctx.sleep(100, name="s")
    except TimeoutError:
        await asyncio.sleep(200)


@workflow
async def points_sleep_beside(ctx) -> None:
    """Sleep in one branch and work in another."""
    await asyncio.gather(ctx.sleep(100, name="s"), ctx.step("w", three_seconds))
