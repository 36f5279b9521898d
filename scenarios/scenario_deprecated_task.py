"""A workflow that still says `ctx.task` works as it did, and is told to say `ctx.step`.

Both generations warn. Warnings are errors in this project, so that the story expects the warning
where it comes from: out of the workflow, when the run is lived.
"""

from __future__ import annotations

import pytest
from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim


@function
async def render_invoice(ctx: FunctionContext, order: dict[str, int]) -> str:
    """Render an invoice."""
    return f"invoice {order['number']}"


@workflow
async def invoice_by_task(ctx: WorkflowContext, number: int) -> str:
    """Call a step by its deprecated name, in the legacy way with one input."""
    invoice: str = await ctx.task(render_invoice, input={"number": number})
    return invoice


async def scenario_deprecated_task(sim: Sim) -> None:
    """The invoice is rendered; the warning is given."""
    with pytest.warns(DeprecationWarning, match=r"use ctx\.step\(\) instead"):
        assert await sim.run(invoice_by_task, {"number": 7}) == "invoice 7"
