"""Every test that takes `profile` runs in each profile of the installed SDK."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from agnt5_sim.sdk.generations.detect import installed

# The workflows of these tests lie beside them, in modules of their own.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(params=installed().profiles)
def profile(request) -> str:
    """Return a profile of the installed SDK."""
    return request.param
