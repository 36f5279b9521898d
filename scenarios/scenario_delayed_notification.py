"""A follow-up goes out twenty-four hours after the acknowledgement, and not a second earlier.

The story of the SDK's own `delayed_notification`. A durable sleep is counted from when it first
began: a worker that dies during it, or is down when it ends, makes it no longer and no shorter.
The day takes no real time here.
"""

from __future__ import annotations

from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim

DAY = 24 * 60 * 60


@function
async def send_ack(ctx: FunctionContext, user_id: str) -> str:
    """Tell a user that the message has arrived."""
    return f"ack to {user_id}"


@function
async def send_followup(ctx: FunctionContext, user_id: str) -> str:
    """Ask a user, a day later, whether all is well."""
    return f"follow-up to {user_id}"


@workflow
async def delayed_notification(ctx: WorkflowContext, user_id: str) -> list[str]:
    """Acknowledge at once, follow up after a day."""
    ack: str = await ctx.step(send_ack, user_id)
    await ctx.sleep(DAY, name="wait_24h")
    return [ack, await ctx.step(send_followup, user_id)]


async def scenario_delayed_notification(sim: Sim) -> None:
    """Nothing is sent before the day has passed; the follow-up is sent when it has."""
    run = await sim.submit(delayed_notification, {"user_id": "u-1"})

    await sim.advance("23h")
    assert [step.label for step in run.steps] == ["send_ack"]

    assert await run.result() == ["ack to u-1", "follow-up to u-1"]
    assert sim.clock.elapsed() >= DAY
