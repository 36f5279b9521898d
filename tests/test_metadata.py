"""What the package asks for beside it: little, of permissive licences, on every Python it can."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest
from lower_bounds import lowest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [Requirement(text).name for text in PROJECT["dependencies"]]
PERMISSIVE = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "PSF-2.0"}
NOT_QUITE = {"hypothesis": {"MPL-2.0"}}
"""Hypothesis asks that changes of its own files are published; using it asks nothing."""


def _licences(name: str) -> set[str]:
    """Return the licences a package's metadata names; of `A OR B` both are named."""
    about = metadata(name)
    text = about.get("License-Expression") or about.get("License") or ""
    return {part.strip(" ()") for part in re.split(r" (?:AND|OR) ", text) if part}


def test_what_it_needs_is_little():
    """Each dependency is here on purpose, and none of them is for a few users only."""
    expected = [
        "agnt5",
        "attrs",
        "freezegun",
        "greenlet",
        "hypothesis",
        "lazy-loader",
        "packaging",
        "pytest",
        "pytest-asyncio",
        "syrupy",
        "time-machine",
    ]
    assert expected == sorted(NEEDED)


@pytest.mark.parametrize("name", NEEDED)
def test_what_it_needs_has_a_permissive_licence(name):
    """As the metadata of the installed release has it; one that names none is not known to have one."""
    licences = _licences(name)
    assert licences
    assert licences - PERMISSIVE == NOT_QUITE.get(name, set())


def test_every_import_of_the_package_is_of_something_it_needs():
    """A package that is only there because another needs it may go at any time."""
    imported = set()
    for path in (ROOT / "agnt5_sim").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(str(node.module).partition(".")[0])
    others = {name.replace("_", "-") for name in imported - sys.stdlib_module_names}
    others -= {"agnt5-sim"}
    others = {{"attr": "attrs", "-pytest": "pytest"}.get(name, name) for name in others}
    assert set(NEEDED) == others | {"pytest-asyncio"}  # a plugin: pytest imports it


def test_every_lower_bound_is_one_that_is_tried():
    """`make package` installs exactly these versions."""
    assert set(lowest(ROOT / "pyproject.toml")) == set(NEEDED)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14", "3.15"])
def test_no_newer_python_is_forbidden(version):
    """What is only meant to work is not refused; the classifiers name what was tried."""
    assert SpecifierSet(PROJECT["requires-python"]).contains(version)
    tried = f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]
    assert tried == (version in {"3.11", "3.12", "3.13"})
