"""What people hand in, checked: one clear sentence in place of a traceback."""

from __future__ import annotations
