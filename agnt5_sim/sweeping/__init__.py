"""Exploration: the same story lived again under every fault plan, each life held to account."""

from __future__ import annotations

from .exploration import Exploration
from .story import Lived, Story, Verdict
from .sweep import Budget, BudgetError, Sweep, sweep

__all__ = ["Budget", "BudgetError", "Exploration", "Lived", "Story", "Sweep", "Verdict", "sweep"]
