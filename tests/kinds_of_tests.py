"""What a test does that takes long: it sweeps, it starts processes, or it executes the pages.

Nobody has to mark a test for it. What its code and its fixtures name, and what the helpers that
they name do in turn, says whether it `sweeps`, `forks` or is one of the `examples`; the marks are
set when tests are collected. `--quick` leaves these out, and holds the others to it: a test that
sweeps or starts a process all the same fails, and says what it lacks.

A test that is marked `slow` says why, and is run by `make check` instead of `make test`.
"""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache, wraps
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

HERE = str(Path(__file__).parent)
NAMES = {
    "sweeps": frozenset({"explore", "sweep", "live_all"}),
    "forks": frozenset({"subprocess", "fork", "fresh", "runpytest_subprocess"}),
    "examples": frozenset({"RUNNER"}),
}
"""Which names in a test's code stand for which mark."""


def marks_of(functions: Iterable[Any]) -> set[str]:
    """Return the marks of a test.

    Args:
        functions: its own function, those of its fixtures, and those it is parametrised with.
    """
    named = {
        name
        for function in functions
        if isinstance(plain := _plain(function), FunctionType)
        for name in _named_by(plain)
    }
    return {mark for mark, names in NAMES.items() if names & named}


def _plain(function: Any) -> Any:
    return getattr(function, "__func__", function)


@cache
def _named_by(function: FunctionType) -> frozenset[str]:
    """Return a function's name and those in it, and in the helpers of the tests' own it names."""
    named, seen, waiting = {function.__name__}, set(), [function]
    while waiting:
        function = inspect.unwrap(waiting.pop())
        if function in seen:
            continue
        seen.add(function)
        for name in _names_in(function.__code__):
            named.add(name)
            helper = function.__globals__.get(name)
            if isinstance(helper, FunctionType) and helper.__code__.co_filename.startswith(HERE):
                waiting.append(helper)
    return frozenset(named)


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)
        elif isinstance(constant, tuple):  # the keywords of a call
            yield from (part for part in constant if isinstance(part, str))


class Watch:
    """Sees what the test that is running does, from when it is told of one until it is told of None."""

    def __init__(self) -> None:
        self.on = False
        self.did: set[str] = set()

    def install(self) -> None:
        """Begin to watch: the hook stays for as long as the process."""
        sweeping: Any = importlib.import_module("agnt5_sim.exploring.sweep")
        sweeping.live_all = self._noting("sweeps", sweeping.live_all)
        # What is refused (`tests/world/test_guard.py`) has not been done, so no audit event counts.
        popen: Any = subprocess.Popen
        popen._execute_child = self._noting("forks", popen._execute_child)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_parent=lambda: self._note("forks"))

    def _noting(self, what: str, function: Any) -> Any:
        @wraps(function)
        def noting(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            self._note(what)
            return result

        return noting

    def _note(self, what: str) -> None:
        if self.on:
            self.did.add(what)


WATCH = Watch()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption(
        "--quick", action="store_true", help="leave out what sweeps, forks or executes the pages"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Watch the tests of a quick run."""
    if config.getoption("quick"):
        WATCH.install()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Set the marks, before -m selects by them; with --quick select here."""
    for item in items:
        for mark in sorted(marks_of(_functions(item))):
            item.add_marker(mark)
        slow = item.get_closest_marker("slow")
        if slow is not None and not slow.kwargs.get("reason"):
            raise pytest.UsageError(f"{item.nodeid} is marked slow without a reason")
    if config.getoption("quick"):
        left_out = [item for item in items if _marks(item) & {*NAMES, "slow"}]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _functions(item: pytest.Item) -> Iterator[Any]:
    yield getattr(item, "obj", None)
    definitions = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    for name in getattr(item, "fixturenames", ()):
        for definition in definitions.get(name, ()):
            yield definition.func
    yield from getattr(getattr(item, "callspec", None), "params", {}).values()


def _marks(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers()}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Hold a test of a quick run to what it is not marked with."""
    WATCH.on, WATCH.did = True, set()
    try:
        result = yield
    finally:
        WATCH.on = False
    if WATCH.did:
        pytest.fail(
            f"{item.nodeid} {' and '.join(sorted(WATCH.did))}, and nothing it names says so: mark it",
            pytrace=False,
        )
    return result
