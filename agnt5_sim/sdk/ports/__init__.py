"""Where a program is met: above the SDK at its context and bodies, below it at the platform."""

from __future__ import annotations
