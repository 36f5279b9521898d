"""One simulated life: a world, a platform, a plan, and the real SDK between them.

A life begins with nothing, ends with everything it was asked to run having ended (or waiting
for what will not come), and leaves one history behind.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

from agnt5_sim.faults import Injector
from agnt5_sim.life.scene import Scene
from agnt5_sim.life.worker import finish
from agnt5_sim.life.workers import Workers
from agnt5_sim.platform.identity import ids_of
from agnt5_sim.sdk.generations.detect import installed
from agnt5_sim.sdk.generations.detect import profile as resolve_profile
from agnt5_sim.sdk.loggers import silenced
from agnt5_sim.sdk.ports.bodies import Bodies
from agnt5_sim.sdk.ports.crossings import Crossings
from agnt5_sim.sdk.ports.effects import declared
from agnt5_sim.sdk.ports.stubs import Stubs
from agnt5_sim.sdk.protocol.payloads import ENVELOPE
from agnt5_sim.sdk.protocol.state import home_of
from agnt5_sim.sdk.protocol.tokens import seen
from agnt5_sim.sdk.workflows import resolve, watch_functions
from agnt5_sim.world import World, isolated
from agnt5_sim.world.clock import NS
from agnt5_sim.world.remembering.locks import locks
from agnt5_sim.world.world import DEFAULT_EPOCH_NS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.errors import Stuck
    from agnt5_sim.life.settings import Settings
    from agnt5_sim.platform.identity import Ids


class Life(Scene):
    """A world with a platform in it and workers to do its runs.

    Args:
        settings: what it is lived under.
        world: where to live; None for a world of its own.
    """

    def __init__(self, settings: Settings, world: World | None = None) -> None:
        super().__init__(settings, world or World())
        self.profile = resolve_profile(settings.profile)
        self.world.epoch_ns = DEFAULT_EPOCH_NS + settings.start * NS
        self.world.turn_limit = settings.turns
        self.world.pace = settings.pace
        self.workers = Workers(self, self.profile)
        self.dispatch = self.workers.dispatch
        self.injector = Injector(settings.plan, self.workers)
        self.crossings = Crossings(
            self.world, self.platform, self.injector, self.history, partial(finish, self)
        )
        self.stubs = Stubs(settings.stubs)
        self.bodies = Bodies(self.crossings, self.stubs)
        self.workers.equip(self.crossings, self.bodies, self.injector)
        self.world.explain = self.explain

    @contextmanager
    def lived(self) -> Iterator[Life]:
        """Be in this life's world until the block ends."""
        settings = self.settings
        watch_functions()
        locks.begin()
        quiet = silenced() if settings.quiet else nullcontext()
        with isolated(self.world, f"{settings.seed}/0", stall=settings.stall), quiet:
            self.history.add(
                0.0,
                "life.began",
                name=self.profile,
                data={
                    "agnt5": installed().version,
                    "generation": installed().generation.letter,
                    "plan": str(settings.plan),
                    "seed": settings.seed,
                    "start": settings.start,
                    "began_ns": self.world.epoch_ns,
                    "pace": settings.pace,
                    "policy": settings.policy.told(),
                    "envelope": ENVELOPE,
                },
            )
            try:
                yield self
            finally:
                self._end()

    # -- clients -----------------------------------------------------------------------

    def submit(
        self,
        target: Any,
        given: Any,
        **ids: Unpack[Ids],
    ) -> str:
        """Submit a run and return its id; it begins as soon as the world moves on.

        Args:
            target: a workflow or function, or the name of one.
            given: its input.
            ids: whose it is; see `Identity`.

        Raises:
            NotAWorkflow: there is no such workflow or function.
            BadInput: the input does not fit its parameters.
            NotJson: the input cannot be JSON.
            ValueError: an id cannot be used.
            TypeError: a keyword is no id.
        """
        component = resolve(target)
        data = component.input_bytes(given)
        whose = self.platform.named(**ids)
        home = home_of(component.name, whose.run_id, whose.session_id, whose.user_id)
        self.platform.submit(
            self.world.now, component.name, component.kind, data, home=home, **ids_of(whose)
        )
        self.workers.remember(component.handler)
        self.note(
            "run.submitted",
            whose.run_id,
            component.name,
            {
                "component": component.kind,
                "input": data,
                "session_id": whose.session_id or "",
                "user_id": whose.user_id or "",
                "tenant": whose.tenant,
                "streaming": whose.streaming,
                "home": (home.key, home.scope, home.scope_id),
            },
        )
        self.pump()
        return whose.run_id

    def answer(self, run_id: str, value: str, index: int | None = None) -> None:
        """Answer a question of a run.

        Raises:
            AnswerRefused: the platform does not take it; the message says what it takes.
        """
        answered = self.platform.answer(self.world.now, run_id, value, index)
        self.note(
            "pause.answered",
            run_id,
            f"pause:{answered.index}",
            {"value": value, "seen": seen(value), "duplicate": answered.duplicate},
        )
        self.pump()

    def cancel(self, run_id: str) -> None:
        """Cancel a run."""
        self.platform.cancel(self.world.now, run_id)
        self.ended(run_id)

    # -- the end -----------------------------------------------------------------------

    def settle(self) -> None:
        """Let what a worker still does go on until nothing is left to do."""
        self.world.drive(None, self._nothing_left)

    def stuck(self, error: Stuck) -> None:
        """Note that the life can go no further."""
        self.note("life.stuck", "", str(error))

    def _nothing_left(self) -> bool:
        return self.world.next_timer() is None and not self.world.busy()

    def _end(self) -> None:
        self.workers.leave()
        locks.end()
        for loop, context in self.world.unhandled_errors:
            del loop
            error = context.get("exception")
            self.note(
                "world.unhandled",
                "",
                str(context.get("message", "")),
                {"error": "" if error is None else f"{type(error).__name__}: {error}"},
            )
        self.history.add(self.world.now, "life.ended")
        self.history.close()
        self.on_change.clear()
        del self.dispatch  # nothing is left that leads in a circle back to the life
        del self.crossings.finish
        self.world.explain = None

    def effects_declared(self) -> Any:
        """Watch the declared effects until the block ends."""
        return declared(self.settings.effects)
