"""A step writes a poem word by word: the client reads along, and the workflow gets the whole of it.

The words are deltas, sent while the step is at work. If the worker dies in the middle the step
begins again, and the client may see the first words twice; what the workflow goes on with, and
what it returns, is one whole poem in any case.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim


@function
async def write_poem(ctx: FunctionContext, about: str) -> AsyncIterator[str]:
    """Stand in for a language model that streams."""
    for word in ("A", "poem", "about", about):
        await asyncio.sleep(0.25)
        yield word


@function
async def count_words_of(ctx: FunctionContext, words: list[str]) -> int:
    """Count."""
    return len(words)


@workflow
async def poem_on_demand(ctx: WorkflowContext, about: str) -> dict[str, str | int]:
    """Have a poem written, and count its words."""
    words: list[str] = await ctx.step(write_poem, about)
    count: int = await ctx.step(count_words_of, words)
    return {"poem": " ".join(words), "words": count}


# A12: in the seed, what a step streams is numbered by another count than the events around it, and
# both go to the client on one channel. The words themselves come in their order.
@pytest.mark.agnt5_sim(accept=["A12"])
async def scenario_streaming(sim: Sim) -> None:
    """The client streams; the result is whole."""
    run = await sim.submit(poem_on_demand, {"about": "rain"}, streaming=True)

    assert await run.result() == {"poem": "A poem about rain", "words": 4}
    assert "output.delta" in run.event_types()
