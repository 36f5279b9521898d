"""Workflows that sleep and that ask people."""

from __future__ import annotations

import warnings

from agnt5 import function, workflow

OPTIONS = [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]


@function
async def sdk_note(ctx, text: str) -> str:
    """Note something."""
    return f"noted {text}"


async def reserve(order_id: str) -> dict:
    """Reserve an order."""
    return {"reserved": order_id}


@workflow
async def sdk_careful(ctx, order_id: str) -> dict:
    """Do everything as the SDK asks for."""
    reserved = await ctx.step("reserve", reserve, order_id)
    await ctx.sleep(3600, name="hold")
    ok = await ctx.wait_for_user("ship?", input_type="approval", options=OPTIONS)
    return {"reserved": reserved, "ok": ok}


@workflow
async def sdk_careful_sleep(ctx, order_id: str) -> dict:
    """Take a step and sleep as the SDK asks for."""
    reserved = await ctx.step("reserve", reserve, order_id)
    await ctx.sleep(3600, name="hold")
    return {"reserved": reserved}


@workflow
async def sdk_careful_question(ctx, order_id: str) -> dict:
    """Take a step and ask as the SDK asks for."""
    reserved = await ctx.step("reserve", reserve, order_id)
    ok = await ctx.wait_for_user("ship?", input_type="approval", options=OPTIONS)
    return {"reserved": reserved, "ok": ok}


@workflow
async def sdk_named_sleep(ctx) -> str:
    """Sleep under a name, between steps."""
    await ctx.step(sdk_note, "before")
    await ctx.sleep(3600, name="hour")
    return await ctx.step(sdk_note, "after")


@workflow
async def sdk_unnamed_sleeps(ctx) -> str:
    """Sleep twice, without names."""
    await ctx.sleep(10)
    await ctx.sleep(20)
    return "rested"


@workflow
async def sdk_no_sleep(ctx) -> str:
    """Sleep for no time at all."""
    await ctx.sleep(0)
    await ctx.sleep(0, name="nothing")
    return await ctx.step(sdk_note, "on")


@workflow
async def sdk_float_sleep(ctx) -> str:
    """Sleep for a part of a second."""
    await ctx.sleep(0.25, name="blink")
    return "awake"


@workflow
async def sdk_same_sleep(ctx) -> str:
    """Sleep twice under one name, as a loop does."""
    for _ in range(2):
        await ctx.sleep(60, name="poll")
    return "polled"


@workflow
async def sdk_text(ctx) -> str:
    """Ask for text."""
    return await ctx.wait_for_user("which city?")


@workflow
async def sdk_approval(ctx) -> dict:
    """Ask for an approval between steps."""
    before = await ctx.step(sdk_note, "before")
    answer = await ctx.wait_for_user("ship?", input_type="approval", options=OPTIONS)
    after = await ctx.step(sdk_note, answer)
    return {"before": before, "after": after}


@workflow
async def sdk_choice(ctx) -> str:
    """Ask for a choice, by the word both generations know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return await ctx.wait_for_user("which?", input_type="choice", options=OPTIONS)


@workflow
async def sdk_select(ctx) -> str:
    """Ask for one of several."""
    return await ctx.wait_for_user("which?", input_type="select", options=OPTIONS)


@workflow
async def sdk_multiselect(ctx) -> str:
    """Ask for some of several."""
    return await ctx.wait_for_user("which?", input_type="multiselect", options=OPTIONS)


@workflow
async def sdk_skippable(ctx) -> list:
    """Ask what may be skipped, and what may be answered freely."""
    return [
        await ctx.wait_for_user("which?", input_type="select", options=OPTIONS, skippable=True),
        await ctx.wait_for_user("which?", input_type="select", options=OPTIONS, allow_custom=True),
    ]


@workflow
async def sdk_three_questions(ctx) -> list:
    """Ask three times in a row."""
    return [await ctx.wait_for_user(f"number {number}?") for number in range(3)]


@workflow
async def sdk_questions_and_steps(ctx) -> list:
    """Ask twice, with steps before, between and after."""
    got = [await ctx.step(sdk_note, "a")]
    got.append(await ctx.wait_for_user("first?"))
    got.append(await ctx.step(sdk_note, "b"))
    got.append(await ctx.wait_for_user("second?"))
    got.append(await ctx.step("last", reserve, "c"))
    return got


@workflow
async def sdk_question_in_step(ctx) -> str:
    """Ask inside a step."""

    async def ask() -> str:
        return await ctx.wait_for_user("inside?")

    return await ctx.step("ask", ask)


@workflow
async def sdk_awaitable_and_pause(ctx) -> list:
    """Hand a coroutine to a step that a pause replays."""
    return [await ctx.step("reserve", reserve("o")), await ctx.wait_for_user("ok?")]


@workflow
async def sdk_sleep_in_step(ctx) -> str:
    """Sleep durably inside a step."""

    async def wait() -> str:
        await ctx.sleep(30, name="inside")
        return "slept"

    return await ctx.step("wait", wait)
