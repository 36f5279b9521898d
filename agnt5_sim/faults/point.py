"""Fault points: every place in a life at which something can go wrong.

A point is named by what happens there and by how often that has happened before:
`step.completed:step:charge:0#1` is the first time the worker reports that step completed. Names
come from the program and the platform's protocol, never from generated ids, so the same point
has the same name in every life that gets there.
"""

from __future__ import annotations

import enum
import re
from typing import Final, NamedTuple, Self
from urllib.parse import quote, unquote

from agnt5_sim.arguments.checks import wrong
from agnt5_sim.errors import PlanError

_SAFE = "/:.,@+-_"
_HASH = "#"
_KIND = re.compile(r"[A-Za-z0-9._-]+")
_new = tuple.__new__


class Sort(enum.Enum):
    """Of which sort a point is: what a fault can do there depends on it."""

    REQUEST = "request"
    """A request whose sender waits for the reply."""
    SENT = "sent"
    """What is sent, and nobody waits for a reply."""
    BODY = "body"
    """The body of a step, or a blocking function of it in a thread."""
    AWAIT = "await"
    """An await inside a step's body that really waits."""
    SLEEP = "sleep"
    """A sleep that is slept inside the worker."""
    UNKNOWN = "unknown"
    """No kind of point of ours, or whichever is reached."""


SORTS: Final = {
    **dict.fromkeys(
        (
            "emit",
            "begin",
            "complete",
            "fail",
            "state.load",
            "state.save",
            "step.started",
            "step.completed",
            "step.failed",
        ),
        Sort.REQUEST,
    ),
    **dict.fromkeys(("queue", "flush", "report"), Sort.SENT),
    **dict.fromkeys(("body", "thread"), Sort.BODY),
    "await": Sort.AWAIT,
    "sleep": Sort.SLEEP,
}
"""The sort of each kind of point."""


class _Place(NamedTuple):
    kind: str
    name: str
    occurrence: int


class Point(_Place):
    """A place in a life.

    Attributes:
        kind: what crosses there: `emit`, `state.save`, `body`, `sleep` …
        name: of what crosses: an event and its step, an entity's scope, a step.
        occurrence: which time of that kind and name it is, from 1, attempts included.

    Raises:
        PlanError: no plan could name it.
    """

    __slots__ = ()

    def __new__(cls, kind: str, name: str, occurrence: int) -> Self:
        """Refuse what has no text that reads back."""
        if not isinstance(kind, str) or _KIND.fullmatch(kind) is None:
            raise PlanError(wrong("kind", kind, "letters, digits and . _ - of ASCII"))
        if not isinstance(name, str):
            raise PlanError(wrong("name", name, "text"))
        whole = isinstance(occurrence, int) and not isinstance(occurrence, bool)
        if not whole or occurrence < 1:
            raise PlanError(wrong("occurrence", occurrence, "a whole number of at least 1"))
        return _new(cls, (kind, name, occurrence))

    def __str__(self) -> str:
        """Return `kind:name#occurrence`, with odd characters percent-encoded."""
        return f"{self.kind}:{quote(self.name, safe=_SAFE)}{_HASH}{self.occurrence}"

    @property
    def sort(self) -> Sort:
        """Of which sort it is."""
        return SORTS.get(self.kind, Sort.UNKNOWN)

    @classmethod
    def parse(cls, text: str) -> Point:
        """Read what `str` wrote.

        Raises:
            PlanError: it is no point.
        """
        if not isinstance(text, str):
            raise PlanError(wrong("text", text, "the text of a point, kind:name#occurrence"))
        head, _, number = text.rpartition(_HASH)
        kind, colon, name = head.partition(":")
        if not (kind and colon and number.isascii() and number.isdigit() and int(number) > 0):
            msg = (
                f"{text!r} is no fault point; one is written kind:name#occurrence,"
                " for example emit:workflow.started#1"
            )
            raise PlanError(msg)
        point = cls(kind, unquote(name), int(number))
        if str(point) != text:
            msg = f"{text!r} is not how a fault point is written; write {str(point)!r}"
            raise PlanError(msg)
        return point


def nth(number: int) -> Point:
    """Return the point that stands for whichever is reached `number`-th in a life, from 1."""
    return _new(Point, ("any", "point", number))
