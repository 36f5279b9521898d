"""A trip is planned in three questions, each asked once, each answer reaching its own question.

Every answer starts the workflow from the top again: the steps and the questions before it are
answered from their records, also when a worker dies in between. The second question is put
together from the first answer, so that an answer in the wrong place would show at once.
"""

from __future__ import annotations

from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import Sim


@function
async def book_trip(ctx: FunctionContext, city: str, nights: str, breakfast: str) -> str:
    """Book what was agreed on."""
    return f"{nights} nights in {city}, breakfast: {breakfast}"


@workflow
async def plan_trip(ctx: WorkflowContext) -> str:
    """Ask where, how long and how; then book."""
    city = await ctx.wait_for_user("Which city?")
    nights = await ctx.wait_for_user(f"How many nights in {city}?")
    breakfast = await ctx.wait_for_user("With breakfast?")
    booked: str = await ctx.step(book_trip, city, nights, breakfast)
    return booked


async def scenario_three_questions(sim: Sim) -> None:
    """Three answers in turn make one booking."""
    run = await sim.submit(plan_trip)

    for index, answer in enumerate(["Lisbon", "3", "yes"]):
        assert (await run.paused()).index == index
        await run.answer(answer)

    assert await run.result() == "3 nights in Lisbon, breakfast: yes"
    assert [(pause.question, pause.answer) for pause in run.pauses] == [
        ("Which city?", "Lisbon"),
        ("How many nights in Lisbon?", "3"),
        ("With breakfast?", "yes"),
    ]
