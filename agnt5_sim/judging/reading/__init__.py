"""A history, sorted by run, attempt and call: what the guarantees and the reports go by."""

from __future__ import annotations

from .attempts import Attempt, Call
from .lives import Reading, Run, read

__all__ = ["Attempt", "Call", "Reading", "Run", "read"]
