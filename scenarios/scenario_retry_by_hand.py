"""A flaky service is tried again by the workflow itself, each try a step of its own.

The service refuses twice and answers the third time. Between tries the workflow waits, twice as
long each time, with a durable sleep: a worker that dies makes nobody wait from the beginning.
Every try has a name of its own, by which a replay knows it.

A step that raised leaves no record. Whenever the workflow is begun again, after a death and after
a sleep for which the run was suspended, a try that was refused is made once more: fine where the
refusal will be the same, as in the first scenario, and costly where it need not be. The second
makes the refusal a *result*, which is kept, so that the service is asked three times and no more.
"""

from __future__ import annotations

from typing import Any

from agnt5 import WorkflowContext, workflow

from agnt5_sim import Sim


class BusyError(Exception):
    """The service cannot answer just now."""


async def ask_service(attempt: int) -> str:
    """Stand in for a service that answers the third try, told by its number which one it is."""
    if attempt < 3:
        raise BusyError(f"busy at try {attempt}")
    return f"answered at try {attempt}"


async def ask_metered_service(attempt: int) -> str:
    """Stand in for another, of which every call is paid for."""
    return await ask_service(attempt)


async def try_metered_service(attempt: int) -> dict[str, str]:
    """Ask, and make what comes of it a result."""
    try:
        return {"answer": await ask_metered_service(attempt)}
    except BusyError as error:
        return {"refusal": str(error)}


@workflow
async def retry_by_hand(ctx: WorkflowContext) -> dict[str, Any]:
    """Try up to four times, waiting 10, 20 and 40 seconds."""
    refusals: list[str] = []
    for attempt in range(1, 5):
        try:
            answer: str = await ctx.step(f"ask_{attempt}", ask_service, attempt)
        except BusyError as error:
            refusals.append(str(error))
            await ctx.sleep(10 * 2 ** (attempt - 1), name=f"back_off_{attempt}")
        else:
            return {"answer": answer, "refusals": refusals}
    raise BusyError(f"gave up after {len(refusals)} tries")


@workflow
async def retry_on_record(ctx: WorkflowContext) -> dict[str, Any]:
    """Do the same, with refusals on record."""
    refusals: list[str] = []
    for attempt in range(1, 5):
        reply: dict[str, str] = await ctx.step(f"ask_{attempt}", try_metered_service, attempt)
        if "answer" in reply:
            return {"answer": reply["answer"], "refusals": refusals}
        refusals.append(reply["refusal"])
        await ctx.sleep(10 * 2 ** (attempt - 1), name=f"back_off_{attempt}")
    raise BusyError(f"gave up after {len(refusals)} tries")


EXPECTED = {"answer": "answered at try 3", "refusals": ["busy at try 1", "busy at try 2"]}


async def scenario_retry_by_hand(sim: Sim) -> None:
    """Two refusals and two waits later there is an answer."""
    assert await sim.run(retry_by_hand) == EXPECTED
    assert sim.clock.elapsed() >= 10 + 20


async def scenario_retry_on_record(sim: Sim) -> None:
    """The same comes of it, and no try is paid for again."""
    sim.effect(ask_metered_service)

    assert await sim.run(retry_on_record) == EXPECTED
    assert sim.clock.elapsed() >= 10 + 20
