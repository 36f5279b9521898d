"""The smallest workflows that show the SDK's defects; each is right by the SDK's own words."""

from __future__ import annotations

import asyncio

from agnt5 import function, workflow
from pydantic import BaseModel


class Model(BaseModel):
    """What a step may return by the SDK's documentation."""

    id: int


@function
async def sdk_d_echo(ctx, text: str) -> str:
    """Return what it is given, a second later."""
    await asyncio.sleep(1)
    return text


@function
async def sdk_d_fail(ctx) -> None:
    """Fail a second later."""
    await asyncio.sleep(1)
    raise ValueError("failed")


@function(name="sdk_d_registered")
async def sdk_d_renamed(ctx) -> int:
    """Be registered under another name."""
    return 1


@function
async def sdk_d_words(ctx):
    """Stream, as a component of its own."""
    yield "word"


@function
async def sdk_d_default(ctx, one: object = "default", other: object = "default") -> list:
    """Show what arrived."""
    return [one, other]


@function
async def sdk_d_plain(number: int) -> int:
    """Take no context, as the SDK's docstring of @function shows it."""
    return number


@function(retries=3)
async def sdk_d_retried(ctx) -> None:
    """Fail always, and be tried three times."""
    raise ValueError("failed")


async def echo(text: str, seconds: float = 1) -> str:
    """Return a text some seconds later."""
    await asyncio.sleep(seconds)
    return text


async def items():
    """Stream one item."""
    yield 1


@workflow
async def sdk_d_nothing(ctx) -> None:
    """Do nothing at all."""


@workflow
async def sdk_d_parallel(ctx) -> list:
    """Two steps at once."""
    return await ctx.parallel(ctx.step(sdk_d_echo, "a"), ctx.step(sdk_d_echo, "b"))


@workflow
async def sdk_d_loop(ctx) -> list:
    """Two steps of one name."""
    return [await ctx.step("echo", echo, text) for text in "ab"]


@workflow
async def sdk_d_branches(ctx) -> list:
    """Two branches of two steps, of which the second is ahead of the first."""

    async def branch(text: str, seconds: float) -> str:
        await ctx.step(f"wait_{text}", echo, text, seconds)
        return await ctx.step(sdk_d_echo, text)

    return await ctx.parallel(branch("a", 2), branch("b", 1))


@workflow
async def sdk_d_awaitable(ctx) -> str:
    """An awaitable, given to a step."""
    return await ctx.step("echo", echo("a"))


@workflow
async def sdk_d_failing_branch(ctx) -> list:
    """One branch that fails while another is at work."""
    return await ctx.parallel(ctx.step(sdk_d_fail), ctx.step("slow", echo, "a", 2))


@workflow
async def sdk_d_sleeping_branches(ctx) -> list:
    """Two sleeps at once: ten seconds together."""
    return await ctx.parallel(ctx.sleep(10, name="long"), ctx.sleep(5, name="short"))


@workflow
async def sdk_d_polling(ctx) -> None:
    """Two sleeps of one name: two minutes together."""
    await ctx.sleep(60, name="poll")
    await ctx.sleep(60, name="poll")


@workflow
async def sdk_d_count_and_ask(ctx) -> int:
    """Count to one, and ask."""
    ctx.state.set("count", ctx.state.get("count", 0) + 1)
    await ctx.wait_for_user("go on?")
    return ctx.state.get("count")


@workflow
async def sdk_d_count_and_sleep(ctx) -> int:
    """Count to one, and sleep."""
    ctx.state.set("count", ctx.state.get("count", 0) + 1)
    await ctx.sleep(60, name="minute")
    return ctx.state.get("count")


@workflow
async def sdk_d_mark(ctx, mark: str) -> None:
    """Leave a mark in the state of a user, a second later."""
    await ctx.step("wait", echo, mark)
    ctx.state.set(mark, True)


@workflow
async def sdk_d_ask(ctx) -> str:
    """Ask for text."""
    return await ctx.wait_for_user("what?")


@workflow
async def sdk_d_step_and_ask(ctx) -> str:
    """A step, and a question."""
    await ctx.step(sdk_d_echo, "a")
    return await ctx.wait_for_user("what?")


@workflow
async def sdk_d_ask_twice(ctx) -> list:
    """Ask twice."""
    return [await ctx.wait_for_user("first?"), await ctx.wait_for_user("second?")]


