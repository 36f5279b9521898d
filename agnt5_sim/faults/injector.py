"""Counts the fault points of a life, and lets its plan's faults act where they are due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .decision import DELIVER, Decision
from .families import KINDS
from .kind import AFTER, BEFORE, DURING
from .point import Point, nth

if TYPE_CHECKING:
    from .kind import Hands
    from .plan import Fault, FaultPlan

HALF: Final = 0.5
"""When a sleep is struck, if the plan does not say."""

_new = tuple.__new__


class Injector:
    """The plan of one life, at work.

    Args:
        plan: what is to go wrong.
        hands: what its faults do it with.

    Attributes:
        points: the points that were reached, in order.
        planned: by moment and point, the faults that are still to strike there.
        struck: the faults that struck, each with how many points had been reached.
        request: what was decided about what crosses at the point that was reached last.
    """

    def __init__(self, plan: FaultPlan, hands: Hands) -> None:
        self.plan = plan
        self.points: list[Point] = []
        self._hands = hands
        self._counts: dict[tuple[str, str], int] = {}
        self.planned: dict[tuple[str, Point], list[Fault]] = {}
        for fault in plan:
            self.planned.setdefault((fault.moment, fault.point), []).append(fault)
        self.struck: list[tuple[Fault, int]] = []
        self.request = DELIVER

    def reach(self, kind: str, name: str) -> Point:
        """Note that a program has come to a point; what is planned before it acts."""
        key = (kind, name)
        occurrence = self._counts.get(key, 0) + 1
        self._counts[key] = occurrence
        point = _new(Point, (kind, name, occurrence))
        self.points.append(point)
        if self.planned:
            self.request = self._act(BEFORE, point, nth(len(self.points)))
        return point

    def leave(self, point: Point) -> Decision:
        """Note that what crosses there has taken effect; what is planned after it acts.

        Returns:
            what becomes of the reply.
        """
        if not self.planned:
            return DELIVER
        if self.points[-1] is point:
            return self._act(AFTER, point, nth(len(self.points)))
        return self._act(AFTER, point)

    def during(self, point: Point) -> list[tuple[Fault, float]]:
        """Return what is planned during a sleep, each with the part of it that passes first."""
        faults = self.planned.get((DURING, point), ()) if self.planned else ()
        return [(fault, HALF if fault.argument is None else fault.argument) for fault in faults]

    def strike(self, fault: Fault) -> Decision:
        """Let a fault happen now; one that has happened already does not happen again."""
        waiting = self.planned.get((fault.moment, fault.point), [])
        if fault not in waiting:
            return DELIVER
        waiting.remove(fault)
        if not waiting:
            del self.planned[fault.moment, fault.point]
        self.struck.append((fault, len(self.points)))
        return KINDS[fault.kind].act(fault, self._hands)

    def _act(self, moment: str, *points: Point) -> Decision:
        decision = DELIVER
        for point in points:
            for fault in tuple(self.planned.get((moment, point), ())):
                # `any` may stand for a point at which that kind of fault cannot be.
                if KINDS[fault.kind].may_strike(moment, points[0]):
                    decided = self.strike(fault)
                    # One that decides nothing takes nothing back: a worker may stand still too.
                    decision = decision if decided is DELIVER else decided
        return decision

    @property
    def missed(self) -> tuple[Fault, ...]:
        """The faults whose place was never reached."""
        return tuple(sorted(fault for faults in self.planned.values() for fault in faults))
