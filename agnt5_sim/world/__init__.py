"""A deterministic world: virtual time, seeded entropy, exact kills, no outside."""

from __future__ import annotations

from .branches import current_branch
from .isolation import isolated
from .loop import VirtualLoop
from .process import Process
from .world import World

__all__ = ["Process", "VirtualLoop", "World", "current_branch", "isolated"]
