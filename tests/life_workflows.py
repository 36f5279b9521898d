"""Workflows that the tests of simulate() and explore() live."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import AsyncIterator

from agnt5 import function, workflow

OPTIONS = [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]


@function
async def life_charge(ctx, order_id: str) -> dict:
    """Charge, slowly."""
    await asyncio.sleep(1)
    return {"id": f"ch_{order_id}"}


@workflow
async def life_order(ctx, order_id: str, count: int = 1) -> dict:
    """Charge, hold and ask."""
    charged = await ctx.step(life_charge, order_id)
    await ctx.sleep(3600, name="hold")
    answer = await ctx.wait_for_user("ship?", input_type="approval", options=OPTIONS)
    return {"charge": charged["id"], "count": count, "answer": answer}


@workflow
async def life_small(ctx) -> int:
    """Do one thing."""
    return await ctx.step("one", lambda: 1)


@workflow
async def life_two_questions(ctx) -> list:
    """Ask twice."""
    return [await ctx.wait_for_user("city?"), await ctx.wait_for_user("street?")]


@workflow
async def life_fails(ctx) -> None:
    """Fail."""
    raise ValueError("out of stock")


@workflow
async def life_times_itself(ctx) -> dict:
    """Tell how long it took, by the clock in its steps and by its own."""
    began = time.monotonic()
    first = await ctx.step("first", time.time)
    await ctx.step("work", int)
    last = await ctx.step("last", time.time)
    await ctx.sleep(3600, name="rest")
    return {"work": int(last - first), "all": round(time.monotonic() - began), "steps": 3}


async def life_in_the_background() -> int:
    """Do something beside."""
    await asyncio.sleep(0)
    return 1


async def life_numbers() -> AsyncIterator[int]:
    """Count, for whoever listens to the end."""
    yield 1
    yield 2


async def life_creates(how: str) -> int:
    """Create one task, in the body of a step, or let something else create it."""
    loop = asyncio.get_running_loop()
    if how == "task":
        return await asyncio.create_task(life_in_the_background())
    if how == "generator":
        async for number in life_numbers():
            return number
    if how == "callback":
        loop.call_later(1, lambda: asyncio.ensure_future(life_in_the_background()))
        await asyncio.sleep(2)
    else:
        task = asyncio.ensure_future(life_in_the_background())
        task.add_done_callback(lambda _: asyncio.ensure_future(life_in_the_background()))
        await task
    return 1


@workflow
async def life_creates_and_branches(ctx, how: str) -> list:
    """Let a step create tasks, and then have branches of its own."""
    await ctx.step("first", life_creates, how)
    return list(await asyncio.gather(ctx.step("a", int), ctx.step("b", int)))


@workflow
async def life_has_it_raced(ctx) -> dict:
    """Take the first offer that comes, of two."""

    async def quick() -> str:
        await ctx.step("ping", asyncio.sleep, 0.5)
        await ctx.step("pong", asyncio.sleep, 0.5)
        return await ctx.step("quote-a", asyncio.sleep, 0.5, "A")

    async def long() -> str:
        return await ctx.step("quote-b", asyncio.sleep, 2, "B")

    winner = None
    for offer in asyncio.as_completed([asyncio.ensure_future(each) for each in (quick(), long())]):
        seen = await offer
        winner = winner or seen
    await ctx.step("order", int)
    return {"order_to": winner}


@workflow
async def life_in_a_hurry(ctx) -> str:
    """Have patience for a while, and go another way when it is over."""
    try:
        async with asyncio.timeout(5):
            await ctx.step("one", asyncio.sleep, 1)
            await ctx.step("two", asyncio.sleep, 1)
    except TimeoutError:
        return await ctx.step("give up", str)
    return "done"


@workflow
async def life_waits_for_nothing(ctx) -> None:
    """Wait for what nobody will bring."""
    await asyncio.Event().wait()


@workflow
async def life_sleeps(ctx, years: int) -> str:
    """Sleep for years."""
    await ctx.sleep(int(years * 365.25 * 86_400), name="long")
    return "awake"


@workflow
async def life_draws(ctx) -> dict:
    """Draw, in a step and kept by it."""
    return await ctx.step("draw", lambda: {"number": random.random(), "id": str(uuid.uuid4())})


@workflow
async def life_draws_outside(ctx) -> int:
    """Draw outside of a step, which no replay survives."""
    if random.random() < 0.5:
        await ctx.step("left", lambda: 1)
    else:
        await ctx.step("right", lambda: 1)
    return await ctx.step("last", lambda: 2)


async def life_ship() -> str:
    """Be an effect."""
    return "shipped"


@workflow
async def life_ships_outside(ctx) -> str:
    """Ship outside of a step, where each replay ships again."""
    shipped = await life_ship()
    await ctx.step("note", lambda: 1)
    return shipped


@workflow
async def life_ships(ctx) -> str:
    """Ship in a step."""
    return await ctx.step("ship", life_ship)


@workflow
async def life_remembers(ctx, name: str) -> dict:
    """Keep state, in the scope of a session."""
    count = ctx.state.get("count", 0) + 1
    ctx.state.set("count", count)
    return {"name": name, "count": count}


@workflow
async def life_many_steps(ctx, steps: int) -> int:
    """Do many things, one after another."""
    total = 0
    for number in range(steps):
        total += await ctx.step(f"add_{number}", lambda number=number: number)
    return total


@workflow
async def life_daily(ctx, days: int) -> int:
    """Sleep a day, many times over."""
    for day in range(days):
        await ctx.sleep(86_400, name=f"day-{day}")
    return days


@workflow
async def life_asks_often(ctx, times: int) -> int:
    """Ask many questions, one after the other."""
    for number in range(times):
        await ctx.wait_for_user(f"number {number}?")
    return times


@workflow
async def life_never_ends(ctx) -> None:
    """Take one step after the other, for ever."""
    number = 0
    while True:
        number += 1
        await ctx.step(f"step-{number}", life_nothing)


async def life_nothing() -> None:
    """Do nothing."""


@workflow
async def life_forgets(ctx) -> str:
    """Forget to await a step, and await others in roundabout ways."""
    ctx.step("audit", life_nothing)
    later = ctx.step("later", life_nothing)
    await asyncio.ensure_future(ctx.step("task", life_nothing))
    await later
    return "done"


KEPT: list = []


@workflow
async def life_keeps(ctx) -> str:
    """Keep a step that nobody has awaited yet where somebody still may."""
    KEPT.append(ctx.step("kept", life_nothing))
    return "done"
