"""An order is paid and shipped, and the card is charged once whatever happens to the worker.

The story of the SDK's own `process_order`: look the order up, charge the card in a step of its
own, ship, and keep a status that others can read. The charge is declared an effect, so that the
sweep holds it to once a run. Only a worker that dies *inside* the payment step, after the charge
and before its completion is durable, may charge again; the summary lists that step as "at least
once", and the order's id, handed along as the idempotency key, is what makes it harmless.
"""

from __future__ import annotations

import asyncio
from typing import Any

from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim


@function
async def validate_order(ctx: FunctionContext, order_id: str) -> dict[str, Any]:
    """Look an order up."""
    return {"order_id": order_id, "total": 4200}


async def charge_card(idempotency_key: str, cents: int) -> dict[str, Any]:
    """Stand in for the payment service: one charge for each key, however often it is asked."""
    await asyncio.sleep(0.25)
    return {"id": f"ch_{idempotency_key}", "cents": cents}


@function
async def ship_order(ctx: FunctionContext, order_id: str) -> str:
    """Hand an order to the warehouse."""
    return f"parcel-{order_id}"


@workflow
async def process_order(ctx: WorkflowContext, order_id: str) -> dict[str, Any]:
    """Process an order: check, charge, ship."""
    ctx.state.set("status", "processing")
    order: dict[str, Any] = await ctx.step(validate_order, order_id)
    payment: dict[str, Any] = await ctx.step("payment", charge_card, order_id, order["total"])
    parcel: str = await ctx.step(ship_order, order_id)
    ctx.state.set("status", "shipped")
    return {"status": ctx.state.get("status"), "payment": payment["id"], "parcel": parcel}


async def scenario_order(sim: Sim) -> None:
    """The order is shipped, the charge belongs to it, and the status is saved."""
    sim.effect(charge_card)

    run = await sim.submit(process_order, {"order_id": "o-1"})

    assert await run.result() == {
        "status": "shipped",
        "payment": "ch_o-1",
        "parcel": "parcel-o-1",
    }
    assert run.step("payment").result == {"id": "ch_o-1", "cents": 4200}
    assert run.state == {"status": "shipped"}
