"""Every test that takes `profile` runs in each profile of the installed SDK."""

from __future__ import annotations

import gc
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


@pytest.fixture(autouse=True)
def _spare_the_collector():
    """Keep the collector from looking through the dead of earlier tests again and again.

    A killed worker can never be taken apart, so its objects stay until the process ends.
    """
    yield
    gc.freeze()
