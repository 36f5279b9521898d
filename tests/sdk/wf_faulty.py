"""Workflows that are at fault themselves."""

from __future__ import annotations

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
    """Read the clock between attempts to choose a path."""
    began = await ctx.step("began", lambda: datetime.datetime.now(datetime.UTC).timestamp())
    await ctx.sleep(100, name="wait")
    if datetime.datetime.now(datetime.UTC).timestamp() - began > 5000:
        return await ctx.step("late", note, "late")
    return await ctx.step("early", note, "early")
