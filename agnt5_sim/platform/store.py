"""What all sides of the platform share: the machines, and one record a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.platform.activations import Activations
from agnt5_sim.platform.agenda import Agenda
from agnt5_sim.platform.entities import Entities
from agnt5_sim.platform.errors import UnknownRun
from agnt5_sim.platform.journal import Journal
from agnt5_sim.platform.leases import Leases, Refused
from agnt5_sim.platform.outbox import Outbox
from agnt5_sim.platform.pauses import Pauses
from agnt5_sim.platform.policy import Policy
from agnt5_sim.platform.records import Completed, StepRecords
from agnt5_sim.platform.runs import Run, RunRecord, Runs
from agnt5_sim.platform.timers import Timers

if TYPE_CHECKING:
    from agnt5_sim.platform.agenda import Change
    from agnt5_sim.platform.leases import Lease


class Parts:
    """The parts that belong to one run."""

    __slots__ = (
        "activations", "completed", "due", "journal", "outbox", "pauses", "record", "tenant",
        "ticket",
    )  # fmt: skip

    def __init__(self, record: RunRecord, policy: Policy) -> None:
        """Make the empty parts of a new run."""
        run = record.view
        self.record = record
        self.tenant = run.tenant
        self.completed = Completed(policy)
        self.outbox = Outbox(streaming=run.streaming)
        self.journal = Journal(run.run_id, self.completed, self.outbox)
        self.pauses = Pauses()
        self.activations = Activations(run.run_id)
        self.due: Change | None = None
        self.ticket = 0

    @property
    def run(self) -> Run:
        """The run as it stands."""
        return self.record.view


class Store:
    """The machines of the platform, and the checks every side of it needs."""

    def __init__(self, policy: Policy | None = None) -> None:
        """Start empty, with `policy` (default: `Policy()`)."""
        self.policy = Policy() if policy is None else policy
        self._runs = Runs()
        self._parts: dict[str, Parts] = {}
        self._leases = Leases(self.policy.lease)
        self._agenda = Agenda()
        self._records = StepRecords()
        self._timers = Timers()
        self._entities = Entities()
        self._hold = self.policy.buffered

    @property
    def refused(self) -> list[Refused]:
        """Every write that a fence stopped: (when in seconds, incarnation, what); a copy."""
        return list(self._leases.refused)

    def _part(self, run_id: str) -> Parts:
        try:
            return self._parts[run_id]
        except KeyError:
            raise UnknownRun(run_id) from None

    def _live(self, now: float, lease: Lease, what: str) -> Parts:
        """The parts of the run that `lease` may write to; Fenced when it may not."""
        part = self._parts.get(lease.run_id) or self._part(lease.run_id)
        self._leases.check(now, lease, what)
        return part

    def _expect(self, change: Change) -> None:
        """Let a change of a run fall due; it waits for one thing at a time."""
        part = self._parts[change.run_id]
        self._expect_no_more(part)
        part.due, part.ticket = change, self._agenda.put(change)

    def _expect_no_more(self, part: Parts) -> None:
        """Take off the agenda what a run was waiting for."""
        if part.due is not None:
            self._agenda.drop(part.ticket)
            part.due = None

    def _end(self, now: float, part: Parts, state: str, data: bytes, **about: str) -> None:
        """End a run, and tell its client."""
        run_id = part.run.run_id
        output = data if state == "completed" else b""
        self._runs.end(now, run_id, state, output=output, **about)
        self._leases.release(run_id)
        self._expect_no_more(part)
        part.pauses.close()
        name = about.get("error_type", "")
        part.outbox.outcome(now, len(part.journal), state, name, data)