@workflow
async def sdk_d_ask_in_step(ctx) -> str:
    """Ask inside a step."""

    async def ask() -> str:
        return await ctx.wait_for_user("what?")

    return await ctx.step("ask", ask)


@workflow
async def sdk_d_ask_in_branches(ctx) -> list:
    """Ask in two branches, of which the second asks first."""

    async def branch(text: str, seconds: float) -> str:
        await ctx.step(f"wait_{text}", echo, text, seconds)
        return await ctx.wait_for_user(f"{text}?")

    return await ctx.parallel(branch("a", 2), branch("b", 1))


@workflow
async def sdk_d_stream(ctx) -> int:
    """A step that streams."""
    return await ctx.step("items", items)


@workflow
async def sdk_d_model_and_ask(ctx) -> str:
    """A model from a step, and a question."""
    model = await ctx.step("model", lambda: Model(id=1))
    await ctx.wait_for_user("go on?")
    return type(model).__name__


@workflow
async def sdk_d_other_name(ctx) -> int:
    """A @function under another name."""
    return await ctx.step(sdk_d_renamed)


@workflow
async def sdk_d_step_in_step(ctx) -> str:
    """A step inside a step."""

    async def outer() -> str:
        return await ctx.step("inner", echo, "a")

    return await ctx.step("outer", outer)


@workflow
async def sdk_d_steps_after_a_nested_one(ctx) -> list:
    """Steps that follow one with a step inside."""

    async def outer() -> str:
        return await ctx.step("inner", echo, "a")

    await ctx.step("outer", outer)
    return [await ctx.step(sdk_d_echo, text) for text in "bc"]


@workflow
async def sdk_d_unwritable(ctx) -> None:
    """A step whose result cannot be written down."""
    await ctx.step("object", object)


@workflow
async def sdk_d_timeout(ctx) -> str:
    """A timeout around a step, and a step after it."""
    try:
        async with asyncio.timeout(5):
            return await ctx.step("slow", asyncio.sleep, 100)
    except TimeoutError:
        return await ctx.step("after", echo, "late")


@workflow
async def sdk_d_timeout_function(ctx) -> str:
    """A timeout around a @function."""
    try:
        async with asyncio.timeout(0.5):
            return await ctx.step(sdk_d_echo, "a")
    except TimeoutError:
        return "late"


@workflow
async def sdk_d_wait_for(ctx) -> str:
    """A timeout around a step, in the older way."""
    try:
        return await asyncio.wait_for(ctx.step("slow", asyncio.sleep, 100), 5)
    except TimeoutError:
        return "late"


@workflow
async def sdk_d_task_group(ctx) -> str:
    """A step whose sibling fails."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(ctx.step("slow", asyncio.sleep, 100))
            group.create_task(ctx.step(sdk_d_fail))
    except* ValueError:
        pass
    return "late"


@workflow
async def sdk_d_first_completed(ctx) -> str:
    """A step that lost a race."""
    slow = asyncio.create_task(ctx.step("slow", asyncio.sleep, 100))
    fast = asyncio.create_task(ctx.step("fast", echo, "late"))
    await asyncio.wait({slow, fast}, return_when=asyncio.FIRST_COMPLETED)
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)
    return await fast


@workflow
async def sdk_d_timeout_inside(ctx) -> str:
    """A timeout within a step."""

    async def slow() -> None:
        async with asyncio.timeout(5):
            await asyncio.sleep(100)

    try:
        return await ctx.step("slow", slow)
    except TimeoutError:
        return "late"


@workflow
async def sdk_d_timeout_sleep(ctx) -> str:
    """A timeout around a sleep."""
    try:
        async with asyncio.timeout(5):
            await ctx.sleep(100)
    except TimeoutError:
        return "late"
    return "slept"


@workflow
async def sdk_d_stream_model(ctx) -> int:
    """A model from a step, of which only the presence counts."""
    return 1 if await ctx.step("model", lambda: Model(id=1)) else 0


@workflow
async def sdk_d_none_first(ctx) -> list:
    """None as the first argument of a @function."""
    return await ctx.step(sdk_d_default, None, "x")


@workflow
async def sdk_d_without_context(ctx) -> int:
    """A @function that takes no context."""
    return await ctx.step(sdk_d_plain, 1)


@workflow
async def sdk_d_retry(ctx) -> None:
    """A @function with retries."""
    await ctx.step(sdk_d_retried)
