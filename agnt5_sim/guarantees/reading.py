"""A history, read once and sorted by run, attempt and call: what the guarantees go by."""

from __future__ import annotations

from collections.abc import Iterator


from ..history import Entry, History


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
        "answer", "bodies", "branch", "called", "identity", "kind", "label", "ordinal", "raised", "record",
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
    def value(self) -> bytes | None:
        """The answer, frozen; None while there is none, or when it is an exception."""
        return None if self.answer is None or self.raised else self.answer.data["value"]


class Attempt:
    """One attempt of a run.

    Attributes:
        run: its run.
        number: from 0.
        began: the entry of its dispatch.
        calls: what the workflow called, in order.
        events: the events it emitted, the runtime's on its behalf among them, in order.
        entries: all of its entries, in order.
        report: the entry with which it ended, None when it never reported.
        outcome: what it reported: "completed", "failed", "paused", "suspended", or "".
        died: the entry of the kill that ended it, if one did.
    """

    def __init__(self, run: Run, entry: Entry) -> None:
        self.run = run
        self.number = entry.attempt
        self.incarnation = entry.incarnation
        self.began = entry
        self.calls: list[Call] = []
        self.events: list[Entry] = []
        self.entries: list[Entry] = []
        self.report: Entry | None = None
        self.outcome = ""
        self.died: Entry | None = None
        self._ordinals: dict[tuple[str, str], int] = {}
        self._latest: dict[str, Call] = {}

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
            self.events.append(entry)
            if entry.data.get("outcome") and "refused" not in entry.data:
                self.report, self.outcome = entry, entry.data["outcome"]
        elif kind == "platform.report" and "refused" not in entry.data:
            self.report, self.outcome = entry, entry.name


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
        slept: sleep identity → the entry that made its beginning durable.
    """

    def __init__(self, entry: Entry) -> None:
        self.run_id = entry.run_id
        self.submitted = entry
        self.attempts: list[Attempt] = []
        self.ended: Entry | None = None
        self.ends: list[Entry] = []
        self.answers: dict[int, Entry] = {}
        self.abandoned = False
        self.durable: dict[str, Entry] = {}
        self.slept: dict[str, Entry] = {}
        self._by_number: dict[int, Attempt] = {}
        self._held: list[tuple[dict[str, Entry], str, Entry]] = []

    def attempt(self, number: int) -> Attempt | None:
        """Return an attempt by number."""
        return self._by_number.get(number)

    def add(self, entry: Entry, recovery: str, *, buffered: bool) -> None:
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
                self._note_durable(entry, recovery, buffered=buffered)

    def _note_durable(self, entry: Entry, recovery: str, *, buffered: bool) -> None:
        data, kind = entry.data, entry.kind
        if kind == "platform.emit":
            for field, known in (("completes", self.durable), ("sleeps", self.slept)):
                if not data.get(field):
                    continue
                if field == "completes" and recovery == "memo":
                    continue
                if buffered:
                    self._held.append((known, data["step"], entry))
                else:
                    known.setdefault(data["step"], entry)
        elif kind == "platform.complete":
            self.durable.setdefault(data["step"], entry)
        elif kind == "platform.step.completed" and recovery != "journal":
            self.durable.setdefault(data["step"], entry)
        elif kind in {"platform.flush", "platform.report"}:
            for known, step, _ in self._held:
                known.setdefault(step, entry)
            self._held.clear()
        if kind == "platform.report" and entry.name == "suspended":
            latest = next(
                (c for c in reversed(self._by_number[entry.attempt].calls) if c.record == data["timer"]),
                None,
            )
            if latest is not None:
                self.slept.setdefault(latest.identity, entry)

    def recording(self, identity: str) -> Call | None:
        """Return the call, in the attempt whose completion of a step is on record."""
        durable = self.durable.get(identity)
        if durable is None:
            return None
        attempt = self._by_number.get(durable.attempt)
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
        recovery = next((p for p in ("journal", "memo") if f"recovery='{p}'" in self.policy), "both")
        self.bare_sleeps = "sleep_records='bare'" in self.policy
        buffered = bool(self.policy) and "durability='immediate'" not in self.policy
        self.loose: list[Entry] = []
        runs = self.runs
        for entry in history:
            run_id = entry.run_id
            if not run_id:
                self._life_entry(entry)
                continue
            run = runs.get(run_id)
            if run is None:
                run = runs[run_id] = Run(entry)
                continue
            run.add(entry, recovery, buffered=buffered)

    def _life_entry(self, entry: Entry) -> None:
        self.loose.append(entry)
        if entry.kind != "fault.kill":
            return
        for run in self.runs.values():
            for attempt in run.attempts:
                if attempt.incarnation == entry.incarnation and attempt.report is None:
                    attempt.died = attempt.died or entry

    def attempts(self) -> Iterator[Attempt]:
        """Go through all attempts of all runs."""
        for run in self.runs.values():
            yield from run.attempts


