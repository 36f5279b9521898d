"""The pytest plugin: light until it is used.

Only options, the marker, the fixture and the loop's hook live here. What a simulation needs is
imported by the first that wants one; the sweep (`agnt5_sim.plugin.gate`) by `--agnt5-sim`.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from . import options

if TYPE_CHECKING:
    from ..sim import Sim

MARKER = (
    "agnt5_sim(depth=1, faults=('kill',), budget=None, accept=()): under --agnt5-sim, live this test"
    " again under every fault plan and hold each life to the guarantees"
)
_WORLD = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and their ini twins."""
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, check the options, and bring in the sweep when it is asked for."""
    config.addinivalue_line("markers", MARKER)
    if not options.any_given(config):
        return
    choices = options.read(config)
    if choices.enabled:
        from .gate import Gate

        config.pluginmanager.register(Gate(config, choices), "agnt5-sim-gate")


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> None:
    """Let an asynchronous test that asks for `sim` run on a loop without being marked."""
    del collector
    if not inspect.iscoroutinefunction(obj) or not name.startswith(("test", "scenario")):
        return
    marks = getattr(obj, "pytestmark", [])
    if "sim" in inspect.signature(obj).parameters and not any(m.name == "asyncio" for m in marks):
        pytest.mark.asyncio(obj)


def uses_sim(item: pytest.Item) -> bool:
    """Tell whether a test asks for the `sim` fixture, itself or through another."""
    return "sim" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Generator[None, Mapping[str, Callable[[], Any]], Mapping[str, Callable[[], Any]]]:
    """Run asynchronous tests that ask for `sim` on the loop of its world."""
    others = yield
    if not uses_sim(item):
        return others or {"default": asyncio.new_event_loop}

    def virtual_loop() -> Any:
        from ..world import VirtualLoop

        return VirtualLoop(config.stash.get(_WORLD, None))

    return {"agnt5-sim": virtual_loop}


@pytest.fixture
def sim(request: pytest.FixtureRequest) -> Iterator[Sim]:
    """A simulation: a fake platform with the real SDK's workers, in virtual time.

    Use it in an `async def test_…(sim)`, which then runs on the virtual loop itself.
    """
    from ..sim import Sim
    from ..world import World, clock

    choices = options.read(request.config)
    simulation = Sim(choices.settings())
    gate = request.config.pluginmanager.get_plugin("agnt5-sim-gate")
    with clock.held():
        if gate is not None and gate.sweeps(request.node):
            yield simulation  # the gate lives its lives, one after another
            return
        world = World()
        request.config.stash[_WORLD] = world
        try:
            with simulation.living(choices.settings(), world):
                yield simulation
        finally:
            request.config.stash[_WORLD] = None
