"""A booking that nobody confirms is cancelled by the client, and stays cancelled.

The run waits for a person who never answers. After a week the client gives up: the room that was
held is left to lapse, and no worker begins the run again.
"""

from __future__ import annotations

import pytest
from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import RunFailed, Sim


@function
async def hold_room(ctx: FunctionContext, room: str) -> str:
    """Stand in for the hotel."""
    return f"hold on {room}"


@function
async def confirm_room(ctx: FunctionContext, hold: str) -> str:
    """Make a hold a booking."""
    return f"booked: {hold}"


@workflow
async def book_room(ctx: WorkflowContext, room: str) -> str:
    """Hold a room, ask, book."""
    hold: str = await ctx.step(hold_room, room)
    await ctx.wait_for_user(f"Book {room}?")
    booking: str = await ctx.step(confirm_room, hold)
    return booking


async def scenario_cancelled(sim: Sim) -> None:
    """Nothing is booked, and the client is told why."""
    run = await sim.submit(book_room, {"room": "room 7"})
    await run.paused()
    await sim.advance("1w")

    await run.cancel()
    attempts = run.attempts
    await sim.advance("1w")

    with pytest.raises(RunFailed, match="cancelled"):
        await run.result()
    assert run.attempts == attempts
    assert [step.label for step in run.steps] == ["hold_room"]
