"""An order that is out of stock fails, says why, and leaves the card alone.

A failed run is an end like any other: it is reached under every fault, with the same error, and
what comes after the step that failed never happens.
"""

from __future__ import annotations

import pytest
from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import RunFailed, Sim


class OutOfStockError(Exception):
    """There is none left."""


@function
async def take_from_stock(ctx: FunctionContext, item: str) -> None:
    """Stand in for a warehouse that has none."""
    raise OutOfStockError(f"no {item} left")


async def charge_for(item: str) -> str:
    """Stand in for the payment service, which must not hear of this order."""
    return f"ch_{item}"


@workflow
async def order_from_stock(ctx: WorkflowContext, item: str) -> str:
    """Take an item from stock, then charge."""
    await ctx.step(take_from_stock, item)
    charge: str = await ctx.step("charge", charge_for, item)
    return charge


async def scenario_failure(sim: Sim) -> None:
    """The run fails with the step's own words, and no charge was tried."""
    run = await sim.submit(order_from_stock, {"item": "umbrella"})

    with pytest.raises(RunFailed, match="no umbrella left"):
        await run.result()

    assert run.status == "failed"
    assert [step.label for step in run.steps] == ["take_from_stock"]
