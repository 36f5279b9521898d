"""A history, read once and sorted by run, attempt and call: what the guarantees go by."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.history import Entry, History

_TAIL = re.compile(r"durability='tail-loss\((\d+)\)'")


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
    def under(cls, policy: str) -> Keeping:
        """Read it off a policy's text; an empty text is the default policy."""
        recovery = next((p for p in ("journal", "memo") if f"recovery='{p}'" in policy), "both")
        buffered = bool(policy) and "durability='immediate'" not in policy
        tail = _TAIL.search(policy)
        return cls(recovery, buffered, int(tail[1]) if tail else None)


class Call:
    """One call of a workflow to its context, in one attempt.

    Attributes:
        kind: "step", "sleep" or "wait".
        identity: see `agnt5_sim.sdk.attempt.Call`.
        record: the name its record is looked up under.
        label: the name the program gave it.
        branch: the branch that made it.
        ordinal: which call of its kind it is within its branch, from 0.
        called: the entry of the call.
        answer: the entry of its answer, None while it has none.
        raised: whether the answer is an exception.
        bodies: for every time its body ran: the entries of its beginning and, if any, its end.
    """

    __slots__ = (
        "answer", "bodies", "branch", "called", "identity",
        "kind", "label", "ordinal", "raised", "record",
    )  # fmt: skip

    def __init__(self, entry: Entry, ordinal: int) -> None:
        data = entry.data
        self.kind: str = data["call"]
        self.identity = entry.name
        self.record: str = data["record"]
        self.label: str = data.get("label", "")
        self.branch = entry.branch
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

    Attributes:
        run_id: its run's id.
        submitted: the entry of its run's submission.
        answers: pause index → the entry of the answer its run was given.
        number: from 0.
        began: the entry of its dispatch.
        calls: what the workflow called, in order.
        events: the events it emitted, the runtime's on its behalf among them, in order.
        accepted: those of them that the platform did not refuse.
        entries: all of its entries, in order.
        report: the entry with which it ended, None when it never reported.
        outcome: what it reported: "completed", "failed", "paused", "suspended", or "".
        reports: the entries of all its reports that were accepted; it should be one at most.
        died: the entry of the kill that ended it, if one did.
    """

    def __init__(self, run: Run, entry: Entry) -> None:
        self.run_id = run.run_id
        self.submitted = run.submitted
        self.answers = run.answers
        self.number = entry.attempt
        self.incarnation = entry.incarnation
        self.began = entry
        self.calls: list[Call] = []
        self.events: list[Entry] = []
        self.accepted: list[Entry] = []
        self.entries: list[Entry] = []
        self.report: Entry | None = None
        self.outcome = ""
        self.reports: list[tuple[Entry, str]] = []
        self.died: Entry | None = None
        self._ordinals: dict[tuple[str, str], int] = {}
        self._latest: dict[str, Call] = {}
        self._by_kind: defaultdict[str, list[Entry]] = defaultdict(list)

    def entries_of(self, *kinds: str) -> list[Entry]:
        """Return its entries of these kinds, in order."""
        found = [self._by_kind[kind] for kind in kinds if kind in self._by_kind]
        if len(found) == 1:
            return found[0]
        return sorted(chain.from_iterable(found))

    def calls_of(self, *kinds: str) -> Iterator[Call]:
        """Go through the calls of these kinds."""
        return (call for call in self.calls if call.kind in kinds)

    def by_place(self) -> dict[tuple[str, str, int], Call]:
        """Return the calls by kind, branch and ordinal."""
        return {(call.kind, call.branch, call.ordinal): call for call in self.calls}

    def add(self, entry: Entry) -> None:
        """Take in one of its entries."""
        self.entries.append(entry)
        kind = entry.kind
        self._by_kind[kind].append(entry)
        if kind == "program.called":
            place = (entry.data["call"], entry.branch)
            ordinal = self._ordinals.get(place, 0)
            self._ordinals[place] = ordinal + 1
            call = Call(entry, ordinal)
            self.calls.append(call)
            self._latest[entry.name] = call
        elif kind in {"program.answered", "program.raised"}:
            call = self._latest[entry.name]
            call.answer = entry
            call.raised = kind == "program.raised"
        elif kind == "body.started":
            call_or_none = self._latest.get(entry.name)
            if call_or_none is not None:
                call_or_none.bodies.append((entry, None))
        elif kind in {"body.returned", "body.raised"}:
            call_or_none = self._latest.get(entry.name)
            if call_or_none is not None and call_or_none.bodies:
                call_or_none.bodies[-1] = (call_or_none.bodies[-1][0], entry)
        elif kind in {"platform.emit", "platform.runtime"}:
            self._emitted(entry)
        elif kind == "platform.report" and "refused" not in entry.data:
            self._reported(entry, entry.name)

    def _emitted(self, entry: Entry) -> None:
        self.events.append(entry)
        if "refused" not in entry.data:
            self.accepted.append(entry)
            if entry.data.get("outcome"):
                self._reported(entry, entry.data["outcome"])

    def _reported(self, entry: Entry, outcome: str) -> None:
        self.reports.append((entry, outcome))
        if self.report is None:
            self.report, self.outcome = entry, outcome


class Run:
    """One run.

    Attributes:
        run_id: its id.
        submitted: the entry of its submission.
        attempts: its attempts, in order.
        ended: the entry of its end, None when it has not ended.
        answers: pause index → the entry of the answer that was taken.
        abandoned: whether it was given up after too many attempts.
        durable: step identity → the entry that made its completion durable.
        slept: sleep identity → the entry of its beginning, the first that became durable.
        lost: indices of the events that a kill lost before they were durable.
    """

    def __init__(self, entry: Entry, keeping: Keeping) -> None:
        self.run_id = entry.run_id
        self.submitted = entry
        self.attempts: list[Attempt] = []
        self.ended: Entry | None = None
        self.ends: list[Entry] = []
        self.answers: dict[int, Entry] = {}
        self.abandoned = False
        self.durable: dict[str, Entry] = {}
        self.slept: dict[str, Entry] = {}
        self.lost: set[int] = set()
        self._by_number: dict[int, Attempt] = {}
        self._keeping = keeping
        self._completing: dict[str, int] = {}
        self._held: list[Entry] = []
        self._told: list[Entry] = []

    def attempt(self, number: int) -> Attempt | None:
        """Return an attempt by number."""
        return self._by_number.get(number)

    def add(self, entry: Entry) -> None:
        """Take in one of its entries."""
        kind = entry.kind
        if kind == "run.dispatched":
            attempt = Attempt(self, entry)
            self.attempts.append(attempt)
            self._by_number[entry.attempt] = attempt
        elif kind == "run.ended":
            self.ended = self.ended or entry
            self.ends.append(entry)
        elif kind == "pause.answered":
            self.answers.setdefault(int(entry.name.rpartition(":")[2]), entry)
        elif kind == "run.abandoned":
            self.abandoned = True
        elif entry.attempt >= 0:
            self._by_number[entry.attempt].add(entry)
            if kind.startswith("platform.") and "refused" not in entry.data:
                self._note_durable(entry)

    def kill(self, entry: Entry) -> None:
        """Note that a worker died: with it the attempt it was at, and what was held of it."""
        dying = [
            a for a in self.attempts if a.incarnation == entry.incarnation and a.report is None
        ]
        for attempt in dying:
            attempt.died = attempt.died or entry
        if not dying or dying[-1] is not self.attempts[-1]:
            return
        tail = self._keeping.tail
        keep = 0 if tail is None else max(0, len(self._held) - tail)
        for held in self._held[:keep]:
            self._arrive(held, entry)
        self.lost.update(held.index for held in self._held[keep:])
        self._held.clear()

    def _note_durable(self, entry: Entry) -> None:
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
        if entry.name not in {"paused", "suspended"}:
            return
        for event in self._told:
            if event.attempt == entry.attempt:
                self._complete(event.data["step"], entry, event.attempt)
        for call in self._by_number[entry.attempt].calls_of("sleep"):
            if call.answer is None:
                self.slept.setdefault(call.identity, entry)

    def _complete(self, step: str, at: Entry, attempt: int) -> None:
        if step not in self.durable:
            self.durable[step] = at
            self._completing[step] = attempt

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

    def recording(self, identity: str) -> Call | None:
        """Return the call, in the attempt whose completion of a step is on record."""
        if identity not in self._completing:
            return None
        attempt = self._by_number.get(self._completing[identity])
        calls = [call for call in attempt.calls if call.identity == identity] if attempt else []
        return calls[-1] if calls else None


class Reading:
    """A history, read.

    Args:
        history: of one life.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.runs: dict[str, Run] = {}
        began = history[0] if len(history) else None
        self.profile = began.name if began is not None else ""
        self.agnt5: str = began.data.get("agnt5", "") if began is not None else ""
        self.plan: str = began.data.get("plan", "none") if began is not None else "none"
        self.policy: str = began.data.get("policy", "") if began is not None else ""
        self.bare_sleeps = "sleep_records='bare'" in self.policy
        keeping = Keeping.under(self.policy)
        self.loose: list[Entry] = []
        runs = self.runs
        for entry in history:
            run_id = entry.run_id
            if not run_id:
                self._life_entry(entry)
                continue
            run = runs.get(run_id)
            if run is None:
                run = runs[run_id] = Run(entry, keeping)
                continue
            run.add(entry)

    def _life_entry(self, entry: Entry) -> None:
        self.loose.append(entry)
        if entry.kind != "fault.kill":
            return
        for run in self.runs.values():
            run.kill(entry)

    def attempts(self) -> Iterator[Attempt]:
        """Go through all attempts of all runs."""
        for run in self.runs.values():
            yield from run.attempts
