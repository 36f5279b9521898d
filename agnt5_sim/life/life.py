"""One simulated life: a world, a platform, a plan, and the real SDK between them.

A life begins with nothing, ends with everything it was asked to run having ended (or waiting
for what will not come), and leaves one history behind.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from agnt5_sim.arguments.checks import functions
from agnt5_sim.faults import Injector
from agnt5_sim.history import History
from agnt5_sim.history.terms import TERMINAL
from agnt5_sim.life.workers import Workers
from agnt5_sim.platform import Platform, scope_of
from agnt5_sim.sdk.generations.detect import installed
from agnt5_sim.sdk.generations.detect import profile as resolve_profile
from agnt5_sim.sdk.loggers import silenced
from agnt5_sim.sdk.ports.bodies import Bodies
from agnt5_sim.sdk.ports.crossings import Crossings
from agnt5_sim.sdk.ports.effects import declared
from agnt5_sim.sdk.ports.stubs import Stubs
from agnt5_sim.sdk.workflows import resolve, watch_functions
from agnt5_sim.world import World, isolated
from agnt5_sim.world.clock import NS
from agnt5_sim.world.remembering.locks import locks
from agnt5_sim.world.world import DEFAULT_EPOCH_NS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agnt5_sim.errors import Stuck
    from agnt5_sim.life.settings import Settings
    from agnt5_sim.platform import Change
    from agnt5_sim.sdk.ports.attempt import Attempt


class Life:
    """A world with a platform in it and workers to do its runs.

    Args:
        settings: what it is lived under.
        stubs: what stands in for steps' bodies.
        effects: functions of the outside world that matter.
        world: where to live; None for a world of its own.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        stubs: Mapping[Any, Any] | None = None,
        effects: tuple[Callable[..., Any], ...] = (),
        world: World | None = None,
    ) -> None:
        self.settings = settings
        self.profile = resolve_profile(settings.profile)
        self.world = world or World()
        self.world.epoch_ns = DEFAULT_EPOCH_NS + settings.start * NS
        self.world.turn_limit = settings.turn_limit
        self.world.pace = settings.pace
        self.platform = Platform(settings.policy)
        self.history = History()
        self.workers = Workers(self)
        self.injector = Injector(settings.plan, self.workers.strike)
        self.crossings = Crossings(
            self.world, self.platform, self.injector, self.history, self.workers.finish
        )
        self.stubs = Stubs({} if stubs is None else stubs)
        self.bodies = Bodies(self.crossings, self.stubs)
        self.effects = functions("effects", effects)
        self.on_change: list[Callable[[str], None]] = []
        self._runs = 0
        self._pump_at: float | None = None
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
                    "plan": str(settings.plan),
                    "seed": settings.seed,
                    "start": settings.start,
                    "pace": settings.pace,
                    "policy": str(settings.policy),
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
        *,
        run_id: str | None = None,
        session_id: str | None = None,
        user_id: str | None = None,
        tenant: str = "default",
        streaming: bool = False,
    ) -> str:
        """Submit a run and return its id; it begins as soon as the world moves on.

        Raises:
            NotAWorkflow: there is no such workflow or function.
            BadInput: the input does not fit its parameters.
            NotJson: the input cannot be JSON.
        """
        component = resolve(target)
        data = component.input_bytes(given)
        self._runs += 1
        run_id = run_id or f"run-{self._runs}"
        self.platform.submit(
            self.world.now,
            component.name,
            component.kind,
            data,
            run_id=run_id,
            session_id=session_id,
            user_id=user_id,
            tenant=tenant,
            streaming=streaming,
        )
        self.workers.remember(component.handler)
        self.note(
            "run.submitted",
            run_id,
            component.name,
            {
                "component": component.kind,
                "input": data,
                "session_id": session_id or "",
                "user_id": user_id or "",
                "tenant": tenant,
                "streaming": streaming,
            },
        )
        self.pump()
        return run_id

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
            {"value": value, "duplicate": answered.duplicate},
        )
        self.pump()

    def cancel(self, run_id: str) -> None:
        """Cancel a run."""
        self.platform.cancel(self.world.now, run_id)
        self.ended(run_id)

    # -- the platform moves on ---------------------------------------------------------

    def pump(self) -> None:
        """See to it that the platform's next due event happens."""
        due = self.world.now if self.platform.queued() else self.platform.next_due()
        if due is None or (self._pump_at is not None and self._pump_at <= due):
            return
        self._pump_at = due
        self.world.at(due, self._advance)

    def _advance(self) -> None:
        self._pump_at = None
        for change in self.platform.advance(self.world.now):
            self._changed(change)
        for run_id in self.platform.queued():
            self.workers.dispatch(run_id)
        self.pump()

    def _changed(self, change: Change) -> None:
        self.note(change.kind, change.run_id, change.detail, {"due": change.at})
        self.tell(change.run_id)

    def ended(self, run_id: str) -> None:
        """Note that a run is over."""
        run = self.platform.run(run_id)
        self.note(
            "run.ended",
            run_id,
            run.state,
            {"output": run.output, "error": run.error, "state": self.state_of(run_id)},
        )
        self.tell(run_id)

    def state_of(self, run_id: str) -> bytes:
        """Return the entity the run's scope has now, as JSON; b"" for none."""
        run = self.platform.run(run_id)
        key, scope, scope_id = scope_of(run.component, run_id, run.session_id, run.user_id)
        return self.platform.entity(run.tenant, "WorkflowEntity", key, scope, scope_id)[0]

    # -- notes -------------------------------------------------------------------------

    def note(
        self,
        kind: str,
        run_id: str,
        name: str = "",
        data: Mapping[str, Any] | None = None,
        attempt: Attempt | None = None,
    ) -> None:
        """Write an entry that belongs to no program: of the platform, or of the life."""
        self.history.add(
            self.world.now,
            kind,
            run_id=run_id,
            attempt=-1 if attempt is None else attempt.number,
            incarnation=0 if attempt is None else attempt.process.incarnation,
            name=name,
            data=data,
        )

    def tell(self, run_id: str) -> None:
        """Tell whoever listens that something has become of a run."""
        for listener in tuple(self.on_change):
            listener(run_id)

    def explain(self) -> str:
        """Say what every unfinished run waits for, and what happened last."""
        lines = [
            f"{run_id}: {self.platform.waiting_on(run_id)}"
            for run_id in self.history.runs
            if self.platform.run(run_id).state not in TERMINAL
        ]
        tail = [
            f"  {entry.time:g} s {entry.kind} {entry.name}".rstrip() for entry in self.history[-6:]
        ]
        return "\n".join([*lines, "the last that happened:", *tail])

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
        self.world.explain = None

    def effects_declared(self) -> Any:
        """Watch the declared effects until the block ends."""
        return declared(self.effects)
