"""Judging a life: guarantees, the comparison of two lives, and what a broken one is put down to."""

from __future__ import annotations

from . import guarantees
from .comparing import COMPARED, compare
from .registry import GUARANTEES, judge
from .violation import Violation
from .volatile import Volatile

GUARANTEE_IDS = tuple(sorted({*GUARANTEES, *COMPARED}))

__all__ = [
    "COMPARED",
    "GUARANTEES",
    "GUARANTEE_IDS",
    "Violation",
    "Volatile",
    "compare",
    "guarantees",
    "judge",
]
