"""Branches: what runs at once, in every profile."""

from __future__ import annotations

import pytest
import wf_parallel as wf
from sdk_cases import Case, defects_of, named, reply

from agnt5_sim import explore, simulate

PARENTS = {"seed": "A02"}
COUNTER = {"seed": "A02 A04", "activation": "E02", "compat": "E02"}
SIBLINGS = {"seed": "A02 A06", "activation": "E06", "compat": "E06"}

CASES = [
    Case(wf.sdk_parallel, ["a", "b"], defects=PARENTS),
    Case(wf.sdk_parallel_slow_first, ["a", "b"]),
    Case(wf.sdk_parallel_alike, ["a", "b", "c"], defects=PARENTS),
    Case(wf.sdk_gather, {"one": "a", "other": "b"}, defects=PARENTS),
    Case(wf.sdk_asyncio_gather, ["a", "b"], defects=PARENTS),
    Case(wf.sdk_parallel_named, ["a", "b"], defects=PARENTS),
    Case(wf.sdk_rounds, ["a", "b"], defects=PARENTS),
    Case(wf.sdk_patient_gather, ["soon", "b"], defects=PARENTS),
    Case(wf.sdk_parallel_same_name, ["a", "b"], defects={"seed": "A02 A03", "compat": "E03"}),
    Case(
        wf.sdk_branches,
        ["a", "b"],
        defects={"seed": "A02 A04", "activation": "E02 E06", "compat": "E02"},
    ),
    Case(wf.sdk_branches_named, ["a", "b"], defects=COUNTER),
    Case(
        wf.sdk_nested_parallel,
        [["a", "a"], ["b", "b"]],
        defects={"seed": "A02 A04", "activation": "E02", "compat": "E02 E11"},
    ),
    Case(wf.sdk_pausing_sibling, ["answer 0", "b"], defects={**SIBLINGS, "seed": "A06"}),
    Case(wf.sdk_sleeping_sibling, [None, "b"], defects={"activation": "E06"}),
    Case(wf.sdk_sleeping_together, [None, None], defects={"activation": "E07"}),
]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_branches_return_what_they_return_one_by_one(case, profile):
    """Results come in the order of the calls, whichever branch is done first."""
    outcome = simulate(case.workflow, profile=profile, answers=reply)
    assert (case.output, "completed") == (outcome.output, outcome.status)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_branches_survive_every_kill(case, profile):
    """A kill at any one point breaks nothing, or shows the known defects and no other."""
    found = explore(case.workflow, profile=profile, answers=reply)
    assert case.known(profile) == defects_of(found)


def test_branches_take_the_time_of_the_longest(profile):
    """Steps that run at once take two seconds together, not three."""
    outcome = simulate(wf.sdk_parallel, profile=profile)
    assert 2.0 == outcome.history[-1].time


def test_a_failing_branch_ends_the_run(profile):
    """An error in one branch is the run's error, though another is still at work."""
    outcome = simulate(wf.sdk_failing_sibling, profile=profile)
    assert ("failed", "ValueError: soon") == (outcome.status, outcome.error)


def test_a_failing_branch_shows_the_known_defects(profile):
    """What goes on beside a failed run is the SDK's defect, and nothing else is found."""
    found = explore(wf.sdk_failing_sibling, profile=profile)
    assert set(SIBLINGS[profile].split()) == defects_of(found)


def test_state_that_branches_race_for_is_the_workflows_own_fault(profile):
    """Branches that read what another wrote read it in another order on replay: no defect."""
    assert 2 == simulate(wf.sdk_parallel_state, profile=profile).output
    found = explore(wf.sdk_parallel_state, profile=profile)
    assert [("state.replay", "branch-order", None)] == [
        (v.guarantee, v.cause, v.defect) for v in found.violations if v.defect != "A02"
    ]
