"""What people call: one life, an exploration, the simulation of a test."""

from __future__ import annotations
