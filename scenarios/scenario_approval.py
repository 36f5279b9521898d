"""A refund waits for a person, for as long as the person takes.

What was done before the question is not done again after it; what follows depends on the answer.
While the run waits no worker is needed, so that a death during the wait costs nothing.
"""

from __future__ import annotations

from typing import Any

import pytest
from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import AnswerRefused, Sim


@function
async def assess_refund(ctx: FunctionContext, order_id: str) -> int:
    """Work out what is to be paid back, in cents."""
    return 1900


async def pay_back(order_id: str, cents: int) -> str:
    """Stand in for the payment service."""
    return f"refund-{order_id}"


@workflow
async def approve_refund(ctx: WorkflowContext, order_id: str) -> dict[str, Any]:
    """Assess a refund, have it approved, pay it."""
    cents: int = await ctx.step(assess_refund, order_id)
    decision = await ctx.wait_for_user(
        f"Refund {cents / 100:.2f}?",
        input_type="approval",
        options=[{"id": "approve", "label": "Approve"}, {"id": "reject", "label": "Reject"}],
    )
    if decision != "approve":
        return {"decision": decision, "refund": None}
    return {"decision": decision, "refund": await ctx.step("pay_back", pay_back, order_id, cents)}


async def scenario_approval(sim: Sim) -> None:
    """Approved a weekend later, one refund is paid; rejected, the other is not."""
    sim.effect(pay_back)
    approved = await sim.submit(approve_refund, {"order_id": "o-1"})
    rejected = await sim.submit(approve_refund, {"order_id": "o-2"})

    pause = await approved.paused()
    assert (pause.index, pause.question, pause.input_type) == (0, "Refund 19.00?", "approval")
    assert pause.options == ("approve", "reject")
    with pytest.raises(AnswerRefused):
        await approved.answer("perhaps")
    await rejected.paused()
    await rejected.answer("reject")

    await sim.advance("2d 12h")
    assert approved.status == "paused"
    await approved.answer("approve")

    assert await approved.result() == {"decision": "approve", "refund": "refund-o-1"}
    assert await rejected.result() == {"decision": "reject", "refund": None}
    assert [step.label for step in rejected.steps] == ["assess_refund"]
