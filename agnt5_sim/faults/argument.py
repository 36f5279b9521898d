"""What stands in parentheses behind a kind of fault: a part, a duration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from agnt5_sim.arguments.durations import seconds_of
from agnt5_sim.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Callable


class Argument(NamedTuple):
    """What a kind of fault takes in parentheses.

    Attributes:
        meaning: for help texts and errors.
        letters: how the grammar of a plan shows it.
        read: makes a number of the text; raises ValueError where it cannot.
        write: the exact inverse.
        allows: whether a number can be one.
    """

    meaning: str
    letters: str
    read: Callable[[str], float]
    write: Callable[[float], str]
    allows: Callable[[float], bool]

    def parse(self, text: str) -> float:
        """Read it.

        Raises:
            PlanError: it cannot be read.
        """
        try:
            return self.read(text)
        except ValueError as error:
            raise PlanError(f"{text!r} is no {self.meaning}: {error}") from None


def _seconds(text: str) -> float:
    if not text.endswith("s") or text.endswith("ms"):
        seconds = seconds_of(text)
        raise ValueError(f"write it in seconds, {_written(seconds)}")
    return float(text[:-1])


def _written(seconds: float) -> str:
    text = repr(float(seconds))
    return f"{text.removesuffix('.0')}s"


PART: Final = Argument(
    meaning="part of the sleep that has passed, 0 to 1",
    letters="PART",
    read=float,
    write=repr,
    allows=lambda part: 0 <= part <= 1,
)
DURATION: Final = Argument(
    meaning="duration in virtual seconds, such as 2s or 0.5s",
    letters="DURATION",
    read=_seconds,
    write=_written,
    allows=lambda seconds: 0 < seconds < float("inf"),
)
