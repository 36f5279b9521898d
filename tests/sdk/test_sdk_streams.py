"""Steps that stream, and functions that are run by themselves, in every profile."""

from __future__ import annotations

import pytest
import wf_streams as wf
from sdk_cases import Case, defects_of, named

from agnt5_sim import explore, simulate

CASES = [
    Case(wf.sdk_stream_callable, [0, 1, 2]),
    Case(wf.sdk_stream_object, [0, 1, 2]),
    Case(wf.sdk_stream_function, ["word 0", "word 1"]),
    Case(wf.sdk_stream_single, [0, None]),
]
FUNCTIONS = [
    Case(wf.sdk_greet, "hello you", given={"name": "you"}),
    Case(wf.sdk_greet_blocking, "hello you", given={"name": "you"}),
    Case(wf.sdk_words, {"emitted": 3}, given={"count": 2}, output_in={"seed": None}),
]


@pytest.mark.parametrize("streaming", [False, True], ids=["plain", "streaming"])
@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_streaming_step_returns_what_it_yielded(case, profile, streaming):
    """Several items are a list, one is itself, none is None."""
    outcome = simulate(case.workflow, profile=profile, streaming=streaming)
    assert (case.output, "completed") == (outcome.output, outcome.status)


@pytest.mark.parametrize("streaming", [False, True], ids=["plain", "streaming"])
@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_streaming_step_survives_every_kill(case, profile, streaming):
    """Only the seed, and only in a streamed run, shows a defect: it numbers items anew."""
    known = {"A12"} if streaming and profile == "seed" else set()
    assert known == defects_of(explore(case.workflow, profile=profile, streaming=streaming))


def test_items_are_handed_to_the_client_as_they_come(profile):
    """Each item is an event of its own, a second after the one before."""
    outcome = simulate(wf.sdk_stream_callable, profile=profile, streaming=True)
    assert [1.0, 2.0, 3.0] == [e.time for e in outcome.events if e.type == "output.delta"]


@pytest.mark.parametrize("case", FUNCTIONS, ids=named)
def test_a_function_runs_by_itself(case, profile):
    """A @function is a component too: coroutine, blocking, or streaming."""
    outcome = simulate(case.workflow, case.given, profile=profile)
    assert (case.expected(profile), "completed") == (outcome.output, outcome.status)


@pytest.mark.parametrize("case", FUNCTIONS, ids=named)
def test_a_function_by_itself_survives_every_kill(case, profile):
    """It is simply run again."""
    assert set() == defects_of(explore(case.workflow, case.given, profile=profile))
