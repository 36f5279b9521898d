"""The only room that knows the `agnt5` SDK."""

from __future__ import annotations
