"""A workflow keeps notes: it sets, reads, deletes and clears, with work in between.

State belongs to the run. A replay begins with it as it was when the run began and makes every
change again, so that what is read at any place is the same in every attempt; and what is saved at
the end is what the last attempt left.
"""

from __future__ import annotations

from typing import Any

from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim


@function
async def inspect_part(ctx: FunctionContext, part: str) -> str:
    """Stand in for an inspection."""
    return f"{part} is fine"


@workflow
async def keep_notes(ctx: WorkflowContext) -> dict[str, Any]:
    """Take notes, strike one out, tear them all up, and write a fair copy."""
    ctx.state.set("draft", "rough")
    ctx.state.set("engine", await ctx.step(inspect_part, "engine"))
    ctx.state.delete("draft")
    seen = {"draft": ctx.state.get("draft", "gone"), "engine": ctx.state.get("engine")}
    ctx.state.clear()
    seen["after_clear"] = ctx.state.get("engine")
    ctx.state.set("report", {"wheels": await ctx.step(inspect_part, "wheels"), "pages": 1})
    return seen


async def scenario_state(sim: Sim) -> None:
    """Reads see what was written before them, and the fair copy is what is saved."""
    run = await sim.submit(keep_notes)

    assert await run.result() == {
        "draft": "gone",
        "engine": "engine is fine",
        "after_clear": None,
    }
    assert run.state == {"report": {"wheels": "wheels is fine", "pages": 1}}
