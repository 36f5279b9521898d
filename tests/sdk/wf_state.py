"""Workflows that keep state."""

from __future__ import annotations

import asyncio

from agnt5 import function, workflow


@function
async def sdk_pass(ctx) -> str:
    """Pass."""
    return "passed"


@workflow
async def sdk_state(ctx) -> dict:
    """Set, read, delete and clear."""
    ctx.state.set("a", 1)
    ctx.state.set("b", [1, {"c": 2}])
    ctx.state.delete("a")
    seen = {"a": ctx.state.get("a"), "b": ctx.state.get("b"), "d": ctx.state.get("d", 4)}
    ctx.state.clear()
    ctx.state.set("end", True)
    return seen


@workflow
async def sdk_state_and_step(ctx) -> int:
    """Count in the state, around a step."""
    ctx.state.set("count", ctx.state.get("count", 0) + 1)
    await ctx.step(sdk_pass)
    ctx.state.set("count", ctx.state.get("count", 0) + 1)
    return ctx.state.get("count")


@workflow
async def sdk_count_and_pause(ctx) -> int:
    """Count in the state, then ask."""
    ctx.state.set("count", ctx.state.get("count", 0) + 1)
    await ctx.wait_for_user("go on?")
    return ctx.state.get("count")


@workflow
async def sdk_count_and_sleep(ctx) -> int:
    """Count in the state, then sleep."""
    ctx.state.set("count", ctx.state.get("count", 0) + 1)
    await ctx.sleep(60, name="minute")
    return ctx.state.get("count")


@workflow
async def sdk_set_and_pause(ctx) -> str:
    """Set a value that does not depend on an earlier one, then ask."""
    ctx.state.set("status", "asked")
    await ctx.wait_for_user("go on?")
    ctx.state.set("status", "answered")
    return ctx.state.get("status")


@workflow
async def sdk_count_in_scope(ctx) -> int:
    """Count the runs of a scope."""
    count = ctx.state.get("count", 0) + 1
    await ctx.step(sdk_pass)
    ctx.state.set("count", count)
    return count


@workflow
async def sdk_count_late(ctx) -> int:
    """Count in the state after the question, not before it."""
    await ctx.wait_for_user("go on?")
    ctx.state.set("count", ctx.state.get("count", 0) + 1)
    return ctx.state.get("count")


@workflow
async def sdk_mark_slowly(ctx, mark: str) -> list:
    """Leave a mark of one's own in a scope's state, after a second."""
    seen = [name for name in ("a", "b", "c") if ctx.state.get(name)]
    await ctx.step("wait", asyncio.sleep, 1)
    ctx.state.set(mark, True)
    return seen
