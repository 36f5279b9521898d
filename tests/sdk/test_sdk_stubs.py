"""Stubs stand in for the body of a step, whatever it is, and the real body never runs."""

from __future__ import annotations

import pytest
import wf_stubbed as wf
from sdk_cases import defects_of

from agnt5_sim import Stub, explore, simulate
from agnt5_sim.errors import BadStub, StubExhausted
from agnt5_sim.sdk.ports.stubs import Stubs


@pytest.mark.parametrize("target", [wf.sdk_charge, "sdk_charge"], ids=["function", "name"])
def test_a_function_is_stubbed_by_reference_or_by_name(target, profile):
    """A plain value is what the step returns."""
    outcome = simulate(wf.sdk_stubbed_function, stubs={target: {"id": "ch_1"}}, profile=profile)
    assert {"id": "ch_1"} == outcome.output


def test_a_side_effect_is_called_with_the_arguments_of_the_step(profile):
    """It gets what the body would get, without the context."""
    stubs = {wf.sdk_charge: lambda amount, currency: {"amount": amount, "in": currency}}
    outcome = simulate(wf.sdk_stubbed_function, stubs=stubs, profile=profile)
    assert {"amount": 5, "in": "USD"} == outcome.output


def test_a_side_effect_may_be_asynchronous(profile):
    """A coroutine function stands in as well."""

    async def instead(amount, currency):
        return {"amount": amount}

    outcome = simulate(wf.sdk_stubbed_function, stubs={wf.sdk_charge: instead}, profile=profile)
    assert {"amount": 5} == outcome.output


@pytest.mark.parametrize("error", [ValueError("no"), ValueError], ids=["instance", "class"])
def test_an_exception_is_raised(error, profile):
    """The step fails, and with it the run."""
    outcome = simulate(wf.sdk_stubbed_function, stubs={wf.sdk_charge: error}, profile=profile)
    assert ("failed", True) == (outcome.status, outcome.error.startswith("ValueError"))


def test_a_sequence_answers_one_execution_after_the_other(profile):
    """The first call gets the first, the second the second."""
    stubs = {wf.sdk_charge: Stub(sequence=["one", "two"])}
    assert ["one", "two"] == simulate(wf.sdk_stubbed_twice, stubs=stubs, profile=profile).output


def test_a_sequence_that_is_used_up_fails_the_step_and_says_so(profile):
    """The error tells how many results there were, and which was asked for."""
    outcome = simulate(
        wf.sdk_stubbed_twice, stubs={wf.sdk_charge: Stub(sequence=["one"])}, profile=profile
    )
    assert "failed" == outcome.status
    assert StubExhausted.__name__ in outcome.error


def test_each_life_begins_the_sequence_anew(profile):
    """The same stub, lived with twice, answers the same."""
    stub = {wf.sdk_charge: Stub(sequence=["one", "two"])}
    lives = [simulate(wf.sdk_stubbed_twice, stubs=stub, profile=profile) for _ in range(2)]
    assert lives[0].output == lives[1].output


def test_a_streaming_function_is_stubbed_with_its_result(profile):
    """What the step would have collected is given at once."""
    outcome = simulate(wf.sdk_stubbed_stream, stubs={"sdk_feed": [1, 2]}, profile=profile)
    assert [1, 2] == outcome.output


@pytest.mark.parametrize("target", [wf.fetch, "get page"], ids=["function", "name"])
def test_a_coroutine_is_stubbed_by_its_function_or_by_its_step(target, profile):
    """The coroutine that was made is closed, and never awaited."""
    outcome = simulate(wf.sdk_stubbed_coroutine, stubs={target: "page"}, profile=profile)
    assert ("page", set()) == (outcome.output, {v.defect for v in outcome.violations})


@pytest.mark.parametrize(
    "stubs",
    [{wf.fetch: "page", wf.compute: 7}, {"page": "page", "number": 7}],
    ids=["functions", "names"],
)
def test_callables_of_both_kinds_are_stubbed(stubs, profile):
    """A plain callable and a coroutine function, by themselves or by the names of their steps."""
    assert ["page", 7] == simulate(wf.sdk_stubbed_callables, stubs=stubs, profile=profile).output


def test_a_step_with_a_stub_survives_every_kill(profile):
    """A stubbed body is a body: it is recorded, replayed, and killed."""
    stubs = {wf.fetch: "page", wf.compute: 7}
    found = explore(wf.sdk_stubbed_callables, stubs=stubs, profile=profile)
    assert set() == defects_of(found)


def test_a_workflow_handles_what_a_stub_raises(profile):
    """The exception reaches the workflow as the body's own would."""
    outcome = simulate(wf.sdk_handled, stubs={"page": ValueError("gone")}, profile=profile)
    assert "handled gone" == outcome.output


def test_without_a_stub_the_body_runs(profile):
    """Nothing stands in unasked."""
    assert "OutsideReached" in simulate(wf.sdk_stubbed_function, profile=profile).error


@pytest.mark.parametrize("given", [{}, {"returns": 1, "raises": ValueError}])
def test_a_stub_is_exactly_one_thing(given):
    """Neither nothing nor two things."""
    with pytest.raises(BadStub, match="exactly one"):
        Stub(**given)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"raises": "x"}, "raises='x' cannot be used; allowed: an exception, or a class of them"),
        ({"raises": int}, "raises=<class 'int'> cannot be used"),
        ({"side_effect": 5}, "side_effect=5 cannot be used; allowed: a callable"),
        ({"sequence": 5}, "sequence=5 cannot be used; allowed: a list of results and exceptions"),
        ({"sequence": "ab"}, "sequence='ab' cannot be used"),
    ],
)
def test_a_stub_of_the_wrong_thing_is_refused(given, says):
    """When it is made, not when the step is reached; `sim.stub` makes one too."""
    with pytest.raises(BadStub) as refused:
        Stub(**given)
    assert str(refused.value).startswith(says)


def test_a_stub_may_return_none():
    """None is a result like any other."""
    assert Stub(returns=None) == Stub.of(None)


def test_what_cannot_be_stubbed_is_refused():
    """A number names no step."""
    with pytest.raises(BadStub, match="cannot be stubbed"):
        Stubs({5: "x"})


def test_a_streaming_function_that_is_run_by_itself_is_stubbed_too(profile):
    """The component returns what the stub says."""
    outcome = simulate(wf.sdk_feed, {"count": 3}, stubs={"sdk_feed": [1, 2]}, profile=profile)
    assert [1, 2] == outcome.output
