"""The workflows that are measured."""

from __future__ import annotations

from typing import Any

from agnt5 import function, workflow


async def work(number: int) -> int:
    """Do as little as a step can."""
    return number


@function
async def bench_function(ctx: Any, number: int) -> int:
    """Do as little as a @function can."""
    return number


@workflow
async def bench_steps(ctx: Any, steps: int) -> int:
    """Take so many steps, each a name and a callable."""
    total = 0
    for number in range(steps):
        total += await ctx.step(f"step-{number}", work, number)
    return total


@workflow
async def bench_functions(ctx: Any, steps: int) -> int:
    """Take so many steps, each a @function."""
    total = 0
    for number in range(steps):
        total += await ctx.step(bench_function, number)
    return total


@workflow
async def bench_sleep(ctx: Any, seconds: float) -> None:
    """Sleep once."""
    await ctx.sleep(seconds, name="long")
