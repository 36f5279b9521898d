"""Workflows whose workers stand still, and whose replies come late or never."""

from __future__ import annotations

import asyncio

from agnt5 import WorkflowContext, function, workflow

CHARGED: list[str] = []


def charge(order_id: str) -> str:
    """Stand for a payment service."""
    CHARGED.append(order_id)
    return f"receipt {order_id}"


@function
async def lf_price(ctx, order_id: str) -> int:
    """Look a price up."""
    return 7


@workflow
async def lf_two_steps(ctx: WorkflowContext, order_id: str) -> dict:
    """One step of each kind."""
    price = await ctx.step(lf_price, order_id)
    receipt = await ctx.step("charge", charge, order_id)
    return {"price": price, "receipt": receipt}


@workflow
async def lf_cleans_up(ctx: WorkflowContext) -> str:
    """Its step waits, and cleans up after itself."""

    async def work() -> str:
        try:
            await asyncio.sleep(1)
            return charge("slowly")
        finally:
            CHARGED.append("cleaned up")

    return await ctx.step("work", work)


@workflow
async def lf_takes_a_minute(ctx: WorkflowContext) -> str:
    """Its only step lasts longer than a lease that is not renewed."""

    async def work() -> str:
        await asyncio.sleep(60)
        return "done"

    return await ctx.step("work", work)


@workflow
async def lf_counts(ctx: WorkflowContext) -> int:
    """Its state is written by a call that blocks."""
    ctx.state.set("count", 1)
    await ctx.step("one", lambda: 1)
    return 1
