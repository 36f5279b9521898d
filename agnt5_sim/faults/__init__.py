"""What goes wrong in a life: fault points, kinds of fault, plans, and the injector."""

from __future__ import annotations

from .injector import Injector
from .kinds import AFTER, BEFORE, DURING, KINDS, Kind
from .plan import Fault, FaultPlan, as_plan, check_kinds
from .point import Point, nth

__all__ = [
    "AFTER",
    "BEFORE",
    "DURING",
    "KINDS",
    "Fault",
    "FaultPlan",
    "Injector",
    "Kind",
    "Point",
    "as_plan",
    "check_kinds",
    "nth",
]
