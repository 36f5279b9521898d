"""What of a run was on record since when: where the platform keeps it, and what a kill lost."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import attrs

from agnt5_sim.history.terms import WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agnt5_sim.history import Entry
    from agnt5_sim.judging.reading.attempts import Attempt


@attrs.frozen
class Keeping:
    """What the platform's policy says of when something is on record.

    Attributes:
        recovery: where a later attempt learns of completed steps: "both", "journal" or "memo".
        buffered: whether an event waits for a flush before it is safe.
        tail: how many of the events that wait a kill loses; None for all of them.
    """

    recovery: str
    buffered: bool
    tail: int | None

    @classmethod
    def under(cls, policy: Mapping[str, Any]) -> Keeping:
        """Take it from a policy; what it does not say is as by default."""
        return cls(
            policy.get("recovery", "both"), policy.get("buffered", False), policy.get("tail")
        )


class Durability:
    """What of one run was durable since when.

    Args:
        keeping: how the platform keeps things.
        attempts: the run's attempts, in order.
        kills: the entries of all kills of the life, in order.

    Attributes:
        steps: step identity → the entry that made its completion durable.
        completing: step identity → the attempt whose completion of it is on record.
        slept: sleep identity → the entry of its beginning, the first that became durable.
        lost: indices of the events that a kill lost before they were durable.
    """

    def __init__(
        self, keeping: Keeping, attempts: Iterable[Attempt], kills: Iterable[Entry]
    ) -> None:
        self.steps: dict[str, Entry] = {}
        self.completing: dict[str, int] = {}
        self.slept: dict[str, Entry] = {}
        self.lost: set[int] = set()
        self._keeping = keeping
        self._attempts = {attempt.number: attempt for attempt in attempts}
        self._held: list[Entry] = []
        self._told: list[Entry] = []
        crossed = (attempt.crossings() for attempt in self._attempts.values())
        for entry in sorted(chain(kills, *crossed)):
            if entry.kind == "fault.kill":
                self._kill(entry)
            elif "refused" not in entry.data:
                self._record(entry)

    def _kill(self, kill: Entry) -> None:
        """Note what is lost with a worker: what was held of the run's latest attempt."""
        under_way = [a for a in self._attempts.values() if a.began.index < kill.index]
        if not under_way or not under_way[-1].dies_of(kill):
            return
        tail = self._keeping.tail
        keep = 0 if tail is None else max(0, len(self._held) - tail)
        for held in self._held[:keep]:
            self._arrive(held, kill)
        self.lost.update(held.index for held in self._held[keep:])
        self._held.clear()

    def _record(self, entry: Entry) -> None:
        data, kind = entry.data, entry.kind
        if kind == "platform.emit":
            if self._keeping.buffered:
                self._held.append(entry)
            else:
                self._arrive(entry, entry)
        elif kind == "platform.complete" or (
            kind == "platform.step.completed" and self._keeping.recovery != "journal"
        ):
            self._complete(data["step"], entry, entry.attempt)
        if kind in {"platform.flush", "platform.report"} or data.get("outcome"):
            for held in self._held:
                self._arrive(held, entry)
            self._held.clear()
        if kind == "platform.report":
            self._note_reported(entry)

    def _arrive(self, event: Entry, at: Entry) -> None:
        """Note what an event says, which is in the journal since `at`."""
        data = event.data
        if data.get("sleeps"):
            self.slept.setdefault(data["step"], event)
        if not data.get("completes"):
            return
        if self._keeping.recovery == "memo":
            self._told.append(event)
        else:
            self._complete(data["step"], at, event.attempt)

    def _note_reported(self, entry: Entry) -> None:
        """Note what a report makes durable: it carries the attempt's steps along."""
        if entry.name not in WAITING:
            return
        for event in self._told:
            if event.attempt == entry.attempt:
                self._complete(event.data["step"], entry, event.attempt)
        for call in self._attempts[entry.attempt].calls_of("sleep"):
            if call.called.index < entry.index and (
                call.answer is None or call.answer.index > entry.index
            ):
                self.slept.setdefault(call.identity, entry)

    def _complete(self, step: str, at: Entry, attempt: int) -> None:
        if step not in self.steps:
            self.steps[step] = at
            self.completing[step] = attempt
