"""Runs: `queued → running → (waiting → queued)* → completed / failed / cancelled`.

A crash never changes the state; the expiry of the lease re-queues the run with the
next attempt number. Terminal states are final.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from agnt5_sim.history.terms import TERMINAL
from agnt5_sim.platform.errors import DuplicateRun, RunIsOver, UnknownRun, WrongState
from agnt5_sim.platform.identity import Identified

if TYPE_CHECKING:
    from agnt5_sim.platform.dispatches import Resume
    from agnt5_sim.platform.entities import EntityKey

_TRANSITIONS = {
    "queued": frozenset({"running", "cancelled"}),
    "running": frozenset({"queued", "waiting"}) | TERMINAL,
    "waiting": frozenset({"queued", "cancelled"}),
}


@attrs.frozen
class Run(Identified):
    """A run as it stood when it was read; the ids are those of `Identified`.

    Args:
        component: the name of the component to execute.
        kind: the component's type: `"workflow"`, `"function"`, …
        input: the input, as JSON bytes.
        home: the entity its state is kept in, or None.
        state: `queued`, `running`, `waiting`, `completed`, `failed` or `cancelled`.
        attempt: number of the current attempt, or of the next one while queued.
        revision: rises by one with every change of state.
        output: the output bytes of a completed run, else `b""`.
        error: the message of a failed run, else `""`.
        error_type: the type of that error.
        submitted_at: virtual time, seconds.
        ended_at: virtual time, seconds, at which the run ended, or None.
    """

    component: str
    kind: str
    input: bytes
    home: EntityKey | None = None
    state: str = "queued"
    attempt: int = 0
    revision: int = 0
    output: bytes = b""
    error: str = ""
    error_type: str = ""
    submitted_at: float = 0.0
    ended_at: float | None = None


@attrs.define(eq=False)
class RunRecord:
    """What the platform keeps of a run: its view, and what only dispatching needs."""

    view: Run
    initial_state: bytes | None = None
    resume: Resume | None = None
    crashes: int = 0
    recovering: bool = False


def _next(view: Run, state: str, attempt: int | None = None) -> Run:
    attempt = view.attempt if attempt is None else attempt
    return attrs.evolve(view, state=state, attempt=attempt, revision=view.revision + 1)


class Runs:
    """All runs, and the queue of those that can be dispatched."""

    def __init__(self) -> None:
        """Start with no run."""
        self._records: dict[str, RunRecord] = {}
        self._queue: dict[str, None] = {}

    def add(self, run: Run) -> RunRecord:
        """Queue a new run.

        Raises:
            DuplicateRun: its id was used before.
        """
        if run.run_id in self._records:
            raise DuplicateRun(run.run_id)
        record = self._records[run.run_id] = RunRecord(run)
        self._queue[run.run_id] = None
        return record

    def get(self, run_id: str) -> RunRecord:
        """The record of a run.

        Raises:
            UnknownRun: no run has this id.
        """
        try:
            return self._records[run_id]
        except KeyError:
            raise UnknownRun(run_id) from None

    def queued(self) -> tuple[str, ...]:
        """The ids of the queued runs, in the order in which they were queued."""
        return tuple(self._queue)

    def require(self, run_id: str, what: str, needs: str) -> RunRecord:
        """The record of a run that must be in the state `needs` for `what`.

        Raises:
            UnknownRun: no run has this id.
            RunIsOver: the run has ended.
            WrongState: the run is in another state.
        """
        record = self.get(run_id)
        state = record.view.state
        if state != needs:
            if state in TERMINAL:
                raise RunIsOver(run_id, state, what)
            raise WrongState(run_id, state, what, needs)
        return record

    def start(self, run_id: str) -> RunRecord:
        """Move a queued run to running.

        Raises:
            UnknownRun, RunIsOver, WrongState: as `require`.
        """
        record = self.require(run_id, "dispatch", "queued")
        self._move(record, _next(record.view, "running"))
        return record

    def requeue(self, run_id: str, *, crashed: bool = False) -> None:
        """Queue a run for its next attempt; `crashed` when its lease expired."""
        record = self._records[run_id]
        view = record.view
        self._move(record, _next(view, "queued", view.attempt + 1))
        record.recovering = crashed
        record.crashes += crashed

    def wait(self, run_id: str) -> None:
        """Move a running run to waiting."""
        record = self._records[run_id]
        self._move(record, _next(record.view, "waiting"))

    def end(
        self,
        now: float,
        run_id: str,
        state: str,
        *,
        output: bytes = b"",
        error: str = "",
        error_type: str = "",
    ) -> None:
        """End a run for good, at `now` (seconds)."""
        record = self._records[run_id]
        ended = attrs.evolve(
            record.view,
            state=state,
            revision=record.view.revision + 1,
            output=output,
            error=error,
            error_type=error_type,
            ended_at=now,
        )
        self._move(record, ended)

    def _move(self, record: RunRecord, after: Run) -> None:
        before = record.view
        if after.state not in _TRANSITIONS.get(before.state, ()):
            raise RunIsOver(before.run_id, before.state, f"a move to {after.state}")
        self._queue.pop(before.run_id, None)
        if after.state == "queued":
            self._queue[before.run_id] = None
        record.view = after
