"""One simulated life: a world, a platform, a plan, and the workers between them."""

from __future__ import annotations
