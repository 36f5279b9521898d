"""A life as a whole: what is noted when it ends."""

from __future__ import annotations

import asyncio

import pytest
from agnt5 import workflow

from agnt5_sim import simulate
from agnt5_sim.sdk.generations.detect import installed

PROFILES = installed().profiles


@workflow
async def life_drops_errors(ctx, how: str) -> int:
    """Raise where nobody awaits."""
    loop = asyncio.get_running_loop()
    if how == "callback":
        loop.call_soon(lambda: 1 / 0)
    elif how == "handler":
        loop.call_exception_handler({"message": "something went wrong"})
    elif how == "two":
        loop.call_soon(lambda: 1 / 0)
        loop.call_soon(lambda: int("x"))
    else:

        async def fails() -> None:
            raise ZeroDivisionError("in a task")

        task = asyncio.ensure_future(fails())
        await asyncio.sleep(1)
        del task
    await asyncio.sleep(1)
    return 1


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("how", "errors"),
    [
        ("callback", ["ZeroDivisionError: division by zero"]),
        ("task", ["ZeroDivisionError: in a task"]),
        ("handler", [""]),
        (
            "two",
            [
                "ZeroDivisionError: division by zero",
                "ValueError: invalid literal for int() with base 10: 'x'",
            ],
        ),
    ],
)
def test_an_error_that_nobody_awaited_is_noted(how, errors, profile):
    """Every one, with what it was; and the life breaks a guarantee by it."""
    outcome = simulate(life_drops_errors, how, profile=profile)
    noted = outcome.history.select("world.unhandled")
    assert errors == [entry.data["error"] for entry in noted]
    assert {"unretrieved"} == {
        found.cause for found in outcome.violations if found.guarantee == "world.awaited"
    }


@pytest.mark.parametrize("profile", PROFILES)
def test_what_went_wrong_is_noted_in_words(profile):
    """What the loop was told."""
    outcome = simulate(life_drops_errors, "handler", profile=profile)
    (noted,) = outcome.history.select("world.unhandled")
    assert "something went wrong" == noted.name
