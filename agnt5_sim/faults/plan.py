"""Fault plans: which faults strike where, as a value and as text.

The text of a plan is what a report prints and `--agnt5-sim-plan` reads:

    kill before emit:workflow.step.completed/charge_0#1; kill during sleep:sleep:hold:1#1

Each fault is `KIND [(ARGUMENT)] MOMENT POINT`; faults are parted by `; `; a plan without faults
is `none`. Reading and writing are exact inverses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import attrs

from agnt5_sim.arguments.checks import wrong
from agnt5_sim.arguments.words import unknown
from agnt5_sim.errors import PlanError
from agnt5_sim.faults.point import Point

from .families import KINDS
from .kind import DURING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .kind import Kind

NONE: Final = "none"
_FAULT = re.compile(r"(?P<kind>[^\s(]+)(?:\((?P<argument>[^)]*)\))? (?P<moment>\S+) (?P<point>\S+)")


@attrs.frozen(order=True)
class Fault:
    """One fault.

    Attributes:
        kind: a name in `agnt5_sim.faults.KINDS`.
        moment: "before", "after" or "during" its point.
        point: where it strikes.
        argument: a number some kinds take; None for the kind's default.
    """

    kind: str
    moment: str
    point: Point
    argument: float | None = attrs.field(
        default=None, order=lambda value: (value is not None, value or 0.0)
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what no plan may say."""
        if not isinstance(self.point, Point):
            raise PlanError(wrong("point", self.point, "a Point; Point.parse reads a text"))
        known = KINDS.get(self.kind)
        if known is None:
            raise PlanError(unknown("fault kind", self.kind, KINDS))
        if self.moment not in known.moments:
            raise PlanError(unknown("moment", self.moment, known.moments))
        if not known.may_strike(self.moment, self.point):
            where = " or a ".join(sort.value for sort in known.sorts(self.moment))
            example = "sleep:NAME#N" if self.moment == DURING else "emit:NAME#N"
            msg = f"`{self.kind} {self.moment}` is for a {where} ({example}), not for {self.point}"
            raise PlanError(msg)
        if not _fits(known, self.moment, self.argument):
            raise PlanError(_argument_wrong(known, self.moment, self.argument))

    def __str__(self) -> str:
        """Return the fault as a plan writes it."""
        known = KINDS[self.kind].argument
        argument = (
            "" if self.argument is None or known is None else f"({known.write(self.argument)})"
        )
        return f"{self.kind}{argument} {self.moment} {self.point}"

    @property
    def decides(self) -> object:
        """What it decides, of which a plan can have one decision only; equal where that is so."""
        what = KINDS[self.kind].excludes
        return (what, self.moment, self.point) if what and self.moment != DURING else self

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read what `str` wrote.

        Raises:
            PlanError: it is no fault.
        """
        if not isinstance(text, str):
            raise PlanError(wrong("text", text, "the text of a fault, KIND MOMENT POINT"))
        match = _FAULT.fullmatch(text)
        if match is None:
            words = text.split()
            if words and words[0].partition("(")[0] not in KINDS:
                raise PlanError(unknown("fault kind", words[0], KINDS))
            msg = (
                f"{text!r} is no fault; one is written KIND MOMENT POINT,"
                " for example: kill before emit:workflow.started#1"
            )
            raise PlanError(msg)
        argument = match["argument"]
        known = KINDS.get(match["kind"])
        if known is None:
            raise PlanError(unknown("fault kind", match["kind"], KINDS))
        if argument is not None and known.argument is None:
            raise PlanError(f"{known.name} takes no argument ({argument})")
        fault = cls(
            match["kind"],
            match["moment"],
            Point.parse(match["point"]),
            None if argument is None or known.argument is None else known.argument.parse(argument),
        )
        if str(fault) != text:
            msg = f"{text!r} is not how a fault is written; write {str(fault)!r}"
            raise PlanError(msg)
        return fault


def _fits(kind: Kind, moment: str, argument: float | None) -> bool:
    """Tell whether a kind can do with an argument, or with none, at a moment."""
    if argument is None:
        return not kind.needs_argument
    number = isinstance(argument, (int, float)) and not isinstance(argument, bool)
    return (
        kind.argument is not None
        and moment in kind.argument_at
        and number
        and kind.argument.allows(argument)
    )


def _argument_wrong(kind: Kind, moment: str, argument: float | None) -> str:
    if argument is None and kind.argument is not None:
        example = kind.argument.write(next(each for each in kind.tries if each is not None))
        return f"{kind.name} needs a {kind.argument.meaning}: {kind.name}({example}) {moment} …"
    msg = f"{kind.name} {moment} takes no argument {argument!r}"
    return f"{msg} ({kind.argument.meaning})" if kind.argument is not None else msg


def _together(faults: tuple[Fault, ...]) -> None:
    """Refuse faults of which only one can be.

    Raises:
        PlanError: two decide the same at one point and moment.
    """
    deciding: dict[object, Fault] = {}
    for fault in faults:
        other = deciding.setdefault(fault.decides, fault)
        if other is not fault:
            what = KINDS[fault.kind].excludes
            raise PlanError(f"{other} and {fault} exclude each other: both decide about {what}")


def _in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    items = tuple(faults) if isinstance(faults, Iterable) else (None,)
    if not all(isinstance(fault, Fault) for fault in items):
        raise PlanError(wrong("faults", faults, "Faults; FaultPlan.parse reads a text"))
    ordered = tuple(sorted(set(items)))
    _together(ordered)
    return ordered


@attrs.frozen(order=True)
class FaultPlan:
    """The faults of one life, in no particular order: each names where it strikes.

    Attributes:
        faults: sorted, without doubles.
    """

    faults: tuple[Fault, ...] = attrs.field(default=(), converter=_in_order)

    @classmethod
    def of(cls, *faults: Fault | str) -> FaultPlan:
        """Make a plan of faults, or of their texts."""
        return cls(Fault.parse(fault) if isinstance(fault, str) else fault for fault in faults)

    @classmethod
    def kill(cls, moment: str, point: Point | str) -> FaultPlan:
        """Make the plan of one kill."""
        return cls(
            (Fault("kill", moment, Point.parse(point) if isinstance(point, str) else point),)
        )

    @classmethod
    def parse(cls, text: str) -> FaultPlan:
        """Read the text of a plan.

        Args:
            text: as `str` writes it; space around faults does not matter.

        Raises:
            PlanError: a part of it cannot be read; the message says which and why.
        """
        if not isinstance(text, str):
            raise PlanError(wrong("text", text, f"the text of a plan, {NONE!r} for no fault"))
        parts = [part.strip() for part in text.split(";")]
        if parts in ([""], [NONE]):
            return cls()
        if "" in parts:
            msg = f"{text!r} has an empty fault between two `;`"
            raise PlanError(msg)
        plan = cls(Fault.parse(part) for part in parts)
        if len(plan) != len(parts):
            msg = f"{text!r} names the same fault twice"
            raise PlanError(msg)
        return plan

    def __str__(self) -> str:
        """Return the text of the plan; `parse` reads it back."""
        return "; ".join(map(str, self.faults)) or NONE

    def __iter__(self) -> Iterator[Fault]:
        """Go through the faults."""
        return iter(self.faults)

    def __len__(self) -> int:
        """Return the number of faults."""
        return len(self.faults)

    def with_fault(self, fault: Fault) -> FaultPlan:
        """Return this plan and one fault more."""
        return FaultPlan((*self.faults, fault))

    def without(self, fault: Fault) -> FaultPlan:
        """Return this plan without one of its faults."""
        return FaultPlan(other for other in self.faults if other != fault)


def faults_at(point: Point, kinds: Iterable[str]) -> tuple[Fault, ...]:
    """Return the faults of these kinds that a sweep tries at a point, in order."""
    return tuple(
        Fault(name, moment, point, argument if moment in KINDS[name].argument_at else None)
        for name in kinds
        for moment in KINDS[name].swept_at(point)
        for argument in KINDS[name].tries
    )


def as_plan(name: str, value: FaultPlan | str) -> FaultPlan:
    """Return the plan an argument gives, as a value or as text.

    Args:
        name: of the argument.
        value: what was given.

    Raises:
        PlanError: it is neither, or its text cannot be read.
    """
    if isinstance(value, str):
        return FaultPlan.parse(value)
    if not isinstance(value, FaultPlan):
        raise PlanError(wrong(name, value, "a FaultPlan, or the text of one"))
    return value


def check_kinds(faults: Iterable[str] | str) -> tuple[str, ...]:
    """Return the kinds of fault of the argument `faults`: one word, or several.

    Raises:
        PlanError: there is none, or one is no kind of fault.
    """
    words: Any = (faults,) if isinstance(faults, str) else faults
    kinds = tuple(dict.fromkeys(words)) if isinstance(words, Iterable) else ()
    if not kinds:
        raise PlanError(wrong("faults", faults, f"kinds of fault: {', '.join(KINDS)}"))
    for kind in kinds:
        if kind not in KINDS:
            raise PlanError(unknown("fault kind", kind, KINDS))
    return kinds


__all__ = [
    "NONE",
    "Fault",
    "FaultPlan",
    "as_plan",
    "check_kinds",
    "faults_at",
]
