"""The pytest plugin: light until it is used.

Only options, the marker, the fixture and the loop's hook live here. What a simulation needs is
imported by the first that wants one; the sweep (`agnt5_sim.plugin.gate`) by `--agnt5-sim`.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

from agnt5_sim.plugin import freezing, options, table

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from agnt5_sim.api.sim import Sim

_WORLD = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and their ini twins."""
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, check the options, and bring in the sweep when it is asked for."""
    config.addinivalue_line("markers", table.MARKER)
    if not any(map(config.pluginmanager.has_plugin, freezing.OTHERS)):
        config.addinivalue_line("markers", freezing.MARKER_HELP)
        config.pluginmanager.register(freezing, "agnt5-sim-freezing")
    if not options.any_given(config):
        return
    choices = options.read(config)
    if choices.enabled:
        from agnt5_sim.plugin.gate import Gate

        config.pluginmanager.register(Gate(config, choices), "agnt5-sim-gate")


@pytest.hookimpl(wrapper=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> Generator[None, object, object]:
    """Let an asynchronous test that asks for `sim` run on a loop of its own without being marked.

    Its own even where the default scope is wider: its time is that of its world.
    """
    if "sim" in metafunc.fixturenames and inspect.iscoroutinefunction(metafunc.function):
        marks = metafunc.definition.own_markers
        if not any(mark.name == "asyncio" and _loop_scope(mark) for mark in marks):
            own = pytest.mark.asyncio(loop_scope="function")
            function: Any = getattr(metafunc.function, "__func__", metafunc.function)
            function.pytestmark = [own.mark, *_without_asyncio(getattr(function, "pytestmark", []))]
            marks[:] = [own.mark, *_without_asyncio(marks)]
    return (yield)


def _loop_scope(mark: pytest.Mark) -> Any:
    return mark.kwargs.get("loop_scope") or mark.kwargs.get("scope")


def _without_asyncio(marks: list[pytest.Mark]) -> list[pytest.Mark]:
    return [mark for mark in marks if mark.name != "asyncio"]


def uses_sim(item: pytest.Item) -> bool:
    """Tell whether a test asks for the `sim` fixture, itself or through another."""
    return "sim" in getattr(item, "fixturenames", ())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the clock of a simulation be there before a fixture sets it, and swaps no class then."""
    for item in items:
        if uses_sim(item):
            names: list[str] = item.fixturenames  # type: ignore[attr-defined]
            for name in freezing.SET_THE_CLOCK:
                if name in names and names.index(name) < names.index("sim"):
                    names.remove(name)
                    names.insert(names.index("sim") + 1, name)


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Generator[None, Mapping[str, Callable[[], Any]], Mapping[str, Callable[[], Any]]]:
    """Run asynchronous tests that ask for `sim` on the loop of its world."""
    others = yield
    if not uses_sim(item):
        import asyncio  # of all that the plugin needs the dearest, and not before now

        return others or {"default": asyncio.new_event_loop}

    def virtual_loop() -> Any:
        from agnt5_sim.world import VirtualLoop

        return VirtualLoop(_world(config))

    return {"agnt5-sim": virtual_loop}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin every test without a world."""
    item.config.stash[_WORLD] = None


def _world(config: pytest.Config) -> Any:
    """Return the world of the present test: its loop may be made before `sim`, or after."""
    if config.stash[_WORLD] is None:
        from agnt5_sim.world import World

        config.stash[_WORLD] = World()
    return config.stash[_WORLD]


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Say of a life that had to be ended what ended it, in place of a traceback through us."""
    if not uses_sim(pyfuncitem):
        return (yield)
    from agnt5_sim.errors import WorldError
    from agnt5_sim.life.refusals import explained

    simulation: Any = pyfuncitem.funcargs["sim"]
    if not simulation.is_living:
        return (yield)
    try:
        with explained(simulation.life):
            return (yield)
    except WorldError as error:
        problem = f"{type(error).__name__}: {error}"
    pytest.fail(problem, pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Sum a report of many lines up by its first.

    In CI pytest repeats all of it in its short summary, and JUnit's XML as the message.
    """
    report = yield
    problem = call.excinfo.value if call.excinfo is not None else None
    crash = getattr(report.longrepr, "reprcrash", None)
    ours = uses_sim(item) and isinstance(problem, pytest.fail.Exception) and not problem.pytrace
    if ours and crash is not None:
        crash.message = crash.message.partition("\n")[0]
    return report


@pytest.fixture
def sim(request: pytest.FixtureRequest) -> Iterator[Sim]:
    """A simulation: a fake platform with the real SDK's workers, in virtual time.

    Use it in an `async def test_…(sim)`, which then runs on the virtual loop itself.
    """
    _refuse_misuse(request)
    from agnt5_sim.api.sim import Sim
    from agnt5_sim.world import clock

    choices = options.read(request.config)
    simulation = Sim(choices.settings())
    gate = request.config.pluginmanager.get_plugin("agnt5-sim-gate")
    with clock.held():
        if gate is not None and gate.sweeps(request.node):
            yield simulation  # the gate lives its lives, one after another
            return
        with simulation.living(choices.settings(), _world(request.config)):
            yield simulation


def _refuse_misuse(request: pytest.FixtureRequest) -> None:
    """Refuse a test that asks for `sim` in a way in which nothing would be simulated."""
    item = request.node
    function = getattr(request.function, "hypothesis", None)
    function = getattr(function, "inner_test", request.function)
    if not inspect.iscoroutinefunction(function):
        if "sim" in inspect.signature(function).parameters:
            pytest.fail(
                f"{item.nodeid} asks for `sim` and is no `async def`. Write `async def"
                f" {request.function.__name__}(sim)`, or call agnt5_sim.simulate() instead",
                pytrace=False,
            )
        return
    marker = item.get_closest_marker("asyncio")
    scope = _loop_scope(marker) if marker is not None else None
    if scope not in {None, "function"}:
        pytest.fail(
            f"{item.nodeid} asks for `sim`, whose loop is of its own world and cannot be shared:"
            f" take loop_scope={scope!r} off its asyncio marker",
            pytrace=False,
        )
