"""One adapter for each generation of the SDK, and what tells which is installed."""

from __future__ import annotations
