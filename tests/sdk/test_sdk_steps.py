"""Every way to call a step really runs, in every profile, and survives every crash."""

from __future__ import annotations

import pytest
import wf_steps as wf
from sdk_cases import Case, defects_of, named, reply

from agnt5_sim import explore, simulate

DROPPED = {"seed": "A05", "activation": "E05", "compat": "E05"}
SAME_NAME = {"seed": "A03", "compat": "E03"}
NESTED = {"compat": "E11"}

CASES = [
    Case(wf.sdk_function_reference, [4, 7]),
    Case(wf.sdk_named_awaitable, "a", defects=DROPPED),
    Case(wf.sdk_named_callable, ["bb", 3, 7]),
    Case(wf.sdk_legacy_name, {"described": 5}),
    Case(wf.sdk_bare_awaitable, "c", defects=DROPPED),
    Case(wf.sdk_task, 8),
    Case(wf.sdk_blocking_function, "HEY"),
    Case(wf.sdk_retried_by_hand, ["not yet", "at 1"]),
    Case(wf.sdk_function_retried_by_hand, "after the failure: 2"),
    Case(wf.sdk_nested, 3, defects=NESTED),
    Case(wf.sdk_nested_function, 3, defects=NESTED),
    Case(wf.sdk_nothing, [None, 0, "", False]),
    Case(
        wf.sdk_same_name,
        ["a", "b"],
        defects=SAME_NAME,
        output_in={"seed": ["a", "a"], "compat": ["a", "a"]},
    ),
    Case(wf.sdk_no_input, "done"),
    Case(wf.sdk_takes_input, {"order": "o", "count": 2}, given={"order_id": "o"}),
    Case(wf.sdk_plain_def, "plain"),
]


@pytest.mark.parametrize("streaming", [False, True], ids=["plain", "streaming"])
@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_step_returns_what_its_body_returns(case, profile, streaming):
    """The workflow runs to its end on the real SDK, delivered plainly or streamed."""
    outcome = simulate(case.workflow, case.given, profile=profile, streaming=streaming)
    assert (case.expected(profile), "completed") == (outcome.output, outcome.status)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_step_survives_every_kill(case, profile):
    """A kill at any one point breaks nothing, or shows the known defects and no other."""
    found = explore(case.workflow, case.given, profile=profile, answers=reply)
    assert case.known(profile) == defects_of(found)
    assert found.planned == found.runs


FAILING = [wf.sdk_failing_step, wf.sdk_failing_checkpoint]


@pytest.mark.parametrize("workflow", FAILING, ids=lambda w: w.__name__)
def test_the_error_of_a_step_ends_the_run(workflow, profile):
    """A step's exception that nobody handles is the run's error."""
    outcome = simulate(workflow, profile=profile)
    assert ("failed", "ValueError: no") == (outcome.status, outcome.error)


@pytest.mark.parametrize("workflow", FAILING, ids=lambda w: w.__name__)
def test_a_failing_run_survives_every_kill(workflow, profile):
    """A run that fails, fails in the same way wherever its worker is killed."""
    assert set() == defects_of(explore(workflow, profile=profile))


def test_the_order_of_steps_is_that_of_the_calls(profile):
    """A history names the steps of a run in the order in which they were called."""
    outcome = simulate(wf.sdk_named_callable, profile=profile)
    assert ["load", "compute", "lambda"] == [step.label for step in outcome.steps]


def test_a_nested_step_is_on_record_of_its_own(profile):
    """The step inside a step is told apart from the one around it, and each runs once."""
    outcome = simulate(wf.sdk_nested, profile=profile)
    assert {"outer": 1, "inner": 1} == {step.label: step.executions for step in outcome.steps}


def test_a_step_that_is_cancelled_says_so(profile):
    """Its body and its call end with a CancelledError, and are not left as if at work still."""
    outcome = simulate(wf.sdk_cancelled, profile=profile)
    assert "late" == outcome.output
    assert ["CancelledError: "] == [step.error for step in outcome.steps]
    ends = outcome.history.select("body.raised", "program.raised")
    assert [("body.raised", 5.0), ("program.raised", 5.0)] == [(e.kind, e.time) for e in ends]
    assert {"CancelledError"} == {entry.data["error_type"] for entry in ends}


def test_a_generator_that_is_cancelled_says_so(profile):
    """A step that streams is cancelled between two items."""
    outcome = simulate(wf.sdk_cancelled_generator, profile=profile)
    assert "late" == outcome.output
    assert ["CancelledError: "] == [step.error for step in outcome.steps]
