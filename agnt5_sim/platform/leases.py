"""Leases and fences: which worker incarnation may write to which run.

One live lease a run. Every write carries its lease; what a dead or superseded
incarnation sends is refused and recorded (`Leases.refused`).
"""

from __future__ import annotations

from typing import NamedTuple

import attrs

from agnt5_sim.platform.errors import Fenced


@attrs.frozen
class Lease:
    """The right of one worker incarnation to write to one run.

    Args:
        run_id: the run.
        incarnation: the worker incarnation that holds it.
        number: unique on this platform, rising; a later lease has a higher number.
        expires: virtual time, seconds, at which it would expire unrenewed. A living
            worker renews it silently, so this is a lower bound, not a deadline.
    """

    run_id: str
    incarnation: int
    number: int
    expires: float


class Refused(NamedTuple):
    """A write that a fence stopped: when (seconds), of which incarnation, and what."""

    now: float
    incarnation: int
    what: str


class Leases:
    """All live leases, the dead incarnations, and the writes refused."""

    def __init__(self, duration: float) -> None:
        """Grant leases of `duration` seconds."""
        self.refused: list[Refused] = []
        self._duration = duration
        self._numbers = 0
        self._live: dict[str, Lease] = {}
        self._held: dict[int, dict[str, None]] = {}
        self._died: dict[int, float] = {}

    def grant(self, now: float, run_id: str, incarnation: int) -> Lease:
        """Give `incarnation` the lease of `run_id`, superseding any other.

        Raises:
            Fenced: the incarnation is dead.
        """
        if incarnation in self._died:
            self._refuse(now, run_id, incarnation, "dispatch")
        self.release(run_id)
        self._numbers += 1
        lease = Lease(run_id, incarnation, self._numbers, now + self._duration)
        self._live[run_id] = lease
        self._held.setdefault(incarnation, {})[run_id] = None
        return lease

    def check(self, now: float, lease: Lease, what: str) -> None:
        """Let a write `what` under `lease` pass, or refuse and record it.

        Raises:
            Fenced: the lease is not the live lease of its run, or its holder is dead.
        """
        held = self._live.get(lease.run_id)
        if lease.incarnation in self._died or (held is not lease and held != lease):
            self._refuse(now, lease.run_id, lease.incarnation, what)

    def release(self, run_id: str) -> Lease | None:
        """End the lease of `run_id`, if it has one, and return it."""
        lease = self._live.pop(run_id, None)
        if lease is not None:
            del self._held[lease.incarnation][run_id]
        return lease

    def kill(self, now: float, incarnation: int) -> tuple[Lease, ...]:
        """Declare `incarnation` dead, once and for all.

        Returns:
            the leases it held, which expire `duration` seconds from `now`; nothing when
            it was dead already.
        """
        if incarnation in self._died:
            return ()
        self._died[incarnation] = now
        return self.held_by(incarnation)

    def held_by(self, incarnation: int) -> tuple[Lease, ...]:
        """Return the live leases of a worker incarnation, in the order they were granted."""
        return tuple(self._live[run_id] for run_id in self._held.get(incarnation, ()))

    def of(self, run_id: str) -> Lease | None:
        """The lease of a run that has not been released or expired."""
        return self._live.get(run_id)

    def _refuse(self, now: float, run_id: str, incarnation: int, what: str) -> None:
        held = self._live.get(run_id)
        died = self._died.get(incarnation)
        if died is not None:
            why = f"it died at {died} s"
        elif held is None:
            why = "the run has no live lease"
        else:
            why = f"lease {held.number} of incarnation {held.incarnation} superseded it"
        self.refused.append(Refused(now, incarnation, what))
        raise Fenced(run_id, incarnation, what, why)
