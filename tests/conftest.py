"""What the tests share: pytest runs of somebody else's, the same wherever these tests are run."""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil

import pytest

import agnt5_sim


@pytest.fixture(scope="session")
def _everything_imported() -> None:
    """Import the whole package before the first run of pytest inside of this one.

    What such a run is first to import, pytester forgets after it, and a later run would import it
    again: two classes of one name, an error that `except` does not know. Which test is the first
    depends on the order and on the worker; what it finds must not.
    """
    for module in pkgutil.walk_packages(agnt5_sim.__path__, "agnt5_sim."):
        if not module.name.endswith(".__main__"):
            with contextlib.suppress(ImportError):  # the other generation's
                importlib.import_module(module.name)


@pytest.fixture
def pytester(
    _everything_imported: None, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """Run pytest without what its surroundings would have it print otherwise."""
    for name in ("CI", "BUILD_NUMBER", "COLUMNS", "FORCE_COLOR", "NO_COLOR", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
        monkeypatch.delenv(name, raising=False)
    return pytester


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the ids of the processes that this one forks from here on, as it forks them."""
    children: list[int] = []
    fork = os.fork

    def noting() -> int:
        child = fork()
        if child:
            children.append(child)
        return child

    monkeypatch.setattr(os, "fork", noting)
    return children
