"""What a life leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .registry import Broken, guarantee

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .reading import Reading, Run


@guarantee("world.awaited")
def awaited(reading: Reading) -> Iterator[Broken]:
    """No coroutine is left un-awaited, and no task is left behind."""
    for run in reading.runs.values():
        told: set[str] = set()
        yield from _forgotten(run)
        for attempt in run.attempts:
            for entry in attempt.entries_of("program.unawaited"):
                if entry.name in told:
                    continue
                told.add(entry.name)
                replayed = attempt.number > 0
                yield Broken(
                    f"the coroutine {entry.data['what']}() given to step {entry.name} was never"
                    " awaited",
                    entry=entry,
                    step=entry.name,
                    expected="awaited, or closed, when the step is answered from its record",
                    seen="dropped",
                    cause="replayed-awaitable" if replayed else "same-name",
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


def _forgotten(run: Run) -> Iterator[Broken]:
    told: set[str] = set()
    for attempt in run.attempts:
        for entry in attempt.entries_of("program.forgotten"):
            if entry.name in told:
                continue
            told.add(entry.name)
            yield Broken(
                f"ctx.{entry.data['call']} was called for {entry.name!r} and never awaited, so it"
                " never happened",
                entry=entry,
                step=entry.name,
                expected="an await",
                seen="none",
                cause="forgotten",
            )
