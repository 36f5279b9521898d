"""CPython's own tests of asyncio, on our loop."""

from __future__ import annotations

import asyncio
import gc
import importlib
import io
import sys
import unittest
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agnt5_sim.world import VirtualLoop


class Recorded(VirtualLoop):
    """A virtual loop that tells that it was used, and how."""

    _default_executor = None  # CPython's tests look for one to shut down
    made = 0
    debugged = 0
    callbacks = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).made += 1

    def set_debug(self, enabled: bool) -> None:
        type(self).debugged += enabled
        super().set_debug(enabled)

    def close(self) -> None:
        type(self).callbacks += self.world.turns
        super().close()


def _cases(suite: unittest.TestSuite) -> Iterator[Any]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _cases(test)
        else:
            yield test


@pytest.fixture
def on_virtual_loops(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], None]]:
    """Let every asyncio test case of a suite make virtual loops."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # policies are deprecated from 3.14 on
        before = asyncio.get_event_loop_policy()

        class Policy(asyncio.DefaultEventLoopPolicy):
            def new_event_loop(self) -> asyncio.AbstractEventLoop:
                return Recorded()

        asyncio.set_event_loop_policy(Policy())

        def factories(suite: unittest.TestSuite) -> None:
            for case in _cases(suite):
                if isinstance(case, unittest.IsolatedAsyncioTestCase) and sys.version_info >= (
                    3,
                    13,
                ):
                    monkeypatch.setattr(type(case), "loop_factory", Recorded)

        for name in ("made", "debugged", "callbacks"):
            monkeypatch.setattr(Recorded, name, 0)
        yield factories
        asyncio.set_event_loop_policy(before)
        gc.collect()  # whatever the tests left behind complains here and not in somebody's test


def run_all_of(module: str, least: int, on_virtual_loops: Callable[[Any], None]) -> int:
    """Run a module of CPython's tests on virtual loops; they pass, and are `least` so many.

    Returns how many of them make a loop for themselves.
    """
    pytest.importorskip("test.test_asyncio", reason="this interpreter ships without its tests")
    suite = unittest.defaultTestLoader.loadTestsFromModule(
        importlib.import_module(f"test.test_asyncio.{module}")
    )
    on_virtual_loops(suite)
    isolated = sum(isinstance(case, unittest.IsolatedAsyncioTestCase) for case in _cases(suite))
    report = io.StringIO()
    result = unittest.TextTestRunner(report, verbosity=0, warnings="ignore").run(suite)
    assert ([], [], 0) == (result.errors, result.failures, len(result.skipped)), report.getvalue()
    assert least <= result.testsRun
    return isolated


@pytest.mark.parametrize(
    ("module", "least"),
    [
        ("test_locks", 70),
        ("test_queues", 44),
        ("test_taskgroups", 35),
        ("test_timeouts", 32),
        ("test_waitfor", 15),
    ],
)
def test_cpythons_own_tests_pass(
    module: str, least: int, on_virtual_loops: Callable[[Any], None]
) -> None:
    """All of them, none excluded: what they assert of the stock loop holds for ours, in debug mode.

    `least` is how many there are on 3.11; later versions have more.
    """
    isolated = run_all_of(module, least, on_virtual_loops)
    # They did run on our loop: one for each case, in debug mode, and it ran their callbacks.
    assert 0 < isolated <= Recorded.made
    assert isolated <= Recorded.debugged
    assert isolated < Recorded.callbacks


@pytest.mark.forks  # some of them start an interpreter
@pytest.mark.skipif(sys.version_info < (3, 12), reason="there are no eager tasks yet")
def test_cpythons_own_tests_of_eager_tasks_pass(on_virtual_loops: Callable[[Any], None]) -> None:
    """A task may run inside the call that creates it, also where the program set that up itself."""
    run_all_of("test_eager_task_factory", 39, on_virtual_loops)
    assert Recorded.made >= 39


def test_a_virtual_loop_stands_wherever_a_stock_loop_can() -> None:
    """`asyncio.Runner` takes it, runs on it, closes it, and an hour passes at once."""

    async def main() -> tuple[float, str]:
        before = asyncio.get_running_loop().time()
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time() - before, type(asyncio.get_running_loop()).__name__

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        assert (3600.0, "VirtualLoop") == runner.run(main())
        loop = runner.get_loop()
    assert loop.is_closed()
