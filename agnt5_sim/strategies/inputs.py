"""What workflows are given, and what people answer."""

from __future__ import annotations

import inspect
import typing
from typing import Any

from hypothesis import strategies as st

from agnt5_sim.sdk.workflows import resolve

JSON_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)


def json_values(max_leaves: int = 8) -> st.SearchStrategy[Any]:
    """Return values that can be JSON.

    Args:
        max_leaves: how many scalars one has at most.
    """
    return st.recursive(
        JSON_SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=max_leaves,
    )


def inputs(workflow: Any, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return inputs of a workflow, by the annotations of its parameters.

    Args:
        workflow: a decorated workflow or function, or the name of one.
        given: strategies for parameters by name, in place of their annotations'.

    Raises:
        NotAWorkflow: there is no such workflow.
        TypeError: a parameter has no annotation, or one nothing can be drawn from; the message
            names it, and what to pass.
    """
    component = resolve(workflow)
    signature = inspect.signature(component.handler)
    hints = typing.get_type_hints(component.handler)
    required: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for name, parameter in signature.parameters.items():
        if name == "ctx" or parameter.kind in {parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}:
            continue
        strategy = given.get(name)
        if strategy is None:
            strategy = _for_annotation(component.name, name, hints.get(name, parameter.empty))
        (required if parameter.default is parameter.empty else optional)[name] = strategy
    extra = given.keys() - required.keys() - optional.keys()
    if extra:
        msg = f"{component.name} has no parameter {', '.join(sorted(extra))}"
        raise TypeError(msg)
    return st.fixed_dictionaries(required, optional=optional)


def _for_annotation(workflow: str, name: str, annotation: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - a case an annotation
    if annotation is inspect.Parameter.empty:
        msg = (
            f"parameter {name!r} of {workflow} has no annotation to draw from;"
            f" pass a strategy: inputs({workflow}, {name}=st.text())"
        )
        raise TypeError(msg)
    if annotation in {Any, object}:
        return json_values()
    if annotation is int:
        return st.integers(-(2**53), 2**53)  # what every reader of JSON has a number for
    if annotation is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if annotation in {dict, list}:
        of_values = st.dictionaries(st.text(), json_values(4), max_size=4)
        return of_values if annotation is dict else st.lists(json_values(4), max_size=4)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is list and arguments:
        return st.lists(_for_annotation(workflow, name, arguments[0]), max_size=5)
    if origin is dict and arguments:
        return st.dictionaries(st.text(), _for_annotation(workflow, name, arguments[1]), max_size=4)
    return st.from_type(annotation)


def answers(*options: str, max_size: int = 5) -> st.SearchStrategy[list[str]]:
    """Return what a person may answer to the questions of a run, in turn.

    Args:
        options: what there is to choose from; none for any text.
        max_size: answers at most.
    """
    one = st.sampled_from(options) if options else st.text()
    return st.lists(one, max_size=max_size)
