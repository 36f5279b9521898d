"""Sales are extracted, transformed and loaded, by three @functions in a row.

What a step returns is what the next one is given, whether it comes from the step itself or, after
a worker died, from its record: the same values, of the same types. A table is loaded once.
"""

from __future__ import annotations

import asyncio
from typing import Any

from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim

Row = dict[str, Any]


@function
async def extract_sales(ctx: FunctionContext, day: str) -> list[Row]:
    """Stand in for a query of the shop's database."""
    await asyncio.sleep(2)
    return [
        {"day": day, "country": "PT", "cents": 1250, "paid": True},
        {"day": day, "country": "NO", "cents": 800, "paid": False},
        {"day": day, "country": "PT", "cents": 450, "paid": True},
    ]


@function
async def total_by_country(
    ctx: FunctionContext, rows: list[Row], *, paid_only: bool = False
) -> dict[str, float]:
    """Add up, in whole currency."""
    totals: dict[str, float] = {}
    for row in rows:
        if row["paid"] or not paid_only:
            totals[row["country"]] = totals.get(row["country"], 0.0) + row["cents"] / 100
    return totals


@function
async def load_table(ctx: FunctionContext, table: str, totals: dict[str, float]) -> int:
    """Write the totals to the warehouse and return how many rows these are."""
    return write_rows(table, sorted(totals.items()))


def write_rows(table: str, rows: list[tuple[str, float]]) -> int:
    """Stand in for the warehouse."""
    return len(rows)


@workflow
async def sales_etl(ctx: WorkflowContext, day: str) -> dict[str, Any]:
    """Extract, transform, load."""
    rows: list[Row] = await ctx.step(extract_sales, day)
    totals: dict[str, float] = await ctx.step(total_by_country, rows, paid_only=True)
    written: int = await ctx.step(load_table, f"sales_{day}", totals)
    return {"extracted": len(rows), "totals": totals, "written": written}


async def scenario_etl(sim: Sim) -> None:
    """The totals are right, their types too, and the table is written once."""
    sim.effect(write_rows)

    result = await sim.run(sales_etl, {"day": "2026-01-31"})

    assert result == {"extracted": 3, "totals": {"PT": 17.0}, "written": 1}
    assert type(result["totals"]["PT"]) is float
