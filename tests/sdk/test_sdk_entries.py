"""What the adapters put into the entries of a history, in the history's own terms."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import life_workflows as life
import pytest

from agnt5_sim import Policy, simulate
from agnt5_sim.sdk.generations.detect import installed
from agnt5_sim.sdk.generations.state_core import StateCore

GENERATION = installed().generation.letter


def events(history: Any, of: str, phase: str) -> list[Any]:
    """Return the data of the events that say this of that."""
    every = history.select("platform.emit", "platform.runtime")
    return [e.data for e in every if (e.data["of"], e.data["phase"]) == (of, phase)]


def test_a_life_begins_with_what_a_reader_needs(profile):
    """The generation, the wall clock, and what was chosen: as data, not as a text."""
    history = simulate(
        life.life_small, profile=profile, start=60, policy=Policy(durability="tail-loss(2)")
    ).history
    began = history[0].data
    assert GENERATION == began["generation"]
    assert 60 * 10**9 + simulate(life.life_small).history[0].data["began_ns"] == began["began_ns"]
    assert {
        "recovery": "both",
        "sleep_records": "started",
        "durability": "tail-loss(2)",
        "lease": 30.0,
        "buffered": True,
        "tail": 2,
    } == dict(began["policy"])
    assert isinstance(hash((began["policy"], began["envelope"])), int)  # nobody can change them


def test_an_attempt_that_recovers_is_marked_as_a_replay(profile):
    """Generation A marks one to which steps are known, generation E announces only the others."""
    points = simulate(life.life_small, profile=profile).points
    last = points[-1] if GENERATION == "A" else next(p for p in points if p.kind == "body")
    history = simulate(life.life_small, profile=profile, faults=f"kill before {last}").history
    assert [False, True] == [data["replay"] for data in events(history, "workflow", "started")]


def test_the_end_of_a_workflow_says_what_came_of_it(profile):
    """Where its event does; that of generation A does not."""
    data = events(simulate(life.life_small, profile=profile).history, "workflow", "completed")[-1]
    assert (None if GENERATION == "A" else b"1") == data.get("output")


def test_a_question_that_is_answered_says_which_and_what(profile):
    """Where its event does; generation A has none."""
    history = simulate(life.life_two_questions, profile=profile, answers=["a", "b"]).history
    said = {
        (data["answer_to"], json.loads(data["output"]))
        for data in events(history, "step", "completed")
        if "answer_to" in data
    }
    assert (set() if GENERATION == "A" else {(0, "a")}) == {pair for pair in said if pair[0] == 0}


def test_an_answer_is_told_as_it_was_given_and_as_it_is_to_be_seen(profile):
    """Skipped and custom answers have a wire form."""
    answers = ["__skip__", "__custom__:blue"]
    history = simulate(life.life_two_questions, profile=profile, answers=answers).history
    told = [(e.data["value"], e.data["seen"]) for e in history.select("pause.answered")]
    assert [("__skip__", None), ("__custom__:blue", "blue")] == told


@pytest.mark.parametrize(
    ("about", "home"),
    [
        ({}, ("run:run-1", "run", "run-1")),
        ({"user_id": "u"}, ("user:u", "user", "u")),
        ({"session_id": "s"}, ("workflow:life_small:session:s", "session", "s")),
    ],
)
def test_a_submission_says_where_the_state_is_to_be(profile, about, home):
    """By the ids of the run."""
    (submitted,) = simulate(life.life_small, profile=profile, **about).history.select(
        "run.submitted"
    )
    assert home == submitted.data["home"]


@pytest.mark.parametrize(("entity", "own"), [("WorkflowEntity", True), ("Counter", False)])
def test_a_crossing_of_state_says_whose_it_is(entity, own):
    """A workflow's own state, or an entity of the program's."""
    told: list[dict[str, Any]] = []

    async def across(
        attempt: Any, kind: str, name: str, effect: Any, data: dict[str, Any], patience: Any
    ) -> Any:
        told.append(data)
        return b"", 0

    core = StateCore(SimpleNamespace(across=across), lambda _: None)  # type: ignore[arg-type]
    asyncio.run(core.py_get_cached_or_load(entity, "k", "run", "r"))
    asyncio.run(core.py_save_state(entity, "k", b"{}", 0, "run", "r"))
    assert [own, own] == [data["own"] for data in told]
