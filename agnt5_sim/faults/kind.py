"""What a kind of fault is: where it may strike, what it takes, and what it does.

Every kind stands in one file of `families/`. Plans, the sweep, the options, their help and the
reference go by what stands there; nothing else knows a kind by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import attrs

from .decision import Decision
from .point import Point, Sort

if TYPE_CHECKING:
    from .argument import Argument

BEFORE: Final = "before"
AFTER: Final = "after"
DURING: Final = "during"
MOMENTS: Final = (BEFORE, AFTER, DURING)


class Hands(Protocol):
    """What a fault can do to the life it strikes."""

    def kill(self, why: str) -> None:
        """Kill the worker that is running, or else one that is alive; the former never returns."""

    def stall(self, why: str, seconds: float) -> None:
        """Let the worker stand still for virtual seconds, and not renew what it has leased."""

    def note(self, kind: str, why: str) -> None:
        """Write into the history, as an entry of that kind, that a fault struck."""


class Place(NamedTuple):
    """At what a kind may strike.

    Attributes:
        may: the moments a plan may name there.
        swept: those of them that a sweep tries.
    """

    may: tuple[str, ...]
    swept: tuple[str, ...]


Act = Callable[[Any, Hands], Decision]


@attrs.frozen
class Kind:
    """A kind of fault.

    Attributes:
        name: as plans write it.
        family: of faults that are of one nature: `process`, `replies` …
        meaning: for help texts.
        places: by sort of point, where it may strike.
        act: does it to a life, and decides what becomes of the request or reply.
        argument: what it takes in parentheses, or None.
        argument_at: the moments with which it takes that.
        needs_argument: whether it cannot do without.
        tries: the arguments a sweep tries; None stands for none.
        excludes: a word for what it decides; of two kinds that decide the same only one can
            strike at one point and moment.
    """

    name: str
    family: str
    meaning: str
    places: Mapping[Sort, Place] = attrs.field(hash=False)
    act: Act = attrs.field(eq=False)
    argument: Argument | None = None
    argument_at: tuple[str, ...] = MOMENTS
    needs_argument: bool = False
    tries: tuple[float | None, ...] = (None,)
    excludes: str = ""

    @property
    def moments(self) -> tuple[str, ...]:
        """The moments at which it may strike, at whatever sort of point."""
        return tuple(m for m in MOMENTS if any(m in place.may for place in self.places.values()))

    def may_strike(self, moment: str, point: Point) -> bool:
        """Tell whether a plan may name this moment of a point.

        Of which sort a point is that no release of ours has, or that stands for whichever is
        reached then, nobody knows beforehand.
        """
        place = self.places.get(point.sort)
        if point.sort is Sort.UNKNOWN:
            return moment in self.moments and moment != DURING
        return place is not None and moment in place.may

    def swept_at(self, point: Point) -> tuple[str, ...]:
        """Return the moments of a point that a sweep tries."""
        if point.sort is Sort.UNKNOWN:
            return tuple(moment for moment in self.moments if moment != DURING)
        place = self.places.get(point.sort)
        return place.swept if place is not None else ()

    def sorts(self, moment: str) -> tuple[Sort, ...]:
        """Return the sorts of point at which it may strike at a moment."""
        return tuple(sort for sort, place in self.places.items() if moment in place.may)
