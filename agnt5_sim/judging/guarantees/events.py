"""Events: paired, nested, in order, and one end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agnt5_sim.history.terms import TERMINAL, WAITING
from agnt5_sim.judging.guarantees.quiet import left_behind
from agnt5_sim.judging.registry import guarantee
from agnt5_sim.judging.violation import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agnt5_sim.history import Entry
    from agnt5_sim.judging.reading.lives import Attempt, Reading

_CLOSING = frozenset({"completed", "failed", "paused", "cancelled"})
_ENDING = _CLOSING - {"paused"}
_WHOLE = frozenset({"run", "workflow"})  # what the report of an attempt closes as well


@guarantee("events.paired")
def paired(reading: Reading) -> Iterator[Broken]:
    """Every started has exactly one completed, failed or paused with the same id."""
    for attempt in reading.attempts():
        opened: dict[tuple[str, str], Entry] = {}
        closed: dict[tuple[str, str], Entry] = {}
        for entry in attempt.accepted:
            data = entry.data
            of, phase = data["of"], data["phase"]
            key = (of, data["id"])
            if phase == "started":
                if key in opened:
                    yield _unpaired(opened[key], "another start of the same id")
                opened[key] = entry
                closed.pop(key, None)
            elif phase in _CLOSING:
                opened.pop(key, None)
                if key in closed and (key[1] or of in _WHOLE):
                    yield _closed_twice(entry, closed[key])
                closed[key] = entry
        if attempt.report is None:  # it died, or is at work still
            continue
        for (of, _), entry in opened.items():
            if of not in _WHOLE or attempt.outcome not in WAITING:
                yield _unpaired(
                    entry, f"the attempt reported {attempt.outcome}", _why_open(attempt, entry)
                )


def _why_open(attempt: Attempt, entry: Entry) -> str:  # noqa: PLR0911 - a cause a line
    """Tell why an event was still open when its attempt reported."""
    if _cancelled(attempt, entry, attempt.report):
        return "cancelled"
    if entry.branch:
        return left_behind(attempt, entry)
    of = entry.data["of"]
    if of == "function" and attempt.submitted.data["component"] == "function":
        streamed = any(e.data["of"] == "stream" for e in attempt.events)
        return "streaming-function" if streamed else ""
    if attempt.outcome in WAITING:
        return "suspended-inside"
    if of == "workflow":
        refused = any("refused" in e.data for e in attempt.entries_of("platform.state.save"))
        return "unsaved" if refused and attempt.outcome == "failed" else ""
    calls = [c for c in attempt.calls_of("step") if c.called.index < entry.index]
    if not calls or not calls[-1].raised or calls[-1].cancelled:
        return ""
    if not calls[-1].ran:
        return "never-began"
    end = calls[-1].bodies[-1][1]
    return "unencodable" if end is not None and end.kind == "body.returned" else ""


def _cancelled(attempt: Attempt, entry: Entry, until: Entry | None) -> bool:
    """Tell whether the call that an event began in was cancelled before `until`."""
    around = [
        call
        for call in attempt.calls
        if call.branch == entry.branch
        and call.called.index < entry.index
        and (call.answer is None or entry.index < call.answer.index)
    ]
    if not around or not around[-1].cancelled:
        return False
    answer = around[-1].answer
    return answer is not None and (until is None or answer.index < until.index)


def _left_on_stack(attempt: Attempt, entry: Entry) -> bool:
    """Tell whether a step that was cancelled before is taken for what encloses an event.

    Parents are kept by task, and a task begins with those of the task that created it. Inside
    the body of another step that step's own id is what nobody knows.
    """
    steps = [
        call
        for call in attempt.calls_of("step")
        if call.branch in {"", entry.branch} or entry.branch.startswith(f"{call.branch}.")
    ]
    inside = any(
        began.index < entry.index and (end is None or entry.index < end.index)
        for call in steps
        for began, end in call.bodies
    )
    return not inside and any(
        call.cancelled and call.answer is not None and call.answer.index < entry.index
        for call in steps
    )


def _closed_twice(entry: Entry, before: Entry) -> Broken:
    return Broken(
        f"{entry.data['type']} closes what {before.data['type']} had closed already",
        entry=entry,
        step=entry.name,
        expected=f"one completed, failed or paused with id {entry.data['id']!r}",
        seen=f"{before.name} at {before.time:g} s, {entry.name} at {entry.time:g} s",
        cause="closed-twice",
    )


def _unpaired(entry: Entry, seen: str, cause: str = "") -> Broken:
    return Broken(
        f"{entry.data['type']} was never closed",
        entry=entry,
        step=entry.name,
        expected=f"one completed, failed or paused with id {entry.data['id']!r}",
        seen=seen,
        cause=cause,
    )


@guarantee("events.parent")
def parent(reading: Reading) -> Iterator[Broken]:
    """An event's parent is open when it is emitted and encloses it."""
    for run in reading.runs.values():
        opened: dict[str, Entry] = {}
        closed: dict[str, tuple[int, str]] = {}
        told = False
        for attempt in run.attempts:
            children: dict[str, set[str]] = {}
            for entry in attempt.accepted:
                data = entry.data
                mine, above = data["id"], data["parent"]
                phase = data["phase"]
                broken = None
                if above and above != mine and above not in opened:
                    broken = _orphan(attempt, entry, above, *closed.get(above, (-1, "")))
                if phase == "started" and mine:
                    opened[mine] = entry
                    if above:
                        children.setdefault(above, set()).add(mine)
                elif phase in _ENDING and mine in opened:
                    within = children.get(mine)
                    if within and broken is None and not within.isdisjoint(opened):
                        child = min(opened[inner] for inner in within & opened.keys())
                        broken = _outlived(attempt, entry, child)
                    del opened[mine]
                    closed[mine] = (attempt.number, phase)
                if broken is not None and not told:
                    told = True
                    yield broken


