"""Workflows that are at fault themselves are reported, and no defect of the SDK is blamed."""

from __future__ import annotations

import pytest
import wf_faulty as wf
from sdk_cases import HARMLESS, swept

from agnt5_sim import explore


def found(workflow, profile, given=None, **how):
    """Return what a sweep finds, apart from the SDK's harmless defects."""
    return {each for each in swept(workflow, profile, given, **how) if each[2] not in HARMLESS}


def test_an_effect_outside_of_any_step_happens_again_on_replay(profile):
    """The careless workflow charges before its first step: each attempt charges again."""
    expected = {("effect.once", "outside-step", "none")}
    assert expected == found(wf.sdk_careless, profile, {"order_id": "o"}, effects=(wf.charge,))


def test_an_effect_inside_a_step_is_listed_as_at_least_once(profile):
    """A crash between the effect and its record repeats it: a step promises no more."""
    swept_ = explore(wf.sdk_charging_step, {"order_id": "o"}, profile=profile, effects=(wf.charge,))
    assert ("charge", True) == (swept_.repeated[0][0], "charge" in swept_.repeated[0][1])
    assert () == swept_.violations


def test_an_id_drawn_outside_of_a_step_is_another_on_replay(profile):
    """A step is replayed, or refused, with another input than it ran with."""
    expected = {("memo.input", "other-input", "none")}
    if profile == "activation":
        expected |= {("result.same", "conflict", "none"), ("result.same", "other-input", "none")}
    assert expected == found(wf.sdk_random_input, profile)


def test_a_path_chosen_by_the_clock_is_reported_before_any_fault(profile):
    """Another day, another path: no replay can be trusted, and no sweep is lived."""
    assert {("world.deterministic", "shape", "none")} == found(wf.sdk_clock_branch, profile)


def test_a_path_chosen_by_how_late_it_is_is_another_after_a_crash(profile):
    """A crash makes it later, so that the replay takes the other path."""
    got = found(wf.sdk_hasty, profile)
    assert {"none"} == {defect for _, _, defect in got}
    assert {"result.same"} <= {guarantee for guarantee, _, _ in got}


def test_a_tuple_from_a_step_is_a_list_on_replay(profile):
    """What the workflow decides by the type it decides otherwise on replay."""
    got = found(wf.sdk_tuple_input, profile)
    assert ("memo.value", "type-lost", "none") in got
    assert {"none"} == {defect for _, _, defect in got}


def test_a_step_that_is_never_awaited_outlives_its_run(profile):
    """Whoever returns before a step is done has left it running: no defect."""
    got = found(wf.sdk_fire_and_forget, profile)
    assert ("quiet.after", "left-running", "none") in got
    assert {"none"} == {defect for _, _, defect in got} - {"A02"}


def test_state_changed_inside_of_a_step_is_gone_on_replay(profile):
    """A replay leaves the body out, and what it did to the state with it: no defect."""
    got = found(wf.sdk_state_in_step, profile)
    assert {"none"} == {defect for _, _, defect in got}
    assert {"result.same", "state.replay"} == {guarantee for guarantee, _, _ in got}


@pytest.mark.parametrize("workflow", [wf.sdk_charging_step])
def test_an_effect_that_is_declared_by_name_only_here_stays_as_it_was(workflow, profile):
    """After a sweep the declared function is the module's own again."""
    before = wf.charge
    explore(workflow, {"order_id": "o"}, profile=profile, effects=(wf.charge,))
    assert before is wf.charge
