"""The types of events, and what each is of."""

from __future__ import annotations

from typing import Final, NamedTuple

WORKFLOW_STARTED: Final = "workflow.started"
WORKFLOW_COMPLETED: Final = "workflow.completed"
STEP: Final = "workflow.step"
STATE: Final = "workflow.state"
RUN_COMPLETED: Final = "run.completed"
RUN_FAILED: Final = "run.failed"
RUN_PAUSED: Final = "run.paused"
OUTPUT: Final = "output"

TERMINAL: Final = frozenset({RUN_COMPLETED, RUN_FAILED})
"""The events that end an attempt, in the generation where an event does."""

_OF: Final = {STEP: "step", STATE: "state", OUTPUT: "stream"}


class Said(NamedTuple):
    """What an event's type says, in the history's terms.

    Attributes:
        of: what it is of: "run", "workflow", "step", "state", "function", "stream" (a part of
            what is streamed); of anything else what the SDK calls it.
        phase: "started", "completed", "failed", "paused", "cancelled", "changed", "delta" …
    """

    of: str
    phase: str


class _SaidBy(dict[str, Said]):
    """What each type says; a type is taken apart once."""

    def __missing__(self, event_type: str) -> Said:
        prefix, _, phase = event_type.rpartition(".")
        said = self[event_type] = Said(_OF.get(prefix, prefix), phase)
        return said


SAID: Final = _SaidBy()
