"""Shrinking: the fewest faults that still show the same finding."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from agnt5_sim import Fault, FaultPlan
from agnt5_sim.exploring.shrinking import shrink

A, B, C = (Fault.parse(f"kill before body:{name}#1") for name in "abc")
ALL = FaultPlan((A, B, C))


class Lives:
    """Judges lives by what each set of faults is said to show."""

    def __init__(self, verdict: Any, shows: dict[str, set[Fault]]) -> None:
        self.lived: list[FaultPlan] = []
        self._verdict = verdict
        self._shows = shows

    def live(self, plan: FaultPlan) -> Any:
        """Find at each step for which all the faults it needs are there."""
        self.lived.append(plan)
        steps = [step for step, needs in self._shows.items() if needs <= set(plan)]
        return self._verdict(plan, *steps)


@pytest.mark.parametrize("names", ["a", "b", "c", "ab", "ac", "bc", "abc"])
def test_exactly_what_a_finding_needs_is_left(names, found, verdict):
    """One fault of three, or two, or all of them."""
    needs = {fault for fault in ALL if fault.point.name in names}
    small = shrink(found("pay", ALL), Lives(verdict, {"pay": needs}))
    assert ("pay", FaultPlan(needs)) == (small.step, FaultPlan.parse(small.plan))


def test_another_finding_is_not_taken_for_it(found, verdict):
    """What is left out may show something else: that is another finding, with a plan of its own."""
    judge = Lives(verdict, {"pay": {A, B}, "ship": set()})
    small = shrink(found("pay", ALL), judge)
    assert ("pay", FaultPlan((A, B))) == (small.step, FaultPlan.parse(small.plan))


def test_a_finding_that_shows_under_less_alone_is_left_as_it_was(found, verdict):
    """Nothing that is left out shows it: the plan is the one it was found under."""
    judge = Lives(verdict, {"ship": set()})
    assert found("pay", ALL) == shrink(found("pay", ALL), judge)
    assert 3 == len(judge.lived)


@pytest.mark.parametrize("faults", [(), (A,)])
def test_one_fault_is_never_left_out(faults, found, verdict):
    """A finding without faults is none of a sweep's; nothing is lived for it."""
    judge = SimpleNamespace(live=None)
    assert found("pay", FaultPlan(faults)) == shrink(found("pay", FaultPlan(faults)), judge)
