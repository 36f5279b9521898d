"""Counts the fault points of a life and strikes where its plan says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.faults.kinds import AFTER, BEFORE, DURING
from agnt5_sim.faults.plan import HALF, Fault, FaultPlan
from agnt5_sim.faults.point import Point, nth

if TYPE_CHECKING:
    from collections.abc import Callable

_new = tuple.__new__


class Injector:
    """The plan of one life, at work.

    Args:
        plan: what is to go wrong.
        strike: called with a fault when its place is reached. For a kill it does not return
            if the caller is the program that is killed.

    Attributes:
        points: the points that were reached, in order.
        planned: by moment and point, the faults that are still to strike there.
        struck: the faults that struck, each with how many points had been reached.
    """

    def __init__(self, plan: FaultPlan, strike: Callable[[Fault], None]) -> None:
        self.plan = plan
        self.points: list[Point] = []
        self._strike = strike
        self._counts: dict[tuple[str, str], int] = {}
        self.planned: dict[tuple[str, Point], list[Fault]] = {}
        for fault in plan:
            self.planned.setdefault((fault.moment, fault.point), []).append(fault)
        self.struck: list[tuple[Fault, int]] = []

    def reach(self, kind: str, name: str) -> Point:
        """Note that a program has come to a point; strikes what is planned before it."""
        key = (kind, name)
        occurrence = self._counts.get(key, 0) + 1
        self._counts[key] = occurrence
        point = _new(Point, (kind, name, occurrence))
        self.points.append(point)
        if self.planned:
            self._hit(BEFORE, point)
            self._hit(BEFORE, nth(len(self.points)))
        return point

    def leave(self, point: Point) -> None:
        """Note that what crosses there has taken effect; strikes what is planned after it."""
        if self.planned:
            self._hit(AFTER, point)
            if self.points[-1] is point:
                self._hit(AFTER, nth(len(self.points)))

    def during(self, point: Point) -> list[tuple[Fault, float]]:
        """Return what is planned during a sleep, each with the part of it that passes first."""
        faults = self.planned.get((DURING, point), ()) if self.planned else ()
        return [(fault, HALF if fault.argument is None else fault.argument) for fault in faults]

    def strike(self, fault: Fault) -> None:
        """Let a fault happen now."""
        waiting = self.planned.get((fault.moment, fault.point), [])
        if fault not in waiting:
            return
        waiting.remove(fault)
        if not waiting:
            del self.planned[fault.moment, fault.point]
        self.struck.append((fault, len(self.points)))
        self._strike(fault)

    def _hit(self, moment: str, point: Point) -> None:
        for fault in tuple(self.planned.get((moment, point), ())):
            self.strike(fault)

    @property
    def missed(self) -> tuple[Fault, ...]:
        """The faults whose place was never reached."""
        return tuple(sorted(fault for faults in self.planned.values() for fault in faults))
