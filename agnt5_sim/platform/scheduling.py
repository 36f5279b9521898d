"""The scheduler's side: what is due, who gets which run, and who is dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.platform.agenda import Change
from agnt5_sim.platform.dispatches import Dispatch
from agnt5_sim.platform.identity import ids_of
from agnt5_sim.platform.store import Parts, Store

if TYPE_CHECKING:
    from agnt5_sim.platform.leases import Lease


class Scheduling(Store):
    """What moves runs between queued, running and waiting."""

    def next_due(self) -> float | None:
        """The earliest virtual time (seconds) at which `advance` would change something."""
        return self._agenda.next_due()

    def advance(self, now: float) -> tuple[Change, ...]:
        """Let everything happen that is due at `now` (seconds).

        The lease of a worker that is dead, or stands still, expires and its run is queued
        for the next attempt; a timer fires and its run is queued again.

        Returns:
            what happened, in the order in which it fell due.
        """
        changes = []
        while (change := self._agenda.pop(now)) is not None:
            part = self._parts[change.run_id]
            part.due = None
            crashed = change.kind == "lease.expired"
            if crashed:
                self._leases.release(change.run_id)
                part.journal.lose(now, None)  # what a worker that stood still had not flushed
            self._runs.requeue(change.run_id, crashed=crashed)
            changes.append(change)
        return tuple(changes)

    def queued(self) -> tuple[str, ...]:
        """The ids of the runs to dispatch, in the order in which they became due."""
        return self._runs.queued()

    def dispatch(self, now: float, run_id: str, incarnation: int) -> Dispatch:
        """Give a queued run to a worker.

        Args:
            now: virtual time, seconds.
            run_id: the run.
            incarnation: the worker incarnation that takes it.

        Returns:
            the attempt, with its lease and all that the platform knows about the run.

        Raises:
            UnknownRun: no run has this id.
            RunIsOver: the run has ended.
            WrongState: the run is running or waiting.
            Fenced: the incarnation is dead.
        """
        record = self._runs.require(run_id, "dispatch", "queued")
        lease = self._leases.grant(now, run_id, incarnation)
        self._runs.start(run_id)
        part = self._parts[run_id]
        run = record.view
        return Dispatch(
            run.component,
            run.kind,
            run.input,
            run.attempt,
            lease,
            record.recovering,
            record.crashes,
            part.completed.snapshot(),
            part.pauses.answers(),
            self._initial_state(part),
            record.resume,
            **ids_of(run),
        )

    def crash(self, now: float, incarnation: int) -> None:
        """Declare a worker incarnation dead at `now` (seconds).

        No run changes its state: its leases expire `Policy.lease` seconds later. What it
        had not flushed is lost, as `Policy.durability` says, and everything it writes
        from now on is refused. Killing it again changes nothing.
        """
        for lease in self._leases.kill(now, incarnation):
            self._parts[lease.run_id].journal.lose(now, self.policy.tail)
            self._let_expire(now, lease)

    def stand_still(self, now: float, incarnation: int) -> None:
        """Take note that a worker renews its leases no longer, from `now` (seconds) on.

        They expire `Policy.lease` seconds later, unless it goes on before.
        """
        for lease in self._leases.held_by(incarnation):
            self._let_expire(now, lease)

    def go_on(self, incarnation: int) -> None:
        """Take note that a worker renews its leases again: those it has not lost meanwhile."""
        for lease in self._leases.held_by(incarnation):
            self._expect_no_more(self._parts[lease.run_id])

    def holds(self, lease: Lease) -> bool:
        """Whether a lease is the live one of its run."""
        return self._leases.of(lease.run_id) == lease

    def _let_expire(self, now: float, lease: Lease) -> None:
        if self._parts[lease.run_id].due is None:  # else it stood still already when it died
            at = now + self.policy.lease
            detail = f"incarnation {lease.incarnation}"
            self._expect(Change("lease.expired", lease.run_id, at, detail))

    def expire_lease(self, now: float, run_id: str) -> Change:
        """Expire the lease of a running run now, whether its worker lives or not.

        A worker that lives becomes a zombie for this run: it does not know, and what it
        writes is refused. What it had not flushed is lost, as in a crash.

        Returns:
            the change, as `advance` reports it.

        Raises:
            UnknownRun: no run has this id.
            RunIsOver: the run has ended.
            WrongState: the run has no lease, being queued or waiting.
        """
        self._runs.require(run_id, "expiry of the lease", "running")
        lease = self._leases.release(run_id)
        self._expect_no_more(self._parts[run_id])
        self._parts[run_id].journal.lose(now, self.policy.tail)
        self._runs.requeue(run_id, crashed=True)
        holder = "" if lease is None else f"incarnation {lease.incarnation}"
        return Change("lease.expired", run_id, now, holder)

    def _initial_state(self, part: Parts) -> bytes:
        record = part.record
        if record.initial_state is None:
            home = record.view.home
            record.initial_state = b"" if home is None else self._entities.load(home)[0]
        return record.initial_state
