"""A quote is worked out with a real currency service, whose place a stub takes.

The step's own body opens a connection. Under simulation that is refused, with an error that names
the step and shows the line that is the first of this scenario: let something else stand in for
the body. The step is a step all the same, with its record, its replay and its points to die at.
"""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim


@function
async def exchange_rate(ctx: FunctionContext, base: str, target: str) -> float:
    """Ask the currency service. This is production code: nothing in it knows of a test."""
    url = f"https://rates.example.com/{base}/{target}"
    with urllib.request.urlopen(url) as reply:  # noqa: ASYNC210 - never run here
        return float(json.load(reply)["rate"])


@workflow
async def quote_price(ctx: WorkflowContext, cents: int, currency: str) -> dict[str, Any]:
    """Quote a price in the customer's currency."""
    rate: float = await ctx.step(exchange_rate, "EUR", currency)
    return {"currency": currency, "cents": round(cents * rate)}


async def scenario_stubbed_service(sim: Sim) -> None:
    """The stub is given what the body would have been given."""
    sim.stub(exchange_rate, side_effect=lambda base, target: {"EURNOK": 11.5}[base + target])

    quote = await sim.run(quote_price, {"cents": 200, "currency": "NOK"})

    assert quote == {"currency": "NOK", "cents": 2300}
