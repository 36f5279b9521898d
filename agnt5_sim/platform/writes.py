"""The workers' side: journal, step records, entities, and the end of an attempt.

Every write carries the lease of its attempt, and is `Fenced` when that lease is not
the live one of its run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.platform.agenda import Change
from agnt5_sim.platform.dispatches import Resume
from agnt5_sim.platform.entities import EntityKey
from agnt5_sim.platform.outcomes import Finished
from agnt5_sim.platform.store import Store

if TYPE_CHECKING:
    from agnt5_sim.platform.journal import JournalEvent
    from agnt5_sim.platform.leases import Lease
    from agnt5_sim.platform.outcomes import Outcome, TimerRequest
    from agnt5_sim.platform.pauses import PauseRequest
    from agnt5_sim.platform.store import Parts


class Writes(Store):
    """What the worker that holds a run's lease can write."""

    def append(
        self,
        now: float,
        lease: Lease,
        event: JournalEvent,
        completes: tuple[str, bytes] | None = None,
        sleeps: tuple[str, bytes] | None = None,
    ) -> int:
        """Send an event to the run's journal.

        Args:
            now: virtual time, seconds.
            lease: the attempt's lease.
            event: the event. Under a buffering policy it is held until `flush` or
                `finish`, unless its channel is `"runtime"`.
            completes: `(step name, JSON bytes)` when the event says that a step is
                completed; known to later attempts once the event is durable.
            sleeps: `(name, JSON bytes of the sleep's record)` when it says that a sleep
                has begun.

        Returns:
            the event's cursor in the run's journal, or `BUFFERED` (-1) while it is held;
            for a duplicate (same attempt, channel, sequence, type and data) the cursor of
            the first, and nothing changes.

        Raises:
            Fenced: the lease is not the run's live one.
        """
        part = self._live(now, lease, event.type)
        offer = (part.record.view.attempt, event, completes, sleeps)
        return part.journal.offer(now, offer, hold=self._hold and event.channel != "runtime")

    def flush(self, now: float, lease: Lease) -> int:
        """Make everything held for this run durable at `now` (seconds).

        Returns:
            how many events that were.

        Raises:
            Fenced: the lease is not the run's live one.
        """
        return self._live(now, lease, "flush").journal.flush(now)

    def record_step(
        self, now: float, lease: Lease, key: str, output: bytes, name: str | None = None
    ) -> bool:
        """Record that a step completed; durable at once.

        Args:
            now: virtual time, seconds.
            lease: the attempt's lease.
            key: the step's key at the platform.
            output: what it returned, as bytes.
            name: the step's name within the workflow, under which a later attempt is told
                of it; None when it should not be.

        Returns:
            True when it is new, False when the same completion is on record.

        Raises:
            RecordConflict: a different completion is on record; it stays.
            Fenced: the lease is not the run's live one.
        """
        part = self._live(now, lease, f"record of step {key!r}")
        new = self._records.put(part.tenant, lease.run_id, key, output)
        if name is not None:
            part.completed.from_record(name, output)
        return new

    def fail_step(self, now: float, lease: Lease, key: str) -> None:
        """Take note at `now` (seconds) that a step failed; nothing is on record of it.

        Raises:
            Fenced: the lease is not the run's live one.
        """
        self._live(now, lease, f"failure of step {key!r}")

    def get_step(self, tenant: str, run_id: str, key: str) -> bytes | None:
        """The recorded output of a step; None when there is none."""
        return self._records.get(tenant, run_id, key)

    def load_entity(
        self,
        lease: Lease,
        type: str,  # noqa: A002 - the SDK's name
        key: str,
        scope: str,
        scope_id: str,
    ) -> tuple[bytes, int]:
        """The value and version of an entity of the run's tenant; `(b"", 0)` when absent.

        A read is not fenced: it changes nothing, and a save based on it is.
        """
        tenant = self._part(lease.run_id).tenant
        return self._entities.load(EntityKey(tenant, type, key, scope, scope_id))

    def save_entity(
        self,
        now: float,
        lease: Lease,
        type: str,  # noqa: A002 - the SDK's name
        key: str,
        value: bytes,
        expected: int,
        scope: str,
        scope_id: str,
    ) -> int:
        """Save an entity of the run's tenant on top of version `expected` (0: none yet).

        Returns:
            the new version, one higher.

        Raises:
            VersionConflict: the current version is another.
            Fenced: the lease is not the run's live one.
        """
        part = self._live(now, lease, f"save of {type} {key!r}")
        where = EntityKey(part.tenant, type, key, scope, scope_id)
        return self._entities.save(where, value, expected)

    def finish(self, now: float, lease: Lease, outcome: Outcome) -> Finished:
        """End the attempt: flush, act on the outcome, release the lease.

        Args:
            now: virtual time, seconds.
            lease: the attempt's lease.
            outcome: `completed`, `failed` and `cancelled` end the run for good; `paused`
                opens its pause and waits; `suspended` registers its timer (a timer
                registered before keeps its time) and waits.

        Returns:
            the state of the run after it. A pause whose question is answered already
            queues the run at once, and the note says so.

        Raises:
            Fenced: the lease is not the run's live one.
        """
        part = self._live(now, lease, f"outcome {outcome.kind!r}")
        part.journal.flush(now)
        if outcome.pause is not None and outcome.kind == "paused":
            return self._pause(now, part, outcome, outcome.pause)
        if outcome.timer is not None and outcome.kind == "suspended":
            return self._suspend(now, part, outcome, outcome.timer)
        failed = outcome.kind == "failed"
        data = outcome.error.encode() if failed else outcome.output
        about = {"error": outcome.error, "error_type": outcome.error_type}
        self._end(now, part, outcome.kind, data, **(about if failed else {}))
        return Finished(outcome.kind, "")

    def _pause(self, now: float, part: Parts, outcome: Outcome, request: PauseRequest) -> Finished:
        run_id = part.run.run_id
        part.record.resume = Resume("paused", outcome.metadata, pause_index=request.index)
        part.completed.from_report(outcome.reported)
        pause = part.pauses.open(now, request)
        self._wait(run_id)
        if pause.answer is not None:
            self._runs.requeue(run_id)
            note = f"pause {pause.index} is answered with {pause.answer!r} already"
            return Finished("queued", note)
        part.outbox.outcome(now, len(part.journal), "paused", "", request.question.encode())
        return Finished("waiting", "")

    def _suspend(self, now: float, part: Parts, outcome: Outcome, timer: TimerRequest) -> Finished:
        run_id = part.run.run_id
        part.record.resume = Resume(
            "suspended",
            outcome.metadata,
            timer_key=timer.key,
            activation_id=timer.activation_id,
        )
        ready_at, new = self._timers.register(now, run_id, timer.key, timer.delay)
        self._wait(run_id)
        self._expect(Change("timer.fired", run_id, max(ready_at, now), timer.key))
        note = "" if new else f"timer {timer.key!r} was registered before, ready at {ready_at} s"
        return Finished("waiting", note)

    def _wait(self, run_id: str) -> None:
        self._runs.wait(run_id)
        self._leases.release(run_id)
