"""What the tests of the world share."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Coroutine, Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from agnt5_sim.world import Process, World, clock, isolated

UNHELD = {"test_clock", "test_freezing", "test_generators"}
Program = Callable[[World], Coroutine[Any, Any, Any]]


@pytest.fixture(autouse=True, scope="module")
def _held_and_frozen(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start the clock once for a file, and let `gc.collect` look at nothing older than it.

    Some files look at the starting themselves.
    """
    gc.collect()
    gc.freeze()
    with nullcontext() if request.path.stem in UNHELD else clock.held():
        yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _nobody_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kill what still lives when a test ends, as a life does, so that nothing of it runs later."""
    spawned: weakref.WeakSet[Process] = weakref.WeakSet()  # a test may want them gone
    spawn = World.spawn

    def recorded(world: World) -> Process:
        process = spawn(world)
        spawned.add(process)
        return process

    monkeypatch.setattr(World, "spawn", recorded)
    yield
    for process in tuple(spawned):
        if process in process.world._processes:
            process.world.kill(process)


@pytest.fixture
def live() -> Callable[..., Any]:
    """Run a program as the only process of a new world, and return its result."""

    def live(program: Program, *, seed: str = "seed", stall: float = 10.0, **options: Any) -> Any:
        world = World(**options)
        with isolated(world, seed, stall=stall):
            task = world.spawn().start(program(world))
            world.drive(None, task.done)
        return task.result()

    return live
