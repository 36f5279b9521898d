"""Scenarios: the `scenario_*` functions of files named `scenario_*.py`, as tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


class ScenarioFile(pytest.Module):
    """A `scenario_*.py`: its `scenario_*` functions are the tests."""

    def funcnamefilter(self, name: str) -> bool:
        """Take functions that are named as scenarios."""
        return name.startswith("scenario_")

    def classnamefilter(self, name: str) -> bool:
        """Take no classes."""
        del name
        return False


def collect(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Return the collector of a file of scenarios, or None of any other."""
    if path.suffix == ".py" and path.name.startswith("scenario_"):
        return ScenarioFile.from_parent(parent, path=path)
    return None


def is_scenario(item: pytest.Item) -> bool:
    """Tell whether a test is a scenario."""
    return isinstance(getattr(item, "parent", None), ScenarioFile)
