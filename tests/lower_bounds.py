"""The lowest versions that pyproject.toml allows."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement


def lowest(pyproject: Path) -> dict[str, str]:
    """Return the lower bound of each dependency, by name.

    Raises:
        ValueError: a dependency has none, or more than that; then nobody knows what is tried.
    """
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    found = {}
    for text in project["dependencies"]:
        requirement = Requirement(text)
        (bound,) = requirement.specifier
        if bound.operator != ">=" or requirement.marker or requirement.extras:
            raise ValueError(f"{text}: a dependency is written name>=version")
        found[requirement.name.lower()] = bound.version
    return found
