"""Exploration: the same story lived again under every fault plan, each life held to account."""

from __future__ import annotations

from .budget import Budget
from .result import Exploration
from .story import Lived, Story
from .sweep import Sweep, sweep
from .verdict import Verdict

__all__ = ["Budget", "Exploration", "Lived", "Story", "Sweep", "Verdict", "sweep"]
