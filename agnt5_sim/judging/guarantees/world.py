"""What a life leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.history.terms import WAITING
from agnt5_sim.judging.registry import guarantee
from agnt5_sim.judging.violation import Broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agnt5_sim.history import Entry
    from agnt5_sim.judging.reading.lives import Attempt, Reading, Run


@guarantee("world.awaited")
def awaited(reading: Reading) -> Iterator[Broken]:
    """No coroutine is left un-awaited, no task and no context variable is left behind."""
    for run in reading.runs.values():
        yield from _forgotten(run)
        yield from _left_set(run)
        for attempt, entry in _first_of_each(run.attempts, "program.unawaited"):
            if attempt.is_past(entry):  # a step that is refused has nothing to await
                continue
            yield Broken(
                f"the coroutine {entry.data['what']}() given to step {entry.name} was never"
                " awaited",
                entry=entry,
                step=entry.name,
                expected="awaited, or closed, when the step is answered from its record",
                seen="dropped",
                cause="replayed-awaitable" if attempt.number > 0 else "same-name",
            )
    run_id = next(iter(reading.runs), "")
    for entry in reading.loose:
        if entry.kind == "world.left":
            yield Broken(
                "a task was left behind when the life ended",
                entry=entry,
                run_id=run_id,
                expected="no task",
                seen=entry.name,
            )
        elif entry.kind == "world.unhandled":
            yield Broken(
                "an error was raised that nobody awaited",
                entry=entry,
                run_id=run_id,
                expected="every error to reach somebody",
                seen=f"{entry.name} {entry.data['error']}".strip(),
                cause="unretrieved",
            )


def _first_of_each(attempts: Iterable[Attempt], kind: str) -> Iterator[tuple[Attempt, Entry]]:
    """Go through the entries of a kind, once for each name, with the attempts they are of."""
    told: set[str] = set()
    for attempt in attempts:
        for entry in attempt.entries_of(kind):
            if entry.name not in told:
                told.add(entry.name)
                yield attempt, entry


def _left_set(run: Run) -> Iterator[Broken]:
    # The context of an attempt that died went with it.
    over = (attempt for attempt in run.attempts if attempt.report is not None)
    for attempt, entry in _first_of_each(over, "context.left"):
        yield Broken(
            f"the SDK's context variable {entry.name!r} was still set when attempt"
            f" {attempt.number} was over",
            entry=entry,
            expected="what it was when the attempt began",
            seen="another value",
            cause=_why_set(attempt, entry),
        )


def _why_set(attempt: Attempt, left: Entry) -> str:
    """Tell why a context variable was left: a step that is never closed stays among the open."""
    variable = left.name
    if left.data["keeps"] != "open steps":
        return variable
    if attempt.outcome in WAITING:
        return "suspended-inside"
    if any(call.cancelled for call in attempt.calls):
        return "cancelled"
    return "never-began" if any(c.raised and not c.ran for c in attempt.calls) else variable


def _forgotten(run: Run) -> Iterator[Broken]:
    for _, entry in _first_of_each(run.attempts, "program.forgotten"):
        yield Broken(
            f"ctx.{entry.data['call']} was called for {entry.name!r} and never awaited, so it"
            " never happened",
            entry=entry,
            step=entry.name,
            expected="an await",
            seen="none",
            cause="forgotten",
        )
