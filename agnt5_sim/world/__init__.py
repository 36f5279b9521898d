"""A deterministic world: virtual time, seeded entropy, exact kills, no outside."""

from __future__ import annotations

from .branches import current_branch
from .errors import OutsideTouched, Spinning, Stuck, WorldError
from .isolation import isolated
from .loop import VirtualLoop
from .process import Process
from .scheduler import World

__all__ = [
    "OutsideTouched",
    "Process",
    "Spinning",
    "Stuck",
    "VirtualLoop",
    "World",
    "WorldError",
    "current_branch",
    "isolated",
]
