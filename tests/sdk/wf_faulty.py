"""Workflows that are at fault themselves."""

from __future__ import annotations

import asyncio
import datetime
import uuid

from agnt5 import workflow

CHARGED: list[str] = []


def charge(order_id: str) -> None:
    """Charge somebody, in the world outside."""
    CHARGED.append(order_id)


async def note(text: str) -> str:
    """Note something."""
    return text


@workflow
async def sdk_careless(ctx, order_id: str) -> None:
    """Charge outside of any step."""
    charge(order_id)
    await ctx.step("note", note, order_id)


@workflow
async def sdk_charging_step(ctx, order_id: str) -> None:
    """Charge inside a step, which may run again when it dies."""
    await ctx.step("charge", charge, order_id)


@workflow
async def sdk_random_input(ctx) -> str:
    """Draw an id outside of a step and hand it to one."""
    drawn = str(uuid.uuid4())
    await ctx.step("note", note, drawn)
    return await ctx.step("other", note, "x")


@workflow
async def sdk_clock_branch(ctx) -> str:
    """Read the clock to choose a path."""
    if datetime.datetime.now(datetime.UTC).day == 1:
        return await ctx.step("first", note, "first")
    return await ctx.step("other", note, "other")


@workflow
async def sdk_hasty(ctx) -> str:
    """Read the clock to see how late it has become; a crash makes it later."""
    began = await ctx.step("began", lambda: datetime.datetime.now(datetime.UTC).timestamp())
    await ctx.sleep(100, name="wait")
    if datetime.datetime.now(datetime.UTC).timestamp() - began > 120:
        return await ctx.step("late", note, "late")
    return await ctx.step("early", note, "early")


@workflow
async def sdk_tuple_input(ctx) -> str:
    """Hand on what a step returned, as if it were a tuple still."""
    pair = await ctx.step("pair", lambda: ("a", "b"))
    return await ctx.step("note", note, "tuple" if isinstance(pair, tuple) else "list")


@workflow
async def sdk_fire_and_forget(ctx) -> str:
    """Return before a step that was begun is done."""
    task = asyncio.create_task(ctx.step("late", asyncio.sleep, 5))
    await ctx.step("note", note, "x")
    return task.get_name() and "done"


@workflow
async def sdk_state_in_step(ctx) -> int:
    """Change the state inside a step, which a replay leaves out."""

    async def body() -> None:
        ctx.state.set("inside", 1)

    await ctx.step("body", body)
    await ctx.step("note", note, "x")
    return ctx.state.get("inside", 0)
