"""Exploration: the same story lived again under every fault plan, each life held to account."""

from __future__ import annotations

from .budget import Budget
from .result import Exploration
from .story import Lived, Story, Verdict
from .sweep import Sweep, sweep

__all__ = ["Budget", "Exploration", "Lived", "Story", "Sweep", "Verdict", "sweep"]
