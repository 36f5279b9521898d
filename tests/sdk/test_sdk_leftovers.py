"""Which context variables an attempt counts as having left set."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context

import pytest
from agnt5 import context as sdk_context

from agnt5_sim.sdk.leftovers import left_set

MINE: ContextVar[int] = ContextVar("mine", default=0)
NUMBERED: ContextVar[tuple] = ContextVar("agnt5_step_event_stack_140517875679824", default=())
SDKS = sdk_context._current_context


def left_by(attempt: Callable[[], None], prepare: Callable[[], None] = lambda: None) -> list[str]:
    """Return what an attempt leaves set in a context of its own."""

    def run() -> list[str]:
        prepare()
        before = copy_context()
        attempt()
        return left_set(before)

    return Context().run(run)


def test_a_variable_of_the_sdks_is_named():
    """One that was not set before, or had another value."""
    assert [SDKS.name] == left_by(lambda: SDKS.set("mine"))
    assert [SDKS.name] == left_by(lambda: SDKS.set("mine"), lambda: SDKS.set("another's"))


def test_a_variable_made_for_one_run_goes_by_its_name_without_its_number():
    """Its number is an address, and differs from life to life."""
    assert ["agnt5_step_event_stack"] == left_by(lambda: NUMBERED.set(("step",)))


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: None,
        lambda: SDKS.reset(SDKS.set("mine")),
        lambda: NUMBERED.set(()),
        lambda: MINE.set(1),
    ],
    ids=["nothing", "reset", "set to its default", "the program's own"],
)
def test_what_is_as_it_was_is_not_named(attempt):
    """Nor is what a program sets of its own: it ends with the attempt."""
    assert [] == left_by(attempt)
