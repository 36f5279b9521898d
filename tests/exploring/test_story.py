"""A story: each of its lives begins as the first did, and what it raises is kept or passed on."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from agnt5_sim import FaultPlan, History
from agnt5_sim.errors import AnswerRefused, Stuck
from agnt5_sim.exploring import Story
from agnt5_sim.exploring.story import Ending
from agnt5_sim.life.settings import Settings

SEEN: list[int] = []


class Ended(BaseException):
    """What is nothing of a story's."""


class Script:
    """Counts its lives in a module global, and raises in each what it is told to."""

    passes = (Ended,)
    failures = (BaseException,)

    def __init__(self, *raises: BaseException | None) -> None:
        self.programs = [self.play.__func__]
        self.found: list[int] = []
        self._raises = iter(raises)

    def living(self, settings: Settings) -> Any:
        """Open a life in which nothing is."""
        injector = SimpleNamespace(points=(), struck=(), missed=())
        return nullcontext(SimpleNamespace(history=History(), injector=injector))

    def play(self, life: Any) -> Ending:
        """Note what an earlier life left behind."""
        self.found.append(len(SEEN))
        SEEN.append(1)
        problem = next(self._raises, None)
        if problem is not None:
            raise problem
        return Ending()


@pytest.fixture(autouse=True)
def _nothing_seen():
    SEEN.clear()
    yield
    SEEN.clear()


def lives(*raises: BaseException | None) -> tuple[Story, list[Any]]:
    """Return a story, and its lives, of which each raises what is said."""
    story = Story(Script(*raises), Settings())
    return story, [story(FaultPlan(), seed, 0) for seed in range(max(2, len(raises)))]


def test_every_life_begins_with_what_the_first_began_with():
    """What one leaves in a module global the next does not find."""
    script = Script()
    story = Story(script, Settings())
    for _ in range(3):
        story(FaultPlan(), 0, 0)
    assert [0, 0, 0] == script.found


def test_what_a_story_left_behind_can_be_undone():
    """When it is told for the last time."""
    story, _ = lives()
    assert [1] == SEEN
    story.restore()
    assert [] == SEEN


def test_the_first_life_is_kept():
    """However many come after it."""
    story, (first, second) = lives()
    assert first is story.first
    assert first is not second


def test_what_a_story_finds_wrong_is_the_failure_of_that_life():
    """In words, and as it was raised; the next life knows nothing of it."""
    problem = AssertionError("two receipts")
    story = Story(Script(problem), Settings())
    assert "AssertionError: two receipts" in story(FaultPlan(), 0, 0).failure
    assert problem is story.raised
    assert "" == story(FaultPlan(), 0, 0).failure
    assert story.raised is None


@pytest.mark.parametrize("error", [Stuck, AnswerRefused])
def test_what_ends_a_life_from_outside_is_its_error(error):
    """It is no failure of the story's own."""
    _, (life, _) = lives(error("no end"))
    assert ("no end", "") == (life.error, life.failure)


def test_what_is_nothing_of_the_storys_is_passed_on():
    """Whoever asked for the life gets it."""
    with pytest.raises(Ended):
        lives(Ended())
