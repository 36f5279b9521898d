"""The readers' side: what a façade, a report or a test may look at. Nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.platform.entities import EntityKey
from agnt5_sim.platform.store import Store

if TYPE_CHECKING:
    from agnt5_sim.platform.activations import Activation
    from agnt5_sim.platform.journal import Accepted
    from agnt5_sim.platform.outbox import Seen
    from agnt5_sim.platform.pauses import Pause
    from agnt5_sim.platform.runs import Run


class Readings(Store):
    """Read-only views; each raises `UnknownRun` for a run that was never submitted."""

    def run(self, run_id: str) -> Run:
        """The run as it stands."""
        return self._part(run_id).run

    def journal(self, run_id: str) -> tuple[Accepted, ...]:
        """The events accepted so far, of all attempts, in order."""
        return self._part(run_id).journal.entries()

    def pauses(self, run_id: str) -> tuple[Pause, ...]:
        """The questions asked so far, by index."""
        return self._part(run_id).pauses.all()

    def activations(self, run_id: str) -> tuple[Activation, ...]:
        """The activations of the run, in the order in which they first began."""
        return self._part(run_id).activations.all()

    def entity(
        self,
        tenant: str,
        type: str,  # noqa: A002 - the SDK's name
        key: str,
        scope: str,
        scope_id: str,
    ) -> tuple[bytes, int]:
        """The value and version of an entity; `(b"", 0)` when there is none."""
        return self._entities.load(EntityKey(tenant, type, key, scope, scope_id))

    def outbox(self, run_id: str) -> tuple[Seen, ...]:
        """What the run's client has seen so far, in order."""
        return self._part(run_id).outbox.seen()

    def waiting_on(self, run_id: str) -> str:
        """Say what has to happen for the run to go on."""
        part = self._part(run_id)
        run, due = part.run, part.due
        if run.state == "queued":
            return f"queued: waiting for a worker to take attempt {run.attempt}"
        if run.state == "running":
            lease = self._leases.of(run_id)
            holder = "" if lease is None else f" in incarnation {lease.incarnation}"
            if due is not None:
                return f"waiting for the lease of {due.detail} to expire at {due.at} s"
            return f"running{holder}"
        if due is not None:
            return f"waiting for timer {due.detail}, ready at {due.at} s"
        pause = part.pauses.current()
        if pause is not None:
            ids = "/".join(id_ for id_, _ in pause.options)
            kind = f"{pause.input_type}: {ids}" if ids else pause.input_type
            return f"waiting for an answer to pause {pause.index} ({pause.question!r}, {kind})"
        return f"nothing: the run is {run.state}"
