"""What all tests share: pytest's own tester of plugins, and the way to the workflows they live."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

# How fast a machine is, or how busy, decides no test.
settings.register_profile("agnt5-sim", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("agnt5-sim"), max_examples=20)
settings.load_profile("agnt5-sim")

sys.path.append(str(Path(__file__).parent / "tests"))  # life_workflows, and the two plugins below

pytest_plugins = ["pytester", "kinds_of_tests", "order_of_tests"]


def pytest_configure(config: pytest.Config) -> None:
    """Try fewer examples in a quick run."""
    if config.getoption("quick"):
        settings.load_profile("quick")
