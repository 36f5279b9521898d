"""A story as it is told: an `async def story(sim)`, of as many runs as it likes.

Tests that ask for the `sim` fixture are such stories, and are lived by the same code.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from agnt5_sim.errors import SimulationFailed
from agnt5_sim.exploring.story import Ending
from agnt5_sim.sdk.workflows import workflow_handlers
from agnt5_sim.world import VirtualLoop, World

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from contextlib import AbstractContextManager

    from agnt5_sim.api.sim import Sim
    from agnt5_sim.life.life import Life
    from agnt5_sim.life.settings import Settings


def is_story(target: Any) -> bool:
    """Tell whether something is a story: an `async def` whose one parameter is `sim`."""
    if not inspect.iscoroutinefunction(target) or hasattr(target, "_agnt5_config"):
        return False
    return list(inspect.signature(target).parameters) == ["sim"]


class Told:
    """A story told by a function.

    Args:
        function: the story.
        sim: what it is told with.
    """

    failures: tuple[type[BaseException], ...] = (BaseException,)

    def __init__(self, function: Callable[..., Coroutine[Any, Any, Any]], sim: Sim) -> None:
        self.function = function
        self.sim = sim

    @property
    def programs(self) -> list[Any]:
        """The story itself, and every workflow it could run."""
        return [inspect.unwrap(self.function), *workflow_handlers()]

    @property
    def passes(self) -> tuple[type[BaseException], ...]:
        """What ends more than the story."""
        return (KeyboardInterrupt, SystemExit)

    def living(self, settings: Settings) -> AbstractContextManager[Life]:
        """Open a life of the simulation."""
        return self.sim.living(settings, World())

    def arguments(self) -> dict[str, Any]:
        """Return what the function is called with in the life that begins."""
        return {"sim": self.sim}

    def play(self, life: Life) -> Ending:
        """Let the function run on a loop of its own in that world, and the workers come to rest.

        Raises:
            SimulationFailed: it started no run.
        """
        loop = VirtualLoop(life.world)
        try:
            output = loop.run_until_complete(self.function(**self.arguments()))
            life.settle()
            self.look_back(life)
        finally:
            loop.close()
        return Ending(output=output, run_id=life.history.runs[0])

    def look_back(self, life: Life) -> None:
        """Look at a life whose story was told to its end.

        Raises:
            SimulationFailed: it started no run.
        """
        if not life.history.runs:
            raise SimulationFailed(
                f"{self.function.__qualname__} started no run: there is nothing to simulate. Let it"
                " call `await sim.run(...)` or `await sim.submit(...)`"
            )
