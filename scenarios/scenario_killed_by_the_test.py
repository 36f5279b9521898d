"""A nightly import loses its worker twice: while it waits, and while it is at work.

A sweep kills at every point there is, by itself. A test that wants a death at one time says so:
`sim.kill()` takes the worker away; the platform notices a run that was being worked on when its
lease runs out, and another worker goes on from the records. Here counts are what is promised, so
they are asserted: what was done before a death is not done again, what died in the middle is.
"""

from __future__ import annotations

import asyncio

from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim


@function
async def order_catalogue(ctx: FunctionContext, supplier: str) -> str:
    """Ask a supplier to prepare the catalogue of tomorrow."""
    return f"catalogue of {supplier}"


@function
async def import_catalogue(ctx: FunctionContext, catalogue: str) -> int:
    """Import what has been prepared; it takes ten minutes."""
    await asyncio.sleep(600)
    return len(catalogue)


@workflow
async def nightly_import(ctx: WorkflowContext, supplier: str) -> int:
    """Order, wait for eight hours, import."""
    catalogue: str = await ctx.step(order_catalogue, supplier)
    await ctx.sleep(8 * 3600, name="preparation")
    imported: int = await ctx.step(import_catalogue, catalogue)
    return imported


async def scenario_killed_by_the_test(sim: Sim) -> None:
    """The catalogue is ordered as often as before the first death, and imported twice."""
    run = await sim.submit(nightly_import, {"supplier": "acme"})

    await sim.advance("2h")
    ordered = run.step("order_catalogue").executions
    sim.kill(run)
    await sim.advance("6h 5m")
    sim.kill(run)

    assert await run.result() == len("catalogue of acme")
    assert run.step("order_catalogue").executions == ordered
    assert run.step("import_catalogue").executions >= 2
    assert sim.clock.elapsed() >= 8 * 3600 + 600
