"""What can be run, with what input, and what is said of what cannot."""

from __future__ import annotations

import pytest
import wf_steps as wf
from agnt5 import workflow

from agnt5_sim import BadInput, NotAWorkflow, NotJson, simulate
from agnt5_sim.sdk import workflows
from agnt5_sim.sdk.workflows import resolve


@workflow
async def sdk_takes_one(ctx, number: float):
    """Take one parameter."""
    return number


@workflow
async def sdk_takes_any(ctx, **anything):
    """Take any parameters."""
    return sorted(anything)


@workflow
async def sdk_takes_keyword(ctx, *, mark: str):
    """Take a parameter by name only."""
    return mark


def test_a_workflow_and_a_function_resolve_by_reference_and_by_name():
    """The decorated function and its registered name stand for the same component."""
    assert resolve(wf.sdk_no_input) == resolve("sdk_no_input")
    assert ("workflow", "function") == (resolve(wf.sdk_no_input).kind, resolve(wf.sdk_double).kind)


def test_an_undecorated_function_is_no_workflow():
    """The message names the decorator that is missing."""
    with pytest.raises(NotAWorkflow, match=r"load is no workflow: give it the @workflow"):
        resolve(wf.load)


def test_what_is_no_function_at_all_is_no_workflow():
    """A number is shown as it is."""
    with pytest.raises(NotAWorkflow, match="5 is no workflow"):
        resolve(5)


def test_an_unregistered_name_is_refused_with_a_guess():
    """The nearest registered name is offered, and all are listed."""
    with pytest.raises(NotAWorkflow, match="did you mean 'sdk_no_input'") as raised:
        resolve("sdk_no_inputt")
    assert "registered workflows: " in str(raised.value)


def test_two_workflows_of_one_name_are_told_apart(monkeypatch):
    """The SDK runs one of them; asking for the other is an error that says which it runs."""
    mine = resolve(wf.sdk_no_input).config
    theirs = resolve(wf.sdk_task).config
    monkeypatch.setattr(workflows, "registered", lambda: ({mine.name: theirs}, {}))
    with pytest.raises(NotAWorkflow, match=r"two workflows are named 'sdk_no_input'.*wf_steps"):
        resolve(wf.sdk_no_input)


def test_a_workflow_that_was_removed_from_the_registry_is_refused(monkeypatch):
    """A registry somebody cleared no longer runs it."""
    monkeypatch.setattr(workflows, "registered", lambda: ({}, {}))
    with pytest.raises(NotAWorkflow, match="has been removed since; nothing is registered"):
        resolve(wf.sdk_no_input)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "parameter 'order_id' is missing"),
        (
            {"order_id": "o", "cuont": 1},
            r"'cuont' is no parameter of it \(did you mean 'count'\?\)",
        ),
        ("o", r"must be a dict of its parameters \(order_id: .*count.*\), not str"),
    ],
)
def test_an_input_that_does_not_fit_is_refused(given, message):
    """The error names the parameter, before anything is run."""
    with pytest.raises(BadInput, match=message):
        simulate(wf.sdk_takes_input, given)


def test_the_only_parameter_may_be_given_by_itself(profile):
    """A value that is no dict is the value of the only parameter."""
    assert 5 == simulate(sdk_takes_one, 5, profile=profile).output


def test_any_parameters_are_taken_where_the_workflow_takes_any(profile):
    """`**anything` takes them all."""
    assert ["a", "b"] == simulate(sdk_takes_any, {"a": 1, "b": 2}, profile=profile).output


def test_a_parameter_by_name_only_is_given_in_the_dict(profile):
    """Keyword-only parameters are parameters."""
    assert "m" == simulate(sdk_takes_keyword, {"mark": "m"}, profile=profile).output


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [1, {"b": {2}}]}, r"\$\.number\.a\[1\]\.b is of type set"),
        (float("nan"), r"\$\.number is nan, which JSON has no number for"),
        ({1: 2}, r"a key of \$\.number is 1 of type int; keys must be strings"),
        (b"x", r"\$\.number is of type bytes"),
    ],
)
def test_an_input_that_is_no_json_is_refused_with_the_path_to_it(value, message):
    """The error says where in the input, and what is there."""
    with pytest.raises(NotJson, match=message):
        simulate(sdk_takes_one, {"number": value})


def test_an_input_that_contains_itself_is_refused():
    """A cycle is found before it is written."""
    value = {}
    value["again"] = value
    with pytest.raises(NotJson, match=r"\$\.number\.again contains itself"):
        simulate(sdk_takes_one, {"number": value})
