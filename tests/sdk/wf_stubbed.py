"""Workflows whose steps reach for the outside world, and are stubbed or watched."""

from __future__ import annotations

from agnt5 import function, workflow

import agnt5_sim

SENT: list[str] = []
PAID: list[str] = []


class OutsideReached(RuntimeError):
    """A body ran that a stub should have stood in for."""


@function
async def sdk_charge(ctx, amount: int, currency: str = "EUR") -> dict:
    """Charge a card, which no test may do."""
    raise OutsideReached


@function
async def sdk_feed(ctx, count: int):
    """Stream from the outside, which no test may do."""
    raise OutsideReached
    yield count


async def fetch(url: str) -> str:
    """Fetch something, which no test may do."""
    raise OutsideReached


def compute(number: int) -> int:
    """Compute something expensive, which no test may do."""
    raise OutsideReached


@workflow
async def sdk_stubbed_function(ctx) -> dict:
    """Call the @function."""
    return await ctx.step(sdk_charge, 5, currency="USD")


@workflow
async def sdk_stubbed_twice(ctx) -> list:
    """Call the @function twice."""
    return [await ctx.step(sdk_charge, 1), await ctx.step(sdk_charge, 2)]


@workflow
async def sdk_stubbed_stream(ctx) -> list:
    """Call the @function that streams."""
    return await ctx.step(sdk_feed, 3)


@workflow
async def sdk_stubbed_coroutine(ctx) -> str:
    """Hand a coroutine to a step."""
    return await ctx.step("get page", fetch("x"))


@workflow
async def sdk_stubbed_callables(ctx) -> list:
    """Hand callables of both kinds to steps."""
    return [await ctx.step("page", fetch, "x"), await ctx.step("number", compute, 1)]


@workflow
async def sdk_handled(ctx) -> str:
    """Handle the error of a step."""
    try:
        return await ctx.step("page", fetch, "x")
    except ValueError as error:
        return f"handled {error}"


@agnt5_sim.effect
def send(text: str) -> None:
    """Send something, and matter."""
    SENT.append(text)


@agnt5_sim.effect
async def send_later(text: str) -> None:
    """Send something, and matter, asynchronously."""
    SENT.append(text)


def pay(order_id: str) -> None:
    """Pay; declared where it is simulated."""
    PAID.append(order_id)


@workflow
async def sdk_sending(ctx) -> None:
    """Send inside steps, and once outside of any."""
    await ctx.step("sync", send, "one")
    await ctx.step("async", send_later, "two")
    send("three")


@workflow
async def sdk_paying(ctx) -> None:
    """Pay inside a step, by way of a closure."""

    async def body() -> None:
        pay("o")

    await ctx.step("pay", body)
