"""Values as JSON, as they cross to the platform; and where in one there is what cannot."""

from __future__ import annotations

import json
from typing import Any

from agnt5_sim.errors import NotJson
from agnt5_sim.history.values import Shown


def to_json(value: Any, what: str) -> bytes:
    """Write a value as JSON, as it crosses to the platform.

    Args:
        value: anything.
        what: what it is, for the message ("the input of order", …).

    Raises:
        NotJson: with the path to the offending value and its type.
    """
    problem = find_not_json(value)
    if problem is not None:
        msg = f"{what} cannot be JSON: {problem}"
        raise NotJson(msg)
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def find_not_json(value: Any, path: str = "$", parents: tuple[int, ...] = ()) -> str | None:  # noqa: C901, PLR0911 - a case a type
    """Return where and why a value cannot be JSON, or None."""
    if value is None or isinstance(value, (str, bool, int)):
        return None
    if isinstance(value, float):
        return None if value - value == 0 else f"{path} is {value!r}, which JSON has no number for"
    if id(value) in parents:
        return f"{path} contains itself"
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                return f"a key of {path} is {key!r} of type {_name(key)}; keys must be strings"
            found = find_not_json(item, f"{path}.{key}", (*parents, id(value)))
            if found:
                return found
        return None
    if isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            found = find_not_json(item, f"{path}[{number}]", (*parents, id(value)))
            if found:
                return found
        return None
    shown = value.kind if isinstance(value, Shown) else _name(value)
    return f"{path} is of type {shown}"


def _name(value: Any) -> str:
    kind = type(value)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
