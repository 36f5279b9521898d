"""Workflows with steps that stream, and functions that are run by themselves."""

from __future__ import annotations

import asyncio

from agnt5 import function, workflow


@function
async def sdk_words(ctx, count: int):
    """Stream words."""
    for number in range(count):
        await asyncio.sleep(1)
        yield f"word {number}"


@function
async def sdk_greet(ctx, name: str) -> str:
    """Greet somebody."""
    await asyncio.sleep(1)
    return f"hello {name}"


@function
def sdk_greet_blocking(ctx, name: str) -> str:
    """Greet somebody, blocking."""
    return f"hello {name}"


async def numbers(count: int):
    """Stream numbers."""
    for number in range(count):
        await asyncio.sleep(1)
        yield number


@workflow
async def sdk_stream_callable(ctx) -> list:
    """Hand an asynchronous generator function to a step."""
    return await ctx.step("numbers", numbers, 3)


@workflow
async def sdk_stream_object(ctx) -> list:
    """Hand an asynchronous generator to a step."""
    return await ctx.step("numbers", numbers(3))


@workflow
async def sdk_stream_function(ctx) -> list:
    """Call a @function that streams."""
    return await ctx.step(sdk_words, 2)


@workflow
async def sdk_stream_single(ctx) -> list:
    """Stream one item, and none."""
    return [await ctx.step("one", numbers, 1), await ctx.step("none", numbers, 0)]
