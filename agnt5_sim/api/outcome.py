"""What came of a simulated life of one run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs

from agnt5_sim.judging import describing
from agnt5_sim.judging.verdicts import accepted_split
from agnt5_sim.report.views import EventView, StepView, events_of, read_run, step_named, steps_of

if TYPE_CHECKING:
    from agnt5_sim.faults import Fault, FaultPlan, Point
    from agnt5_sim.history import History
    from agnt5_sim.judging.violation import Violation


@attrs.frozen
class Outcome:
    """What came of a simulated life of one run.

    Attributes:
        status: "completed", "failed" or "cancelled"; "paused" when it waits for an answer
            that was not given; "stuck" when it cannot go on.
        output: what it returned.
        error: why it failed or what it waits for, or "".
        history: everything that happened; `history.digest` is equal exactly for equal lives.
        violations: the guarantees that were broken, known defects of the SDK among them.
        accepted: what harmless defects of the SDK broke: what only observers read.
        points: the fault points that were reached, in order.
        plan: the faults it was lived under.
        missed: the faults whose place was never reached.
        run_id: the id of the run.
    """

    status: str
    output: Any
    error: str
    history: History = attrs.field(repr=False)
    violations: tuple[Violation, ...]
    points: tuple[Point, ...] = attrs.field(repr=False)
    plan: FaultPlan
    missed: tuple[Fault, ...]
    run_id: str = "run-1"
    accepted: tuple[Violation, ...] = ()

    @property
    def attempts(self) -> int:
        """How many attempts the run took."""
        return len(read_run(self.history, self.run_id).attempts)

    @property
    def steps(self) -> tuple[StepView, ...]:
        """The steps of the run."""
        return steps_of(read_run(self.history, self.run_id))

    @property
    def events(self) -> tuple[EventView, ...]:
        """The events of the run."""
        return events_of(read_run(self.history, self.run_id))

    @property
    def state(self) -> Any:
        """The state the run left in its scope."""
        ended = read_run(self.history, self.run_id).ended
        return json.loads(ended.data["state"] or b"null") if ended is not None else None

    def step(self, name: str) -> StepView:
        """Return a step by name.

        Raises:
            KeyError: there is none of that name, or several.
        """
        return step_named(read_run(self.history, self.run_id), name)

    def check(self, accept: tuple[str, ...] = ()) -> Outcome:
        """Return itself if every guarantee held.

        Args:
            accept: ids of known defects of the SDK that are put up with.

        Raises:
            GuaranteeBroken: one was broken, other than by an accepted or harmless defect.
        """
        broken, _ = accepted_split(self.violations, accept)
        if broken:
            raise describing.broken(broken, self.history)
        return self
