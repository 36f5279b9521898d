"""What `simulate` and `explore` are given to live: one run, or a story of several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agnt5_sim.api.one_run import OneRun
from agnt5_sim.api.sim import Sim
from agnt5_sim.api.told import Told, is_story
from agnt5_sim.platform.identity import Identity

if TYPE_CHECKING:
    from agnt5_sim.exploring.story import Script
    from agnt5_sim.life.answers import AnswerSource
    from agnt5_sim.life.settings import Settings


def script_of(
    target: Any, given: Any, answers: AnswerSource, ids: Identity, settings: Settings
) -> Script:
    """Return what is to be lived.

    Args:
        target: see `simulate`; so are the others.
        given: the input.
        answers: what people answer.
        ids: whose the run is.
        settings: what it is lived under.

    Raises:
        ValueError: a story was given what is for one run alone; or the answers say nothing.
    """
    if not is_story(target):
        return OneRun(target, given, answers, ids)
    for name, value, nothing in (
        ("input", given, None),
        ("answers", answers, ()),
        ("ids", ids, Identity()),
    ):
        if value != nothing:
            what = "run_id, session_id, user_id, tenant and streaming" if name == "ids" else name
            raise ValueError(
                f"{target.__qualname__} is a story, which submits its runs and answers them itself:"
                f" {what} cannot be given; say it in the story, with sim.submit and run.answer"
            )
    return Told(target, Sim(settings))
