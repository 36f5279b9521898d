"""A chat remembers what was said in its session, and nothing of any other.

The story of the SDK's own `customer_support`: every message is a run of its own, and the runs of
one session share their state. A run that a worker's death interrupts begins again with the state
as it was when the run first began, so that no message is taken down twice.
"""

from __future__ import annotations

from typing import Any

from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim


@function
async def generate_reply(ctx: FunctionContext, messages: list[dict[str, str]]) -> str:
    """Stand in for a language model that was shown the whole conversation."""
    return f"reply to {len(messages)} messages, the last being {messages[-1]['content']!r}"


@workflow(chat=True)
async def customer_support(ctx: WorkflowContext, message: str) -> dict[str, Any]:
    """Take a message down, answer it, take the answer down."""
    messages = [*ctx.state.get("messages", []), {"role": "user", "content": message}]
    reply: str = await ctx.step(generate_reply, messages)
    ctx.state.set("messages", [*messages, {"role": "assistant", "content": reply}])
    return {"reply": reply, "turns": len(ctx.state.get("messages")) // 2}


async def scenario_session_counter(sim: Sim) -> None:
    """Two turns in one session count as two; another session starts at one."""
    first = await sim.run(customer_support, {"message": "hello"}, session_id="s-1")
    other = await sim.run(customer_support, {"message": "hola"}, session_id="s-2")
    second = await sim.run(customer_support, {"message": "still there?"}, session_id="s-1")

    assert (first["turns"], other["turns"], second["turns"]) == (1, 1, 2)
    assert second["reply"] == "reply to 3 messages, the last being 'still there?'"
