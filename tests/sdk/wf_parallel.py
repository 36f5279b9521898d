"""Workflows with several branches at once."""

from __future__ import annotations

import asyncio

from agnt5 import function, workflow


@function
async def sdk_quick(ctx, text: str) -> str:
    """Answer soon."""
    await asyncio.sleep(1)
    return text


@function
async def sdk_slow(ctx, text: str) -> str:
    """Answer late."""
    await asyncio.sleep(2)
    return text


@function
async def sdk_fails_soon(ctx) -> None:
    """Fail, while others are at work."""
    await asyncio.sleep(1)
    raise ValueError("soon")


async def fetch(what: str, seconds: float = 1) -> str:
    """Fetch something."""
    await asyncio.sleep(seconds)
    return what


@workflow
async def sdk_parallel(ctx) -> list:
    """Run steps of different functions with ctx.parallel."""
    return await ctx.parallel(ctx.step(sdk_quick, "a"), ctx.step(sdk_slow, "b"))


@workflow
async def sdk_parallel_slow_first(ctx) -> list:
    """Run steps with ctx.parallel of which the first is the last to be done."""
    return await ctx.parallel(ctx.step(sdk_slow, "a"), ctx.step(sdk_quick, "b"))


@workflow
async def sdk_parallel_alike(ctx) -> list:
    """Run one function three times with ctx.parallel."""
    return await ctx.parallel(*(ctx.step(sdk_quick, text) for text in "abc"))


@workflow
async def sdk_gather(ctx) -> dict:
    """Run steps with ctx.gather."""
    return await ctx.gather(one=ctx.step(sdk_quick, "a"), other=ctx.step(sdk_slow, "b"))


@workflow
async def sdk_asyncio_gather(ctx) -> list:
    """Run steps with asyncio.gather."""
    return list(await asyncio.gather(ctx.step(sdk_quick, "a"), ctx.step(sdk_slow, "b")))


@workflow
async def sdk_parallel_named(ctx) -> list:
    """Run steps given by name in parallel."""
    return await ctx.parallel(ctx.step("one", fetch, "a", 1), ctx.step("other", fetch, "b", 2))


@workflow
async def sdk_parallel_same_name(ctx) -> list:
    """Run steps of one name in parallel."""
    return await ctx.parallel(ctx.step("fetch", fetch, "a", 1), ctx.step("fetch", fetch, "b", 2))


@workflow
async def sdk_branches(ctx) -> list:
    """Run branches of two steps each in parallel."""

    async def branch(text: str, seconds: float) -> str:
        first = await ctx.step(f"first_{text}", fetch, text, seconds)
        return await ctx.step(sdk_quick, first)

    return await ctx.parallel(branch("a", 2), branch("b", 1))


@workflow
async def sdk_branches_named(ctx) -> list:
    """Run branches of two named steps each in parallel, no name twice."""

    async def branch(text: str, seconds: float) -> str:
        first = await ctx.step(f"first_{text}", fetch, text, seconds)
        return await ctx.step(f"second_{text}", fetch, first)

    return await ctx.parallel(branch("a", 2), branch("b", 1))


@workflow
async def sdk_failing_sibling(ctx) -> list:
    """Let a parallel step fail while another is at work."""
    return await ctx.parallel(ctx.step(sdk_fails_soon), ctx.step(sdk_slow, "b"))


@workflow
async def sdk_pausing_sibling(ctx) -> list:
    """Ask a person in one branch while another is at work."""
    return await ctx.parallel(ctx.wait_for_user("go on?"), ctx.step(sdk_slow, "b"))


@workflow
async def sdk_sleeping_sibling(ctx) -> list:
    """Sleep in one branch while another is at work."""
    return await ctx.parallel(ctx.sleep(10, name="rest"), ctx.step(sdk_slow, "b"))


@workflow
async def sdk_sleeping_together(ctx) -> list:
    """Sleep in two branches at once."""
    return await ctx.parallel(ctx.sleep(10, name="long"), ctx.sleep(5, name="short"))


@workflow
async def sdk_nested_parallel(ctx) -> list:
    """Run steps in parallel inside steps."""

    async def outer(text: str) -> list:
        return await ctx.parallel(
            ctx.step(f"{text}_x", fetch, text, 1), ctx.step(f"{text}_y", fetch, text, 2)
        )

    return await ctx.parallel(ctx.step("outer_a", outer, "a"), ctx.step("outer_b", outer, "b"))


@workflow
async def sdk_parallel_state(ctx) -> int:
    """Change the state from branches that run in parallel."""

    async def branch(text: str, seconds: float) -> None:
        await ctx.step(f"fetch_{text}", fetch, text, seconds)
        ctx.state.set("count", ctx.state.get("count", 0) + 1)

    await ctx.parallel(branch("a", 2), branch("b", 1))
    return ctx.state.get("count")


@workflow
async def sdk_rounds(ctx) -> list:
    """Run one round of parallel steps after the other: what is to be done instead of branches."""
    first = await ctx.parallel(ctx.step("a1", fetch, "a", 2), ctx.step("b1", fetch, "b", 1))
    return await ctx.parallel(*(ctx.step(sdk_quick, text) for text in first))


@workflow
async def sdk_patient_gather(ctx) -> list:
    """Let all branches end before any error counts."""
    got = await asyncio.gather(
        ctx.step(sdk_fails_soon), ctx.step(sdk_slow, "b"), return_exceptions=True
    )
    return [str(each) for each in got]
