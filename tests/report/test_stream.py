"""A life's events as text: what differs from life to life, and what says nothing, is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agnt5_sim.history import History
from agnt5_sim.report.stream import render, render_run
from agnt5_sim.sdk.protocol.payloads import ENVELOPE

BEGAN_NS = 1_767_225_600 * 10**9
UUID = "3f2b8c1e-0000-4000-8000-00000000000{}"


def life(*payloads: Any) -> History:
    """Return the history of a run that emitted events with these payloads."""
    history = History()
    began = {"agnt5": "0.14.5", "start": 0, "began_ns": BEGAN_NS, "envelope": ENVELOPE}
    history.add(0.0, "life.began", name="compat", data=began)
    submitted = {
        "input": b"{}",
        "session_id": "",
        "user_id": "",
        "tenant": "default",
        "home": ("", "", ""),
    }
    history.add(0.0, "run.submitted", run_id="run-1", name="order", data=submitted)
    about: dict[str, Any] = {"run_id": "run-1", "attempt": 0, "incarnation": 1}
    dispatched = {"recovered": False, "resumes": ""}
    history.add(0.0, "run.dispatched", name="order", data=dispatched, **about)
    for number, payload in enumerate(payloads):
        text = payload if isinstance(payload, str) else json.dumps(payload)
        data = {"type": "event", "of": "", "phase": "", "payload": text}
        history.add(1.0 + number, "platform.emit", name="event", data=data, **about)
    history.add(9.0, "life.ended")
    history.close()
    return history


def shown(payload: Any) -> Any:
    """Return what the stream shows of the payload of an event."""
    (line,) = [each for each in render(life(payload)).splitlines() if " event" in each]
    text = line.strip().removeprefix("+1s event").strip()
    return json.loads(text) if text else ""


TRACE = 'Traceback (most recent call last):\n  File "/home/me/order.py", line 3, in order'


@pytest.mark.parametrize(
    ("key", "value"),
    [("stack_trace", TRACE), ("event_type", "run.failed"), ("timestamp_ns", 1_767_225_600_000)],
)
def test_what_says_nothing_of_the_run_is_left_out(key, value):
    """Where the code lies, what the line says already, when that was by the clock."""
    assert {"kept": 1} == shown({"kept": 1, key: value})
    assert {"error": {"kept": 1}} == shown({"error": {"kept": 1, key: value}})


@pytest.mark.parametrize(
    "key", ["content", "input", "input_data", "output_data", "response", "result", "value"]
)
def test_what_a_workflow_put_into_an_event_is_shown_in_full(key):
    """Its own keys, whatever they are called, and None."""
    own = {"stack_trace": "mine", "event_type": "mine", "timestamp_ns": "mine", "nothing": None}
    assert {key: own} == shown({key: own})
    assert {key: None} == shown({key: None})


def test_what_is_empty_in_an_envelope_is_left_out():
    """None is; zero and the empty text are not."""
    assert {"a": 0, "b": ""} == shown({"a": 0, "b": "", "c": None})


@pytest.mark.parametrize(
    "key", ["event_id", "correlation_id", "parent_correlation_id", "step_correlation_id"]
)
def test_generated_ids_have_names(key):
    """The same id has the same name, and another another."""
    lines = render(life({key: "one"}, {key: "two"}, {key: "one"})).splitlines()[2:]
    assert ["#1", "#2", "#1"] == [json.loads(line.partition(" event ")[2])[key] for line in lines]


def test_an_event_has_one_id():
    """Beside its correlation id its own says nothing."""
    assert {"correlation_id": "#1"} == shown({"correlation_id": "one", "event_id": "two"})


def test_ids_in_texts_have_names():
    """Those that look generated."""
    text = f"{UUID.format(1)} and {UUID.format(2)} and {UUID.format(1)}"
    assert {"message": "#1 and #2 and #1"} == shown({"message": text})


def test_a_payload_that_is_no_json_is_shown_as_it_is():
    """A delta is text."""
    assert "word 0" == shown("word 0")


def test_a_refused_event_is_not_shown():
    """The platform never took it."""
    history = History(life({"a": 1}))
    refused = history[3]._replace(data={**history[3].data, "refused": "Fenced: no"})
    told = History([*history[:3], refused, *history[4:]])
    assert " event" not in render(told)


def test_one_run_alone():
    """The same lines."""
    assert render(life({"a": 1})) == render_run(life({"a": 1}), "run-1")
