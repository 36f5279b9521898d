"""Results of steps that are more than JSON: they lose their type on a replay, and that is told."""

from __future__ import annotations

import pytest
import wf_results as wf
from sdk_cases import HARMLESS, defects_of, swept

from agnt5_sim import explore, simulate

LOST = {("memo.value", "type-lost", "none")}


@pytest.mark.parametrize("workflow", [wf.sdk_pydantic, wf.sdk_dataclass, wf.sdk_tuple])
def test_a_type_that_json_has_not_is_lost_on_replay(workflow, profile):
    """The workflow got one type live and another on replay, by its own choice: no defect."""
    assert "completed" == simulate(workflow, profile=profile).status
    assert LOST == {each for each in swept(workflow, profile) if each[2] not in HARMLESS}


def test_a_date_is_lost_on_replay_or_refused(profile):
    """Generation E writes a date as text; the seed cannot write it, and fails the step."""
    outcome = simulate(wf.sdk_datetime, profile=profile)
    if profile == "seed":
        assert ("failed", True) == (outcome.status, "datetime" in outcome.error)
    else:
        assert ("completed", LOST) == (
            outcome.status,
            swept(wf.sdk_datetime, profile) - {("events.parent", "closed-by-the-dead", "E01")},
        )


def test_keys_that_are_no_strings_are_lost_on_replay_or_refused(profile):
    """The seed makes strings of them; generation E refuses them."""
    outcome = simulate(wf.sdk_int_keys, profile=profile)
    assert ("completed" if profile == "seed" else "failed") == outcome.status
    if profile != "seed":
        assert "keys must be strings" in outcome.error


def test_what_cannot_be_written_fails_the_step_and_is_named(profile):
    """The error names the step and the type that cannot be JSON."""
    outcome = simulate(wf.sdk_unserialisable, profile=profile)
    assert "failed" == outcome.status
    assert "JSON" in outcome.error
    known = {"E13"} if profile == "activation" else set()
    assert known == defects_of(explore(wf.sdk_unserialisable, profile=profile))


def test_a_workflow_may_return_a_model(profile):
    """A model is a fine result of a run: it is written once, and nobody reads it back."""
    assert {"id": 7} == simulate(wf.sdk_returns_model, profile=profile).output
    assert set() == defects_of(explore(wf.sdk_returns_model, profile=profile))
