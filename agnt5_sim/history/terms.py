"""The words a history has of its own, whatever the release of the SDK calls these things."""

from __future__ import annotations

from typing import Final

TERMINAL: Final = frozenset({"completed", "failed", "cancelled"})
"""The states of a run, and outcomes of an attempt, after which nothing comes."""
WAITING: Final = frozenset({"paused", "suspended"})
"""The outcomes of an attempt whose run waits: for an answer, or for a timer."""
