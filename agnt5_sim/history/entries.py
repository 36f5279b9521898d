"""One thing that happened in a life."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from .values import show

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROGRAM = ("program.", "body.", "effect", "state.")
"""How the kinds of entry begin whose bytes are frozen values of the program."""


class Entry(NamedTuple):
    """One thing that happened.

    Attributes:
        index: its place in the history, from 0.
        time: virtual time in seconds since the life began.
        kind: what happened, as `where.what`: `run.dispatched`, `program.asked`,
            `program.answered`, `body.started`, `platform.sent`, `fault.kill` …
        run_id: the run it belongs to, `""` for the life as a whole.
        attempt: the attempt of that run, from 0; -1 where there is none.
        incarnation: the worker process it happened in, from 1; 0 outside of any.
        branch: the branch of the workflow's tasks it happened in (`""` is the main one).
        name: of the thing it happened to: a step, an event type, a fault point.
        data: more, by kind. Values are immutable.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody asks of an entry
    time: float
    kind: str
    run_id: str
    attempt: int
    incarnation: int
    branch: str
    name: str
    data: Mapping[str, Any]

    def __str__(self) -> str:
        """One line for people."""
        shown = _shown if self.kind.startswith(_PROGRAM) else repr
        extra = " ".join(f"{key}={shown(value)}" for key, value in self.data.items())
        where = f"{self.run_id}/{self.attempt}" + (f"[{self.branch}]" if self.branch else "")
        head = f"{self.index:>5} {self.time:>12g}s {where:<24} {self.kind:<20}"
        return f"{head} {self.name} {extra}".rstrip()


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        with suppress(ValueError, EOFError, TypeError):  # no frozen value after all
            return show(value)
    return repr(value)
