"""A @function that blocks is run in a thread, and is a step like any other.

Compression is the example: plain `def`, no await. The SDK hands it to the executor, where virtual
time stands still while it works; a worker may die before it, after it, or while it is at it.
"""

from __future__ import annotations

import time
import zlib

from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim


@function
def compressed_size(ctx: FunctionContext, text: str) -> int:
    """Compress a text, and take two seconds for it."""
    time.sleep(2)
    return len(zlib.decompress(zlib.compress(text.encode())))


@workflow
async def measure(ctx: WorkflowContext, text: str) -> int:
    """Measure a text, blocking."""
    size: int = await ctx.step(compressed_size, text)
    return size


async def scenario_blocking_function(sim: Sim) -> None:
    """The thread's result is the step's."""
    assert await sim.run(measure, {"text": "so be it"}) == 8
