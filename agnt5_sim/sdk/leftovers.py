"""Context variables of the SDK's that an attempt leaves otherwise than it found them.

Whatever else runs in that context would take them for its own. What a program sets of its own
variables is its own affair: it ends with the attempt, which has a context to itself.
"""

from __future__ import annotations

import re
import sys
from contextvars import Context, ContextVar, copy_context
from functools import lru_cache
from typing import Any

from agnt5_sim.sdk.protocol.causes import is_step_variable

_NUMBER = re.compile(r"_\d+$")
_ABSENT = object()


def left_set(before: Context) -> list[str]:
    """Return the names of the SDK's variables that have another value than they had `before`."""
    return sorted(
        _NUMBER.sub("", variable.name)  # some are made anew for each run, and numbered
        for variable, value in copy_context().items()
        if value is not before.get(variable, _ABSENT)
        and _of_the_sdk(variable)
        and (variable in before or value is not _default(variable))
    )


def _default(variable: ContextVar[Any]) -> Any:
    try:
        return Context().run(variable.get)
    except LookupError:
        return _ABSENT


def _of_the_sdk(variable: ContextVar[Any]) -> bool:
    return is_step_variable(variable.name) or variable in _variables(len(sys.modules))


@lru_cache(maxsize=1)
def _variables(_loaded: int) -> frozenset[ContextVar[Any]]:
    return frozenset(
        value
        for name, module in tuple(sys.modules.items())
        if name.partition(".")[0] == "agnt5"
        for value in tuple(vars(module).values())
        if isinstance(value, ContextVar)
    )