def _orphan(attempt: Attempt, entry: Entry, above: str, closed_in: int, phase: str) -> Broken:
    cause = "nested" if entry.data["step"] else ""  # nobody ever emitted such a parent
    if 0 <= closed_in < attempt.number:
        cause = "closed-by-the-dead"
    elif closed_in == attempt.number:
        returned = phase == "completed" and entry.branch
        cause = "left-running" if returned else left_behind(attempt, entry)
    elif _left_on_stack(attempt, entry):
        cause = "cancelled"
    return Broken(
        f"{entry.data['type']} names a parent that is not open",
        entry=entry,
        step=entry.name,
        expected="the id of an event that has started and not ended",
        seen=above,
        cause=cause,
    )


def _outlived(attempt: Attempt, entry: Entry, child: Entry) -> Broken:
    cause = "parallel" if child.branch else ""
    if _cancelled(attempt, child, entry):
        cause = "cancelled"
    elif entry.data["of"] in _WHOLE:
        returned = entry.data["phase"] == "completed"
        cause = "left-running" if returned and child.branch else _why_open(attempt, child)
    return Broken(
        f"{entry.name} ended while {child.name}, which names it as its parent, was still open",
        entry=entry,
        step=child.name,
        expected=f"{child.name} to end first, or to have another parent",
        seen="the parent ended first",
        cause=cause,
    )


@guarantee("events.order")
def order(reading: Reading) -> Iterator[Broken]:
    """Sequences rise strictly, timestamps never fall, within an attempt."""
    for attempt in reading.attempts():
        last: dict[str, Mapping[str, Any]] = {}
        told: set[str] = set()
        for entry in attempt.events:
            data = entry.data
            channel = data["channel"]
            before = last.get(channel)
            last[channel] = data
            if before is None or channel == "runtime" or channel in told:
                continue
            if data["sequence"] <= before["sequence"]:
                told.add(channel)
                yield _fallen(entry, before, "sequence")
            if data["source_ns"] < before["source_ns"]:
                told.add(channel)
                yield _fallen(entry, before, "source_ns")


def _fallen(entry: Entry, before: Mapping[str, Any], field: str) -> Broken:
    data = entry.data
    return Broken(
        f"the {field} of {data['type']} does not follow that of {before['type']}",
        entry=entry,
        step=entry.name,
        expected=f"{field} above {before[field]}",
        seen=data[field],
        cause=f"{data['channel']}-{field}",
    )


@guarantee("events.terminal")
def terminal(reading: Reading) -> Iterator[Broken]:
    """Exactly one terminal event a run, and nothing after it."""
    for run in reading.runs.values():
        ends = [
            report
            for attempt in run.attempts
            for report, outcome in attempt.reports
            if outcome in TERMINAL
        ]
        if len(ends) > 1:
            yield Broken(
                f"the run ended {len(ends)} times",
                entry=ends[1],
                expected="one terminal event",
                seen=", ".join(f"{end.name} at {end.time:g} s" for end in ends),
            )
        if not ends:
            continue
        for attempt in run.attempts:
            if attempt.accepted and attempt.accepted[-1] > ends[0]:
                late = next(entry for entry in attempt.accepted if entry > ends[0])
                yield Broken(
                    f"{late.name} was accepted after the run had ended",
                    entry=late,
                    step=late.name,
                    expected="nothing after the terminal event",
                    seen=f"{late.name} at {late.time:g} s",
                )
                break


@guarantee("events.started")
def started(reading: Reading) -> Iterator[Broken]:
    """A run starts once; later attempts are marked as replays."""
    for run in reading.runs.values():
        first: Entry | None = None
        for attempt in run.attempts:
            for entry in attempt.told_of("workflow", "started"):
                if entry.index in run.lost:
                    continue
                if first is None:
                    first = entry
                elif not entry.data["replay"]:
                    yield Broken(
                        f"attempt {attempt.number} announces itself as a start, not as a replay",
                        entry=entry,
                        step=entry.name,
                        expected="a mark that the run had started before",
                        seen=f"none; it started first at {first.time:g} s",
                        cause="nothing-completed" if not attempt.began.data["completed"] else "",
                    )
