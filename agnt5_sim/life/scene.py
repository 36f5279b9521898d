"""What everybody in a life shares: the world, the platform, the history, and who listens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agnt5_sim.history import History
from agnt5_sim.history.terms import TERMINAL
from agnt5_sim.platform import Platform
from agnt5_sim.sdk.protocol.causes import meaning

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agnt5_sim.life.settings import Settings
    from agnt5_sim.platform import Change
    from agnt5_sim.sdk.ports.attempt import Attempt
    from agnt5_sim.world import World


class Scene:
    """A world with a platform in it, and the record of what happens there.

    Args:
        settings: what the life is lived under.
        world: where it is lived.

    Attributes:
        dispatch: takes a run that is queued; whoever keeps the workers sets it.
        on_change: told the id of each run of which something has become.
    """

    def __init__(self, settings: Settings, world: World) -> None:
        self.settings = settings
        self.world = world
        self.platform = Platform(settings.policy)
        self.history = History()
        self.dispatch: Callable[[str], None] = _nobody
        self.on_change: list[Callable[[str], None]] = []
        self._pump_at: float | None = None

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
            self.dispatch(run_id)
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
            {
                "output": run.output,
                "error": run.error,
                "means": meaning(run.error),
                "state": self.state_of(run_id),
            },
        )
        self.tell(run_id)

    def state_of(self, run_id: str) -> bytes:
        """Return the entity the run's scope has now, as JSON; b"" for none."""
        home = self.platform.run(run_id).home
        return b"" if home is None else self.platform.entity(*home)[0]

    # -- the record --------------------------------------------------------------------

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


def _nobody(run_id: str) -> None:
    msg = f"{run_id} is queued, and there are no workers"
    raise RuntimeError(msg)
