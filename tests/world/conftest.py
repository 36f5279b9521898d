"""What the tests of the world share."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from agnt5_sim.world import Process, World, isolated

Program = Callable[[World], Coroutine[Any, Any, Any]]


@pytest.fixture(autouse=True)
def _nobody_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kill what still lives when a test ends, as a life does, so that nothing of it runs later."""
    spawned: list[Process] = []
    spawn = World.spawn

    def recorded(world: World) -> Process:
        process = spawn(world)
        spawned.append(process)
        return process

    monkeypatch.setattr(World, "spawn", recorded)
    yield
    for process in spawned:
        if process in process.world._processes:
            process.world.kill(process)


@pytest.fixture
def live() -> Callable[..., Any]:
    """Run a program as the only process of a new world, and return its result."""

    def live(
        program: Program, *, seed: str = "seed", stall: float = 10.0, **options: Any
    ) -> Any:
        world = World(**options)
        with isolated(world, seed, stall=stall):
            task = world.spawn().start(program(world))
            world.drive(None, task.done)
        return task.result()

    return live
