"""An attempt as its history tells it: what the workflow called, what it emitted, how it ended."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agnt5_sim.history import Entry

_OF_CALLS = (
    "program.called",
    "program.answered",
    "program.raised",
    "body.started",
    "body.returned",
    "body.raised",
)
_OF_EVENTS = ("platform.emit", "platform.runtime", "platform.report")


class Call:
    """One call of a workflow to its context, in one attempt.

    Attributes:
        kind: "step", "sleep" or "wait".
        identity: see `agnt5_sim.sdk.attempt.Call`.
        record: the name its record is looked up under.
        label: the name the program gave it.
        branch: the branch that made it.
        within: the identity of the call in whose body it was made, or "".
        ordinal: which call of its kind it is in its branch and body, from 0.
        called: the entry of the call.
        answer: the entry of its answer, None while it has none; what a superseded attempt still
            hears is none.
        raised: whether the answer is an exception.
        bodies: for every time its body ran: the entries of its beginning and, if any, its end.
    """

    __slots__ = (
        "answer", "bodies", "branch", "called", "identity",
        "kind", "label", "ordinal", "raised", "record", "within",
    )  # fmt: skip

    def __init__(self, entry: Entry, ordinal: int) -> None:
        data = entry.data
        self.kind: str = data["call"]
        self.identity = entry.name
        self.record: str = data["record"]
        self.label: str = data.get("label", "")
        self.branch = entry.branch
        self.within: str = data.get("within", "")
        self.ordinal = ordinal
        self.called = entry
        self.answer: Entry | None = None
        self.raised = False
        self.bodies: list[tuple[Entry, Entry | None]] = []

    @property
    def ran(self) -> bool:
        """Whether its body ran in this attempt."""
        return bool(self.bodies)

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled while it was open: by a timeout, by a sibling's error."""
        return (
            self.raised
            and self.answer is not None
            and self.answer.data["error_type"] == "CancelledError"
        )

    @property
    def value(self) -> bytes | None:
        """The answer, frozen; None while there is none, or when it is an exception."""
        return None if self.answer is None or self.raised else self.answer.data["value"]


class Attempt:
    """One attempt of a run.

    Args:
        began: the entry of its dispatch.
        submitted: the entry of its run's submission.
        answers: pause index → the entry of the answer its run was given, as it is read.
        kills: the entries of all kills of the life, as they are read.

    Attributes:
        number: from 0.
        calls: what the workflow called, in order.
        events: the events it emitted, the runtime's on its behalf among them, in order.
        accepted: those of them that the platform did not refuse.
        by_kind: its entries by kind, in order.
        report: the entry with which it ended, None when it never reported.
        outcome: what it reported: "completed", "failed", "paused", "suspended", or "".
        reports: the entries of all its reports that were accepted; it should be one at most.
    """

    def __init__(
        self,
        began: Entry,
        submitted: Entry,
        answers: dict[int, Entry],
        kills: Sequence[Entry],
    ) -> None:
        self.run_id = began.run_id
        self.number = began.attempt
        self.incarnation = began.incarnation
        self.began = began
        self.submitted = submitted
        self.answers = answers
        self.by_kind: defaultdict[str, list[Entry]] = defaultdict(list)
        self.calls: list[Call] = []
        self.events: list[Entry] = []
        self.accepted: list[Entry] = []
        self._told: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
        self.report: Entry | None = None
        self.outcome = ""
        self.reports: list[tuple[Entry, str]] = []
        self._calls_by_kind: dict[str, list[Call]] = {}
        self._kills = kills
        self._of_calls: list[Entry] = []
        self._of_events: list[Entry] = []
        self._rooms = {
            **dict.fromkeys(_OF_CALLS, self._of_calls),
            **dict.fromkeys(_OF_EVENTS, self._of_events),
        }

    def entries_of(self, *kinds: str) -> list[Entry]:
        """Return its entries of these kinds, in order."""
        by_kind = self.by_kind
        found = [by_kind[kind] for kind in kinds if kind in by_kind]
        if len(found) == 1:
            return found[0]
        return sorted(chain.from_iterable(found)) if found else []

    def crossings(self) -> list[Entry]:
        """Return what crossed between it and the platform, in order."""
        return self.entries_of(*(kind for kind in self.by_kind if kind.startswith("platform.")))

    def calls_of(self, kind: str) -> Iterable[Call]:
        """Return the calls of this kind, in order."""
        return self._calls_by_kind.get(kind, ())

    def told_of(self, of: str, phase: str) -> Sequence[Entry]:
        """Return the accepted events that say this of that, in order."""
        return self._told.get((of, phase), ())

    @property
    def died(self) -> Entry | None:
        """The entry of the kill that ended it, if one did."""
        for kill in self._kills:
            if self.dies_of(kill):
                return kill
        return None

    def is_past(self, entry: Entry) -> bool:
        """Tell whether its worker knew by then that the run is another attempt's by now.

        What comes of it from there on is kept to itself: the platform refuses what it writes,
        and its program is told so by an error, which nobody takes for an answer.
        """
        known = self.by_kind.get("attempt.superseded")
        return known is not None and known[0].index < entry.index

    def dies_of(self, kill: Entry) -> bool:
        """Tell whether it is under way in the worker that a kill strikes."""
        return (
            kill.incarnation == self.incarnation
            and self.began.index < kill.index
            and (self.report is None or kill.index < self.report.index)
        )

    # -- reading -----------------------------------------------------------------------

    def add(self, entries: Iterable[Entry]) -> None:
        """Take in some of its entries."""
        by_kind, rooms = self.by_kind, self._rooms
        for entry in entries:
            kind = entry.kind
            by_kind[kind].append(entry)
            if kind in rooms:
                rooms[kind].append(entry)

    def read(self) -> None:
        """Make calls and events of its entries, when all of them are there."""
        self._read_calls()
        for entry in self._of_events:
            data = entry.data
            if entry.kind == "platform.report":
                if "refused" not in data:
                    self._reported(entry, entry.name)
                continue
            self.events.append(entry)
            if "refused" not in data:
                self.accepted.append(entry)
                self._told[data["of"], data["phase"]].append(entry)
                if data.get("outcome"):
                    self._reported(entry, data["outcome"])

    def _read_calls(self) -> None:
        ordinals: dict[tuple[str, str, str], int] = {}
        latest: dict[str, Call] = {}
        for entry in self._of_calls:
            kind = entry.kind
            if kind == "program.called":
                data = entry.data
                place = (data["call"], entry.branch, data.get("within", ""))
                ordinal = ordinals[place] = ordinals.get(place, -1) + 1
                call = latest[entry.name] = Call(entry, ordinal)
                self.calls.append(call)
                self._calls_by_kind.setdefault(call.kind, []).append(call)
                continue
            found = latest.get(entry.name)
            if found is None:  # the body of a @function that was submitted as a run
                continue
            if kind in {"program.answered", "program.raised"} and self.is_past(entry):
                continue
            if kind == "program.answered":
                found.answer = entry
            elif kind == "program.raised":
                found.answer = entry
                found.raised = True
            elif kind == "body.started":
                found.bodies.append((entry, None))
            elif found.bodies:
                found.bodies[-1] = (found.bodies[-1][0], entry)

    def _reported(self, entry: Entry, outcome: str) -> None:
        self.reports.append((entry, outcome))
        if self.report is None:
            self.report, self.outcome = entry, outcome
