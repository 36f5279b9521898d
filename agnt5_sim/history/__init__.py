"""The one record of a life: its entries, the log they stand in, and values as they are kept."""

from __future__ import annotations

from .entries import Entry
from .log import History, first_difference

__all__ = ["Entry", "History", "first_difference"]
