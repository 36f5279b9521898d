"""What the SDK's words say, in the history's terms."""

from __future__ import annotations

import json

import pytest

from agnt5_sim.sdk.protocol.causes import keeps, meaning
from agnt5_sim.sdk.protocol.events import SAID
from agnt5_sim.sdk.protocol.payloads import (
    answered_question,
    ended_with,
    output_of,
    replays,
    sleep_record,
)
from agnt5_sim.sdk.protocol.state import home_of
from agnt5_sim.sdk.protocol.tokens import seen


@pytest.mark.parametrize(
    ("event_type", "expected"),
    [
        ("run.started", ("run", "started")),
        ("workflow.completed", ("workflow", "completed")),
        ("workflow.step.failed", ("step", "failed")),
        ("workflow.state.changed", ("state", "changed")),
        ("function.started", ("function", "started")),
        ("output.delta", ("stream", "delta")),
        ("lm.content_block.delta", ("lm.content_block", "delta")),
        ("odd", ("", "odd")),
    ],
)
def test_a_type_says_of_what_and_which_phase(event_type, expected):
    """What the history has no term for is called what the SDK calls it."""
    assert expected == SAID[event_type]
    assert SAID[event_type] is SAID[event_type]


@pytest.mark.parametrize(
    ("given", "expected"),
    [("yes", "yes"), ("", ""), ("__skipped__", None), ("__skip__", None), ("__custom__:x", "x")],
)
def test_an_answer_is_seen_without_what_marks_it(given, expected):
    """Skipped and custom answers have a wire form."""
    assert expected == seen(given)


@pytest.mark.parametrize(
    ("component", "session_id", "user_id", "expected"),
    [
        ("flow", None, None, ("run:r", "run", "r")),
        ("flow", "s", None, ("workflow:flow:session:s", "session", "s")),
        ("", "s", None, ("session:s", "session", "s")),
        ("flow", "r", None, ("run:r", "run", "r")),
        ("flow", "s", "u", ("user:u", "user", "u")),
        ("flow", "", "", ("run:r", "run", "r")),
    ],
)
def test_a_state_is_kept_for_the_user_then_the_session_then_the_run(
    component, session_id, user_id, expected
):
    """A session that is the run is none."""
    assert ("WorkflowEntity", *expected) == home_of(component, "r", session_id, user_id)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("", ""),
        ("ValueError: no", ""),
        ("X: stable step key was reused with different input", "record-of-another"),
    ],
)
def test_an_error_means_something_where_its_text_is_known(error, expected):
    """Another error says nothing but itself."""
    assert expected == meaning(error)


@pytest.mark.parametrize(
    ("variable", "expected"), [("agnt5_step_event_stack", "open steps"), ("_trace_metadata", "")]
)
def test_a_variable_keeps_something_where_its_name_is_known(variable, expected):
    """Of another nobody knows."""
    assert expected == keeps(variable)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"is_replay": True}, True),
        ({"attempt": 1}, True),
        ({"attempt": "2"}, True),
        ({}, False),
        ({"is_replay": False}, False),
        ({"attempt": 0}, False),
        ({"attempt": None}, False),
    ],
)
def test_the_start_of_a_workflow_says_whether_it_is_a_replay(content, expected):
    """Generation A says is_replay, generation E counts attempts."""
    assert expected is replays(content)


@pytest.mark.parametrize(
    ("content", "expected"),
    [({"output_data": None}, b"null"), ({"output_data": [1]}, b"[1]"), ({"steps_count": 0}, None)],
)
def test_an_event_says_what_came_of_a_workflow(content, expected):
    """Null is an output too, and generation A says nothing."""
    assert expected == output_of(json.dumps(content))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"output_data": 5}, (b"5", "", "")),
        ({"error_message": "no", "error_code": "E"}, (b"null", "no", "E")),
        ({"error_message": None}, (b"null", "", "")),
    ],
)
def test_the_last_event_says_how_a_run_ended(content, expected):
    """Output, error and the error's code."""
    assert expected == ended_with(json.dumps(content))


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({"step_name": "wait_for_user_0", "result": "yes"}, (0, b'"yes"')),
        ({"step_name": "wait_for_user_12", "result": None}, (12, b"null")),
        ({"step_name": "wait_for_user_x", "result": "no"}, None),
        ({"step_name": "a_0", "result": "no", "handler_name": "a"}, None),
        ({}, None),
        ("text", None),
    ],
)
def test_an_event_says_which_question_is_answered(output, expected):
    """Only the event of a question does, and only if its number can be read."""
    if isinstance(output, dict):
        output = {"handler_name": "wait_for_user", **output}
    assert expected == answered_question(json.dumps({"output_data": output}))
    assert answered_question("{}") is None


def test_the_record_of_a_sleep_says_when_it_began():
    """In seconds since the epoch, from nanoseconds."""
    assert {"start_time": 1.5, "duration": 60} == json.loads(sleep_record(60, 1_500_000_000))
