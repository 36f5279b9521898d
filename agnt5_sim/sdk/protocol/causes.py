"""What the SDK's errors and leftovers tell of, where that can be told."""

from __future__ import annotations

from typing import Final

_ERRORS: Final = {"stable step key was reused": "record-of-another"}
"""A part of an error's text → what it means."""

_VARIABLES: Final = {"agnt5_step_event_stack": "open steps"}
"""A context variable → what it keeps: the steps that are open, each the parent of the next."""


def meaning(error: str) -> str:
    """Return what a run's error means, or "" for an error that says nothing to us."""
    if not error:
        return ""
    return next((code for text, code in _ERRORS.items() if text in error), "")


def keeps(variable: str) -> str:
    """Return what a context variable of the SDK's keeps, or ""."""
    return _VARIABLES.get(variable, "")


def is_step_variable(variable: str) -> bool:
    """Tell whether a context variable is one of those the SDK makes anew for each run."""
    return variable.startswith("agnt5_step")
