"""A dashboard is put together from two sources that are asked at the same time, by name.

`ctx.gather` hands the results back under the names they were asked for, so that a slow source and
a quick one cannot be mixed up. The steps have names of their own as well: names that are not used
twice are what a replay finds them by.
"""

from __future__ import annotations

import asyncio
from typing import Any

from agnt5 import WorkflowContext, workflow

from agnt5_sim import Sim


async def query_database(table: str) -> list[int]:
    """Stand in for a database that takes its time."""
    await asyncio.sleep(2)
    return [len(table), 2, 3]


async def fetch_weather(city: str) -> dict[str, Any]:
    """Stand in for a quick service."""
    await asyncio.sleep(0.5)
    return {"city": city, "celsius": 21.5}


@workflow
async def build_dashboard(ctx: WorkflowContext, city: str) -> dict[str, Any]:
    """Ask both sources at once, and lay their answers out."""
    found: dict[str, Any] = await ctx.gather(
        visits=ctx.step("visits", query_database, "visits"),
        weather=ctx.step("weather", fetch_weather, city),
    )
    return {"total": sum(found["visits"]), "weather": found["weather"]}


async def scenario_gather(sim: Sim) -> None:
    """Each result is under its own name."""
    assert await sim.run(build_dashboard, {"city": "Bergen"}) == {
        "total": 11,
        "weather": {"city": "Bergen", "celsius": 21.5},
    }
