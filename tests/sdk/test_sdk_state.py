"""State, and the scopes it is kept in, in every profile."""

from __future__ import annotations

import json

import pytest
import wf_state as wf
from sdk_cases import HARMLESS, Case, defects_of, judged, live, named, reply

from agnt5_sim import explore, simulate

TWICE = {"seed": "A08", "activation": "E08", "compat": "E08"}
CASES = [
    Case(wf.sdk_state, {"a": None, "b": [1, {"c": 2}], "d": 4}),
    Case(wf.sdk_state_and_step, 2),
    Case(wf.sdk_set_and_pause, "answered"),
    Case(wf.sdk_count_late, 1),
    Case(wf.sdk_count_and_pause, 2, defects=TWICE),
    Case(wf.sdk_count_and_sleep, 1, defects={"activation": "E08"}, output_in={"activation": 2}),
    Case(wf.sdk_count_in_scope, 1),
]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_state_is_what_was_set(case, profile):
    """A workflow reads what it wrote."""
    outcome = simulate(case.workflow, profile=profile, answers=reply)
    assert (case.expected(profile), "completed") == (outcome.output, outcome.status)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_state_survives_every_kill(case, profile):
    """A kill at any one point breaks nothing, or shows the known defects and no other."""
    found = explore(case.workflow, profile=profile, answers=reply)
    assert case.known(profile) == defects_of(found)


def test_the_state_of_a_run_can_be_read_afterwards(profile):
    """What a workflow left in its state is what the platform has."""
    assert {"end": True} == simulate(wf.sdk_state, profile=profile).state


@pytest.mark.parametrize("ids", [{"user_id": "u"}, {"session_id": "s"}], ids=["user", "session"])
def test_the_next_run_of_a_scope_finds_what_the_last_one_left(ids, profile):
    """Runs of one user or session, one after the other, count on."""
    runs = [(100.0 * number, wf.sdk_count_in_scope, None, ids) for number in range(3)]
    life = live(profile, *runs)
    assert [b"1", b"2", b"3"] == [life.platform.run(f"run-{n}").output for n in (1, 2, 3)]
    assert HARMLESS >= {defect for _, _, defect in judged(life)}


@pytest.mark.parametrize(
    "other",
    [{"user_id": "v"}, {"session_id": "t"}, {}, {"user_id": "u", "tenant": "other"}],
    ids=["user", "session", "run", "tenant"],
)
def test_other_scopes_see_nothing_of_it(other, profile):
    """Another user, session, tenant, or a run without either, starts from nothing."""
    life = live(
        profile,
        (0, wf.sdk_count_in_scope, None, {"user_id": "u", "session_id": "s"}),
        (100, wf.sdk_count_in_scope, None, other),
    )
    assert b"1" == life.platform.run("run-2").output
    assert HARMLESS >= {defect for _, _, defect in judged(life)}


def test_user_goes_before_session_before_run(profile):
    """The scope of a run's state is the user, else the session, else the run."""
    ids = [{"user_id": "u", "session_id": "s"}, {"session_id": "s"}, {}]
    life = live(profile, *((0.0, wf.sdk_count_in_scope, None, each) for each in ids))
    scopes = {e.run_id: e.data["scope"] for e in life.history.select("platform.state.save")}
    assert {"run-1": "user", "run-2": "session", "run-3": "run"} == scopes


def test_an_update_in_place_is_not_lost_between_turns(profile):
    """The state a user's runs share is one JSON object, as the last of them saved it."""
    life = live(
        profile,
        (0, wf.sdk_mark_slowly, {"mark": "a"}, {"user_id": "u"}),
        (100, wf.sdk_mark_slowly, {"mark": "b"}, {"user_id": "u"}),
    )
    assert {"a": True, "b": True} == json.loads(life.state_of("run-2"))
