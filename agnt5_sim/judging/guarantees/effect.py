"""Effects: what a user declared to matter happens once a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.history.values import show
from agnt5_sim.judging.registry import guarantee
from agnt5_sim.judging.violation import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.history import Entry
    from agnt5_sim.judging.reading.lives import Reading, Run

Place = tuple[str, str, str, int]


def _places(run: Run) -> dict[Place, list[Entry]]:
    """Sort a run's effects by name and by where in the program they happened."""
    places: dict[Place, list[Entry]] = {}
    for attempt in run.attempts:
        counts: dict[tuple[str, str, str], int] = {}
        if not attempt.entries_of("effect"):
            continue
        for entry in attempt.entries_of("body.started", "effect"):
            if entry.kind == "body.started":  # anew, if it is another try
                counts = {
                    where: number for where, number in counts.items() if where[1] != entry.name
                }
                continue
            step = entry.data["step"]
            where = (entry.name, step, "" if step else entry.branch)
            number = counts.get(where, 0)
            counts[where] = number + 1
            places.setdefault((*where, number), []).append(entry)
    return places


@guarantee("effect.once")
def once(reading: Reading) -> Iterator[Broken]:
    """A declared effect happens once a run, or inside a step that died before it was durable."""
    for run in reading.runs.values():
        for (name, step, _, _), entries in _places(run).items():
            if len(entries) == 1:
                continue
            durable = run.durable.get(step) if step else None
            again = next(
                (e for e in entries[1:] if durable is None or e.index > durable.index), None
            )
            if again is None or (step and durable is None):
                continue  # `at_least_once` lists it
            yield Broken(
                f"{name}{show(again.data['args'], 80)} happened {len(entries)} times:"
                + (
                    f" step {step} ran again"
                    if step
                    else " it is outside of any step, and every replay repeats it"
                ),
                entry=again,
                step=step or name,
                expected="once a run",
                seen=", ".join(f"attempt {e.attempt} at {e.time:g} s" for e in entries),
                cause="" if step else "outside-step",
            )


def at_least_once(reading: Reading) -> list[tuple[str, str]]:
    """Return the effects, with their steps, that a crash inside the step repeated."""
    found = []
    for run in reading.runs.values():
        for (name, step, _, _), entries in _places(run).items():
            if step and len(entries) > 1:
                found.append((name, step))
    return found
