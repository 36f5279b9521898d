"""Deterministic tests and simulation of workflows written with the `agnt5` SDK.

The names below are the public face. They are imported when first used, so that having the
plugin installed costs an ordinary `pytest` run next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .exploring import explore as explore
    from .faults import Fault as Fault
    from .faults import FaultPlan as FaultPlan
    from .faults import PlanError as PlanError
    from .faults import Point as Point
    from .guarantees import GUARANTEE_IDS as GUARANTEE_IDS
    from .guarantees import Violation as Violation
    from .history import Entry as Entry
    from .history import History as History
    from .jsonable import NotJson as NotJson
    from .platform import AnswerRefused as AnswerRefused
    from .platform import Policy as Policy
    from .sdk.effects import effect as effect
    from .sdk.errors import BadInput as BadInput
    from .sdk.errors import NotAWorkflow as NotAWorkflow
    from .sdk.errors import UnknownProfile as UnknownProfile
    from .sdk.errors import UnsupportedSdk as UnsupportedSdk
    from .sdk.stubs import BadStub as BadStub
    from .sdk.stubs import Stub as Stub
    from .sdk.stubs import StubExhausted as StubExhausted
    from .sim import RunStuck as RunStuck
    from .sim import Sim as Sim
    from .simrun import RunFailed as RunFailed
    from .simrun import SimRun as SimRun
    from .simulation import Outcome as Outcome
    from .simulation import simulate as simulate
    from .sweeping.exploration import Exploration as Exploration
    from .sweeping.sweep import BudgetError as BudgetError
    from .verdicts import GuaranteeBroken as GuaranteeBroken
    from .verdicts import SimulationFailed as SimulationFailed
    from .verdicts import UnknownDefect as UnknownDefect
    from .world import OutsideTouched as OutsideTouched
    from .world import Spinning as Spinning

__version__ = "0.1.0"

_HOMES = {
    "AnswerRefused": "platform",
    "BadInput": "sdk.errors",
    "BadStub": "sdk.stubs",
    "BudgetError": "sweeping.sweep",
    "Entry": "history",
    "Exploration": "sweeping.exploration",
    "Fault": "faults",
    "FaultPlan": "faults",
    "GUARANTEE_IDS": "guarantees",
    "GuaranteeBroken": "verdicts",
    "History": "history",
    "NotAWorkflow": "sdk.errors",
    "NotJson": "jsonable",
    "Outcome": "simulation",
    "OutsideTouched": "world",
    "PlanError": "faults",
    "Point": "faults",
    "Policy": "platform",
    "RunFailed": "simrun",
    "RunStuck": "sim",
    "Sim": "sim",
    "SimRun": "simrun",
    "SimulationFailed": "verdicts",
    "Spinning": "world",
    "Stub": "sdk.stubs",
    "StubExhausted": "sdk.stubs",
    "UnknownDefect": "verdicts",
    "UnknownProfile": "sdk.errors",
    "UnsupportedSdk": "sdk.errors",
    "Violation": "guarantees",
    "effect": "sdk.effects",
    "explore": "exploring",
    "simulate": "simulation",
}

__all__ = [
    "GUARANTEE_IDS",
    "AnswerRefused",
    "BadInput",
    "BadStub",
    "BudgetError",
    "Entry",
    "Exploration",
    "Fault",
    "FaultPlan",
    "GuaranteeBroken",
    "History",
    "NotAWorkflow",
    "NotJson",
    "Outcome",
    "OutsideTouched",
    "PlanError",
    "Point",
    "Policy",
    "RunFailed",
    "RunStuck",
    "Sim",
    "SimRun",
    "SimulationFailed",
    "Spinning",
    "Stub",
    "StubExhausted",
    "UnknownDefect",
    "UnknownProfile",
    "UnsupportedSdk",
    "Violation",
    "effect",
    "explore",
    "simulate",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted([*__all__, "__version__"])
