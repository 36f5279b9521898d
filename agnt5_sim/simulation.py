"""One simulated life from a script or a property: `simulate()`."""

from __future__ import annotations
