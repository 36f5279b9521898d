"""A story: something that can be lived again and again, under one fault plan after another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import attrs

if TYPE_CHECKING:
    from agnt5_sim.faults import Fault, FaultPlan, Point
    from agnt5_sim.history import History
    from agnt5_sim.judging.violation import Violation


@attrs.frozen
class Lived:
    """One life of a story.

    Attributes:
        plan: what it was lived under.
        history: everything that happened.
        points: the fault points it reached, in order.
        struck: the faults that struck, each with the number of points reached by then.
        missed: the faults whose place was never reached.
        error: what ended the life from outside the workflow, or "".
        failure: an assertion of the story itself that failed, or "".
        status: how it ended, in the words of `Outcome.status`; a test that passed "completed".
        why: why it failed or what it waits for, or "".
    """

    plan: FaultPlan
    history: History
    points: tuple[Point, ...]
    struck: tuple[tuple[Fault, int], ...]
    missed: tuple[Fault, ...] = ()
    error: str = ""
    failure: str = ""
    status: str = "completed"
    why: str = ""

    def unreached(self) -> str:
        """Say which faults never struck, and where some could have."""
        missed = "; ".join(map(str, self.missed))
        points = ", ".join(dict.fromkeys(map(str, self.points)))
        return (
            f"the plan did not come about: {missed} was never reached. The points of this life"
            f" are: {points}"
        )


class Story(Protocol):
    """Something that can be lived."""

    def __call__(
        self,
        plan: FaultPlan,
        seed: int,
        start: int,
        /,
        *,
        forget: bool = False,
        pace: float = 0.0,
    ) -> Lived:
        """Live it once.

        Args:
            plan: what goes wrong.
            seed: what all randomness comes from.
            start: seconds after 2026 began at which the life does.
            forget: whether a killed worker's changes to module globals are undone.
            pace: virtual seconds that pass with every request of the platform.
        """


@attrs.frozen
class Verdict:
    """What came of one life, small enough to be sent from one process to another.

    Attributes:
        plan: what it was lived under.
        violations: what it broke.
        later: the fault points after the last fault that struck.
        total: how many fault points it reached.
        missed: the faults whose place was never reached.
        digest: of its history.
        repeated: effects, with their steps, that a crash inside the step repeated.
    """

    plan: FaultPlan
    violations: tuple[Violation, ...]
    later: tuple[Point, ...]
    total: int
    missed: tuple[Fault, ...]
    digest: str
    repeated: tuple[tuple[str, str], ...] = ()
