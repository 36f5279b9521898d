"""Sleeps and questions, in every profile."""

from __future__ import annotations

import pytest
import wf_waits as wf
from sdk_cases import Case, defects_of, named, reply

from agnt5_sim import Policy, explore, simulate

SLEEPS = [
    Case(wf.sdk_named_sleep, "noted after"),
    Case(wf.sdk_unnamed_sleeps, "rested"),
    Case(wf.sdk_no_sleep, "noted on"),
    Case(wf.sdk_float_sleep, "awake"),
    Case(
        wf.sdk_same_sleep, "polled", defects={"seed": "A07", "activation": "E04", "compat": "E04"}
    ),
    Case(wf.sdk_sleep_in_step, "slept", defects={"activation": "E10", "compat": "E11"}),
]
QUESTIONS = [
    Case(wf.sdk_text, "answer 0"),
    Case(wf.sdk_approval, {"before": "noted before", "after": "noted yes"}),
    Case(wf.sdk_choice, "yes"),
    Case(wf.sdk_select, "yes"),
    Case(wf.sdk_multiselect, "yes"),
    Case(wf.sdk_three_questions, ["answer 0", "answer 1", "answer 2"]),
    Case(
        wf.sdk_questions_and_steps,
        ["noted a", "answer 0", "noted b", "answer 1", {"reserved": "c"}],
    ),
    Case(
        wf.sdk_question_in_step,
        "answer 0",
        defects={"seed": "A13", "activation": "E10", "compat": "E10 E11"},
    ),
    Case(
        wf.sdk_awaitable_and_pause,
        [{"reserved": "o"}, "answer 0"],
        defects={"seed": "A05", "activation": "E05", "compat": "E05"},
    ),
]
CASES = [*SLEEPS, *QUESTIONS]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_run_goes_on_after_it_waited(case, profile):
    """It sleeps, or is paused and answered, and then returns what it should."""
    outcome = simulate(case.workflow, profile=profile, answers=reply)
    assert (case.output, "completed") == (outcome.output, outcome.status)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_waiting_survives_every_kill(case, profile):
    """A kill at any one point breaks nothing, or shows the known defects and no other."""
    found = explore(case.workflow, profile=profile, answers=reply)
    assert case.known(profile) == defects_of(found)


@pytest.mark.parametrize(
    ("workflow", "seconds"),
    [
        (wf.sdk_named_sleep, 3600.0),
        (wf.sdk_unnamed_sleeps, 30.0),
        (wf.sdk_no_sleep, 0.0),
        (wf.sdk_float_sleep, 0.25),
    ],
)
def test_a_sleep_lasts_as_long_as_it_says(workflow, seconds, profile):
    """Virtual time passes for as long as was asked for, to the fraction of a second."""
    assert seconds == simulate(workflow, profile=profile).history[-1].time


def test_a_sleep_in_activations_suspends_the_run():
    """Where sleeps are durable the worker is free meanwhile: another attempt goes on."""
    from agnt5_sim.sdk.generations.detect import installed

    attempts = {p: simulate(wf.sdk_named_sleep, profile=p).attempts for p in installed().profiles}
    assert {"seed": 1, "activation": 2, "compat": 1}.items() >= attempts.items()


def test_a_question_nobody_answers_leaves_the_run_paused(profile):
    """Without an answer the run is paused, and that breaks no guarantee."""
    outcome = simulate(wf.sdk_text, profile=profile)
    assert ("paused", ()) == (outcome.status, outcome.violations)


def test_skipped_and_free_answers_reach_the_workflow_decoded():
    """Generation E has a wire form for a skipped and for a free answer; the workflow sees neither."""
    from agnt5_sim.sdk.generations.detect import installed

    for profile in set(installed().profiles) - {"seed"}:
        outcome = simulate(
            wf.sdk_skippable, profile=profile, answers=["__skip__", "__custom__:blue"]
        )
        assert [None, "blue"] == outcome.output


@pytest.mark.parametrize(
    "workflow",
    [
        wf.sdk_careful_sleep,
        wf.sdk_careful_question,
        pytest.param(
            wf.sdk_careful, marks=pytest.mark.slow(reason="pairs grow with the square of a life")
        ),
    ],
)
def test_a_careful_workflow_survives_every_pair_of_kills(workflow, profile):
    """A step, a sleep, a question, and all three, as the SDK asks for, pass a sweep of depth two."""
    found = explore(workflow, {"order_id": "o-1"}, depth=2, answers=reply, profile=profile)
    assert found.planned == found.check().runs


# -- what a pause reports ------------------------------------------------------------------


@pytest.mark.parametrize("recovery", ["both", "journal", "memo"])
def test_what_a_pause_reported_is_known_after_the_next_one_too(recovery, profile):
    """The SDK reports what ran in that attempt; the platform puts the reports together."""
    outcome = simulate(
        wf.sdk_questions_and_steps,
        profile=profile,
        answers=reply,
        policy=Policy(recovery=recovery),
    )
    assert outcome.check().status == "completed"


def test_a_pause_that_reports_too_little_is_found(profile, monkeypatch):
    """Where the journal tells an attempt nothing, the steps it leaves out run again."""
    adapter = "agnt5_sim.sdk.generations." + ("a" if profile == "seed" else "e_dispatch")
    monkeypatch.setattr(f"{adapter}.reported_steps", lambda _metadata: {})
    outcome = simulate(
        wf.sdk_questions_and_steps,
        profile=profile,
        answers=reply,
        policy=Policy(recovery="memo"),
    )
    found = {v.guarantee for v in outcome.violations if v.defect is None}
    # Activations are on record whatever a pause says.
    assert found == (set() if profile == "activation" else {"memo.once"})
