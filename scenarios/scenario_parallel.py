"""Three suppliers are asked for a price at the same time, and the order of the answers is kept.

The suppliers take two, one and three seconds: the results come in one order and are returned in
another, and together they take as long as the slowest. A worker may die when some have answered
and others have not; those that had are not asked again.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim


@function
async def ask_price(ctx: FunctionContext, supplier: str, seconds: float) -> dict[str, Any]:
    """Stand in for a supplier who takes so long to answer."""
    await asyncio.sleep(seconds)
    return {"supplier": supplier, "cents": 1000 + int(100 * seconds)}


@workflow
async def compare_prices(ctx: WorkflowContext, suppliers: dict[str, float]) -> dict[str, Any]:
    """Ask all suppliers at once, and take the cheapest."""
    offers: list[dict[str, Any]] = await ctx.parallel(
        *(ctx.step(ask_price, name, seconds) for name, seconds in suppliers.items())
    )
    cheapest = min(offers, key=lambda offer: int(offer["cents"]))
    return {"offers": [offer["supplier"] for offer in offers], "cheapest": cheapest["supplier"]}


# A02: in the seed, branches share one stack of parents, so that the events of a step name one of
# another branch as theirs. Only what observers read is wrong.
@pytest.mark.agnt5_sim(accept=["A02"])
async def scenario_parallel(sim: Sim) -> None:
    """Offers are in the order of asking; each supplier's is its own."""
    run = await sim.submit(compare_prices, {"suppliers": {"ada": 2, "bob": 1, "eve": 3}})

    assert await run.result() == {"offers": ["ada", "bob", "eve"], "cheapest": "bob"}
    assert [step.result["supplier"] for step in run.steps] == ["ada", "bob", "eve"]
    assert sim.clock.elapsed() >= 3
