"""Guarantees: what must hold whatever goes wrong, each a function over the history."""

from __future__ import annotations

from . import effect, events, memo, pause, quiet, result, scope, sleep, state, world
from .comparing import Volatile, compare
from .defects import DEFECTS, Defect, defect
from .effect import at_least_once
from .reading import read
from .registry import GUARANTEES, Violation, judge

COMPARED = ("result.same", "world.deterministic", "world.memory")
GUARANTEE_IDS = tuple(sorted({*GUARANTEES, *COMPARED}))

__all__ = [
    "COMPARED",
    "DEFECTS",
    "GUARANTEES",
    "GUARANTEE_IDS",
    "Defect",
    "Violation",
    "Volatile",
    "at_least_once",
    "compare",
    "defect",
    "effect",
    "events",
    "judge",
    "memo",
    "pause",
    "quiet",
    "read",
    "result",
    "scope",
    "sleep",
    "state",
    "world",
]
