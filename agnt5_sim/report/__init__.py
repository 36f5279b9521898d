"""Readings of a history for people and machines; nothing here changes a thing."""

from __future__ import annotations
