"""State: a replay sees what the live attempt saw, and completion waits for the save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.history.values import show
from agnt5_sim.judging.registry import guarantee
from agnt5_sim.judging.violation import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.history import Entry
    from agnt5_sim.judging.reading.lives import Attempt, Reading

_CHANGES = ("state.set", "state.delete", "state.clear")
OPERATIONS = ("state.get", *_CHANGES)


Place = tuple[str, str, int]


def _operations(attempt: Attempt) -> Iterator[tuple[Place, Entry]]:
    """Go through what an attempt did to its state, and where in the program each was.

    What a step's body does has its place in that step: a replay leaves the body out.
    """
    if not attempt.entries_of(*OPERATIONS):
        return
    inside: dict[str, str] = {}
    counts: dict[tuple[str, str], int] = {}
    for entry in attempt.entries_of("body.started", "body.returned", "body.raised", *OPERATIONS):
        if entry.kind == "body.started":
            inside[entry.branch] = entry.name
        elif entry.kind.startswith("body."):
            inside.pop(entry.branch, None)
        else:
            where = (entry.branch, inside.get(entry.branch, ""))
            number = counts[where] = counts.get(where, -1) + 1
            yield (*where, number), entry


@guarantee("state.replay")
def replay(reading: Reading) -> Iterator[Broken]:
    """A replay reads from its state what the attempt before it read there.

    That the state at the end equals that of the run without faults is the other half of this
    guarantee; it takes two histories (`compare`).
    """
    for run in reading.runs.values():
        first: dict[Place, Entry] = {}
        for attempt in run.attempts:
            broken = _first_other_read(attempt, first)
            if broken is not None:
                yield broken
                break


def _first_other_read(attempt: Attempt, first: dict[Place, Entry]) -> Broken | None:
    changed: set[str] = set()
    for place, entry in _operations(attempt):
        if entry.kind in _CHANGES:
            changed.add(entry.name)
        before = first.setdefault(place, entry)
        if (before.kind, before.name) != (entry.kind, entry.name):
            return None  # another path; memo.identity speaks of that
        if entry.kind == "state.get" and before.data["value"] != entry.data["value"]:
            # What the attempt wrote itself does not come from the snapshot it was resumed with.
            resumed = attempt.began.data["resumes"] and not changed & {entry.name, ""}
            how = (
                "replays over state the run itself had written before"
                if resumed
                else "replays over other state"
            )
            return Broken(
                f"attempt {attempt.number} {how}: reading {entry.name!r} gives another value than"
                " it gave live",
                entry=entry,
                step=entry.name,
                expected=show(before.data["value"]),
                seen=show(entry.data["value"]),
                cause="resumed-snapshot" if resumed else ("branch-order" if entry.branch else ""),
            )
    return None


@guarantee("state.durable")
def durable(reading: Reading) -> Iterator[Broken]:
    """A run is reported completed only after its state is saved."""
    for attempt in reading.attempts():
        if attempt.outcome != "completed" or attempt.report is None:
            continue
        end = attempt.report.index
        changes = [e for e in attempt.entries_of(*_CHANGES) if e.index < end]
        if not changes:
            continue
        saves = [
            e
            for e in attempt.entries_of("platform.state.save")
            if e.data["own"] and "refused" not in e.data and changes[-1].index < e.index < end
        ]
        if not saves:
            yield Broken(
                "the run was reported completed although its state had not been saved",
                entry=attempt.report,
                step=changes[-1].name,
                expected=f"a save after the change of {changes[-1].name!r}",
                seen="none",
                cause="swallowed-save",
            )
