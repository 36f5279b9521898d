"""A history, read once and sorted by run, attempt and call: what the guarantees go by."""

from __future__ import annotations

from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from agnt5_sim.history import Entry
from agnt5_sim.judging.reading.attempts import Attempt, Call
from agnt5_sim.judging.reading.durability import Durability, Keeping

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from agnt5_sim.history import History

__all__ = ["Attempt", "Call", "Reading", "Run", "read"]

_place = itemgetter(Entry._fields.index("run_id"), Entry._fields.index("attempt"))


class Run:
    """One run.

    Args:
        submitted: the entry of its submission.
        keeping: how the platform keeps things.
        kills: the entries of all kills of the life, as they are read.

    Attributes:
        run_id: its id.
        attempts: its attempts, in order.
        ends: the entries of its ends; it should be one at most.
        answers: pause index → the entry of the answer that was taken.
        abandoned: whether it was given up after too many attempts.
    """

    def __init__(self, submitted: Entry, keeping: Keeping, kills: Sequence[Entry]) -> None:
        self.run_id = submitted.run_id
        self.submitted = submitted
        self.attempts: list[Attempt] = []
        self.ends: list[Entry] = []
        self.answers: dict[int, Entry] = {}
        self.abandoned = False
        self._keeping = keeping
        self._kills = kills

    def begin(self, entries: Iterator[Entry]) -> Attempt:
        """Take in the first entries of an attempt, of which the first is its dispatch."""
        attempt = Attempt(next(entries), self.submitted, self.answers, self._kills)
        attempt.add(entries)
        self.attempts.append(attempt)
        return attempt

    def add(self, entry: Entry) -> None:
        """Take in an entry that is of no attempt."""
        if entry.kind == "run.ended":
            self.ends.append(entry)
        elif entry.kind == "pause.answered":
            self.answers.setdefault(int(entry.name.rpartition(":")[2]), entry)
        elif entry.kind == "run.abandoned":
            self.abandoned = True

    @property
    def ended(self) -> Entry | None:
        """The entry of its end, None when it has not ended."""
        return self.ends[0] if self.ends else None

    # -- what was on record ------------------------------------------------------------

    @property
    def durable(self) -> Mapping[str, Entry]:
        """Step identity → the entry that made its completion durable."""
        return self._durability.steps

    @property
    def slept(self) -> Mapping[str, Entry]:
        """Sleep identity → the entry of its beginning, the first that became durable."""
        return self._durability.slept

    @property
    def lost(self) -> Collection[int]:
        """Indices of the events that a kill lost before they were durable."""
        return self._durability.lost if self._kills else ()

    @cached_property
    def _durability(self) -> Durability:
        return Durability(self._keeping, self.attempts, self._kills)

    def recording(self, identity: str) -> Call | None:
        """Return the call, in the attempt whose completion of a step is on record."""
        number = self._durability.completing.get(identity)
        found = [
            call
            for attempt in self.attempts
            if attempt.number == number
            for call in attempt.calls
            if call.identity == identity
        ]
        return found[-1] if found else None

    def key(self, call: Call) -> str:
        """Return what a call is found again by: its record, or its identity if that is shared."""
        return call.identity if (call.kind, call.record) in self._shared else call.record

    @cached_property
    def _shared(self) -> frozenset[tuple[str, str]]:
        """The records, by kind, that several calls of one attempt share; asked for at the end."""
        shared = set()
        for attempt in self.attempts:
            users: dict[tuple[str, str], str] = {}
            for call in attempt.calls:
                record = (call.kind, call.record)
                if users.setdefault(record, call.identity) != call.identity:
                    shared.add(record)
        return frozenset(shared)


class Reading:
    """A history, read.

    Args:
        history: of one life.

    Attributes:
        runs: its runs by id, in the order in which they were submitted.
        loose: the entries that are of no run.
    """

    def __init__(self, history: History) -> None:
        self.runs: dict[str, Run] = {}
        self.loose: list[Entry] = []
        began = history[0] if len(history) else None
        self.profile = began.name if began is not None else ""
        self.agnt5: str = began.data.get("agnt5", "") if began is not None else ""
        self.plan: str = began.data.get("plan", "none") if began is not None else "none"
        self.policy: dict[str, Any] = dict(began.data.get("policy", ())) if began else {}
        self.slow: bool = bool(began.data.get("pace")) if began is not None else False
        self.bare_sleeps = self.policy.get("sleep_records") == "bare"
        self._kills: list[Entry] = []
        self._sort(history)
        for attempt in self.attempts():
            attempt.read()

    def _sort(self, history: History) -> None:
        """Give every entry to the attempt or the run it is of."""
        keeping = Keeping.under(self.policy)
        attempts: dict[tuple[str, int], Attempt] = {}
        for place, entries in groupby(history, _place):
            if place in attempts:
                attempts[place].add(entries)
                continue
            if place[1] >= 0:
                attempts[place] = self.runs[place[0]].begin(entries)
                continue
            for entry in entries:
                self._add(entry, keeping)

    def _add(self, entry: Entry, keeping: Keeping) -> None:
        """Take in an entry that is of no attempt."""
        run_id = entry.run_id
        if not run_id:
            self.loose.append(entry)
            if entry.kind == "fault.kill":
                self._kills.append(entry)
        elif run_id in self.runs:
            self.runs[run_id].add(entry)
        else:
            self.runs[run_id] = Run(entry, keeping, self._kills)

    def attempts(self) -> Iterator[Attempt]:
        """Go through all attempts of all runs."""
        for run in self.runs.values():
            yield from run.attempts


_readings: WeakKeyDictionary[Any, Reading] = WeakKeyDictionary()


def read(history: History) -> Reading:
    """Return a history, read; that of a life that is over is read once.

    Args:
        history: of one life, over or not.
    """
    if not history.closed:
        return Reading(history)
    found = _readings.get(history)
    if found is None:
        found = _readings[history] = Reading(history)
    return found
