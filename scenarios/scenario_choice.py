"""A person chooses the model that a text is to be summarised with.

`input_type="select"` is what the current SDK calls one of several, and the seed hands any word on
as it is: it is the spelling for both. The seed's own word, "choice", has come to mean *several*
of several, and warns; the second scenario is about workflows that still use it.
"""

from __future__ import annotations

import warnings

import agnt5
import pytest
from agnt5 import FunctionContext, WorkflowContext, function, workflow

from agnt5_sim import AnswerRefused, Sim

MODELS = [{"id": "small", "label": "Small and quick"}, {"id": "large", "label": "Large"}]
SEED = agnt5.__version__.startswith("0.3.")


@function
async def summarise(ctx: FunctionContext, model: str, text: str) -> str:
    """Stand in for a language model."""
    return f"{model}: {text.partition(' ')[0]}…"


@workflow
async def summarise_with_choice(ctx: WorkflowContext, text: str) -> str:
    """Ask for the model, then summarise."""
    model = await ctx.wait_for_user("Which model?", input_type="select", options=MODELS)
    summary: str = await ctx.step(summarise, model, text)
    return summary


@workflow
async def summarise_with_old_choice(ctx: WorkflowContext, text: str) -> str:
    """Do the same as it was written for the seed."""
    model = await ctx.wait_for_user("Which model?", input_type="choice", options=MODELS)
    summary: str = await ctx.step(summarise, model, text)
    return summary


async def scenario_choice(sim: Sim) -> None:
    """Only what was offered can be chosen, and the choice is what the step is given."""
    run = await sim.submit(summarise_with_choice, {"text": "Once upon a time"})

    pause = await run.paused()
    assert (pause.input_type, pause.options) == ("select", ("small", "large"))
    with pytest.raises(AnswerRefused):
        await run.answer("medium")
    await run.answer("large")

    assert await run.result() == "large: Once…"


async def scenario_choice_by_its_old_name(sim: Sim) -> None:
    """The old word still works; the current SDK warns of it and takes it for "multiselect"."""
    with warnings.catch_warnings() if SEED else pytest.warns(DeprecationWarning, match="choice"):
        run = await sim.submit(summarise_with_old_choice, {"text": "Once upon a time"})
        pause = await run.paused()
        assert pause.input_type == ("choice" if SEED else "multiselect")
        await run.answer("small")
        assert await run.result() == "small: Once…"
