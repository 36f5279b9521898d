"""A loyalty counter belongs to a user: over sessions, and over different workflows.

Memory that has a user's id is the user's, whatever session it was written in and whichever
workflow wrote it; nobody else sees it. Three purchases are counted as three even if the worker
dies in the middle of one.
"""

from __future__ import annotations

from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim


@function
async def record_purchase(ctx: FunctionContext, item: str) -> str:
    """Stand in for the till."""
    return f"sold {item}"


@workflow
async def buy(ctx: WorkflowContext, item: str) -> int:
    """Sell an item and count it."""
    await ctx.step(record_purchase, item)
    bought: int = ctx.state.get("bought", 0) + 1
    ctx.state.set("bought", bought)
    return bought


@workflow
async def loyalty_status(ctx: WorkflowContext) -> str:
    """Read what another workflow has counted."""
    return "gold" if ctx.state.get("bought", 0) >= 2 else "silver"


async def scenario_user_counter(sim: Sim) -> None:
    """Each user's purchases count for that user, in whatever session."""
    assert await sim.run(buy, {"item": "tea"}, user_id="ada", session_id="s-1") == 1
    assert await sim.run(buy, {"item": "cup"}, user_id="ada", session_id="s-2") == 2
    assert await sim.run(buy, {"item": "pot"}, user_id="bob", session_id="s-1") == 1

    assert await sim.run(loyalty_status, user_id="ada") == "gold"
    assert await sim.run(loyalty_status, user_id="bob") == "silver"
