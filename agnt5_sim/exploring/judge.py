"""Judging a life of a story: its own guarantees, and the comparison with the one without faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from agnt5_sim.judging import compare, judge
from agnt5_sim.judging.comparing import leaned_on_memory
from agnt5_sim.judging.guarantees.effect import at_least_once
from agnt5_sim.judging.reading.lives import read
from agnt5_sim.judging.verdicts import accepted_split
from agnt5_sim.judging.violation import Violation

if TYPE_CHECKING:
    from agnt5_sim.exploring.story import Lived, Story
    from agnt5_sim.exploring.verdict import Verdict
    from agnt5_sim.faults import FaultPlan
    from agnt5_sim.judging.volatile import Volatile


@attrs.frozen
class Judge:
    """Holds the lives of one story to account.

    Attributes:
        story: what is lived.
        baseline: the life without faults.
        volatile: what differs without faults already.
        seed: what the lives' randomness comes from.
    """

    story: Story
    baseline: Lived
    volatile: Volatile
    seed: int

    def live(self, plan: FaultPlan) -> Verdict:
        """Live the story under a plan, and judge that life."""
        return self.judged(self.story(plan, self.seed, 0))

    def judged(self, lived: Lived) -> Verdict:
        """Judge a life under a plan, and what it leaned on."""
        plan = lived.plan
        verdict = self.verdict(lived)
        if len(plan) != 1 or not any(e.kind == "memory.changed" for e in lived.history):
            return verdict
        forgetful = self.story(plan, self.seed, 0, forget=True)
        leaned = leaned_on_memory(lived.history, forgetful.history, self.volatile)
        return attrs.evolve(verdict, violations=(*verdict.violations, *leaned))

    def verdict(self, lived: Lived, *, compared: bool = True) -> Verdict:
        """Judge a life.

        Args:
            lived: the life.
            compared: whether to hold it against the baseline too.
        """
        from agnt5_sim.exploring.verdict import Verdict

        violations = list(judge(lived.history))
        if compared and lived is not self.baseline:
            violations += compare(lived.history, self.baseline.history, self.volatile)
        if lived.error or not accepted_split(violations)[0]:  # else the test says the same again
            violations += _from_outside(lived)
        last = max((reached for _, reached in lived.struck), default=0)
        return Verdict(
            plan=lived.plan,
            violations=tuple(violations),
            later=lived.points[last:],
            total=len(lived.points),
            missed=lived.missed,
            digest=lived.history.digest,
            repeated=tuple(at_least_once(read(lived.history))),
        )


def _said(lived: Lived) -> str:
    if lived.error:
        return "the life had to be ended"
    if lived.plan.faults:
        return "an assertion of the test failed under faults"
    return (
        "an assertion of the test failed in another life without faults: it depends on entropy or"
        " the date, or the test, a fixture or a module keeps something from one life to the next"
    )


def _from_outside(lived: Lived) -> list[Violation]:
    """Return as a violation what ended a life from outside, or what the story itself found."""
    what = lived.error or lived.failure
    if not what:
        return []
    first = what.strip().splitlines()[0]
    run = next((entry for entry in lived.history if entry.kind == "run.submitted"), None)
    return [
        Violation(
            guarantee="result.reached" if lived.error else "result.same",
            message=_said(lived),
            run_id=run.run_id if run is not None else "",
            workflow=run.name if run is not None else "",
            time=lived.history[-1].time,
            expected="the same as without faults",
            seen=what if lived.error else first,
            plan=str(lived.plan),
            cause="error" if lived.error else "assertion",
        )
    ]
