"""What must hold whatever goes wrong, a file for each family; importing them registers them."""

from __future__ import annotations

from . import effect, events, memo, pause, quiet, result, scope, sleep, state, world

__all__ = [
    "effect",
    "events",
    "memo",
    "pause",
    "quiet",
    "result",
    "scope",
    "sleep",
    "state",
    "world",
]
