"""What goes wrong in a life: fault points, kinds of fault, plans, and the injector."""

from __future__ import annotations

from .families import KINDS
from .injector import Injector
from .kind import AFTER, BEFORE, DURING, Hands, Kind
from .plan import Fault, FaultPlan, as_plan, check_kinds, faults_at
from .point import Point, Sort, nth

__all__ = [
    "AFTER",
    "BEFORE",
    "DURING",
    "KINDS",
    "Fault",
    "FaultPlan",
    "Hands",
    "Injector",
    "Kind",
    "Point",
    "Sort",
    "as_plan",
    "check_kinds",
    "faults_at",
    "nth",
]
