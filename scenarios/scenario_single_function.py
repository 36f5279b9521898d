"""A @function is run by itself, without a workflow around it.

It is one unit: there are no records inside it, so that a worker's death makes all of it run
again. Here that does no harm, since it only computes.
"""

from __future__ import annotations

import asyncio

from agnt5 import FunctionContext, function

from agnt5_sim import Sim


@function
async def convert_currency(ctx: FunctionContext, cents: int, rate: float = 1.1) -> dict[str, float]:
    """Convert an amount, at a rate that is fetched slowly."""
    await asyncio.sleep(0.5)
    return {"euro": cents / 100, "dollar": round(cents / 100 * rate, 2)}


async def scenario_single_function(sim: Sim) -> None:
    """It is given its input by name, its default where there is none, and returns a value."""
    run = await sim.submit(convert_currency, {"cents": 250})

    assert await run.result() == {"euro": 2.5, "dollar": 2.75}
