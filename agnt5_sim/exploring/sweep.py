"""The sweep: every single fault, then every pair, up to a depth, within a budget."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from agnt5_sim.arguments.checks import whole_number
from agnt5_sim.errors import SimulationFailed
from agnt5_sim.exploring.batches import is_past, live_all
from agnt5_sim.exploring.budget import Budget
from agnt5_sim.exploring.judge import Judge
from agnt5_sim.exploring.preliminaries import differences, same_course
from agnt5_sim.exploring.result import Exploration
from agnt5_sim.exploring.shrinking import shrink
from agnt5_sim.faults import FaultPlan, Point, as_plan, check_kinds, faults_at
from agnt5_sim.judging.verdicts import accepted_split, check_accept
from agnt5_sim.judging.volatile import Volatile

if TYPE_CHECKING:
    from agnt5_sim.exploring.story import Lived, Story
    from agnt5_sim.exploring.verdict import Verdict
    from agnt5_sim.judging.violation import Violation

OTHER_START_S = 37 * 86_400 + 4_321
"""Where a second life without faults begins, so that what depends on the clock shows."""
OTHER_PACE_S = 1.7
"""How slow the platform is in it, so that what depends on how long things take shows."""

Progress = Callable[[int, int, int], None]
"""Told after every life: how many were lived, how many there will be, how many findings."""


MAX_DEPTH = 5


def _budget(value: Any) -> Budget:
    return value if isinstance(value, Budget) else Budget.parse(value)


def _kinds(value: Any) -> tuple[str, ...]:
    ordered = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
    return check_kinds(ordered)


def _accept(value: Any) -> tuple[str, ...]:
    return tuple(sorted(check_accept(value)))


def _plan(value: Any) -> FaultPlan | None:
    return None if value is None else as_plan("plan", value)


@attrs.frozen(kw_only=True)
class Sweep:
    """How a story is to be explored: validated once, here, whoever asks for it.

    What `explore` has an argument for, under the same name, is explained there; so is the rest
    of what can be given.

    Attributes:
        kinds: the kinds of fault to try; the `faults` of `explore`.
        stop_at_first: stop when something is found.

    Raises:
        ValueError: one of them cannot be used; the message names it and what is allowed.
        PlanError: a kind of fault is none, or the plan cannot be read; a `ValueError` too.
        BudgetError: the budget cannot be read; a `ValueError` too.
        UnknownDefect: an id to accept is none; a `ValueError` too.
    """

    depth: int = attrs.field(default=1, validator=whole_number(least=1, most=MAX_DEPTH))
    kinds: tuple[str, ...] = attrs.field(default=("kill",), converter=_kinds)
    budget: Budget = attrs.field(default=None, converter=_budget)
    seed: int = attrs.field(default=0, validator=whole_number(least=0))
    accept: tuple[str, ...] = attrs.field(default=(), converter=_accept)
    plan: FaultPlan | None = attrs.field(default=None, converter=_plan)
    stop_at_first: bool = False


def plans_at(points: Iterable[Point], kinds: Sequence[str], base: FaultPlan) -> list[FaultPlan]:
    """Return the plans that add one fault at each of these points to a plan."""
    return [base.with_fault(fault) for point in points for fault in faults_at(point, kinds)]


class _Tally:
    """The findings of a sweep so far."""

    def __init__(self, accept: tuple[str, ...]) -> None:
        self._accept = accept
        self.found: dict[tuple[str, str, str, str], Violation] = {}
        self.accepted: dict[tuple[str, str, str, str], Violation] = {}
        self.lives = 0
        self.repeated: dict[tuple[str, str], None] = {}
        self._digest = hashlib.sha256()

    def add(self, verdict: Verdict) -> None:
        self.lives += 1
        self._digest.update(f"{verdict.plan}\n{verdict.digest}\n".encode())
        self.repeated.update(dict.fromkeys(verdict.repeated))
        self.note(verdict.violations)

    def note(self, violations: Iterable[Violation]) -> None:
        counting, accepted = accepted_split(violations, self._accept)
        for violation in counting:
            self.found.setdefault(violation.key, violation)
        for violation in accepted:
            self.accepted.setdefault(violation.key, violation)

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


def sweep(story: Story, how: Sweep, progress: Progress | None = None) -> Exploration:
    """Live a story without faults, then under every plan of a sweep, and judge each life.

    Args:
        story: what is lived.
        how: how far to go.
        progress: told after every life.

    Returns:
        What came of it.

    Raises:
        SimulationFailed: the life without faults was ended from outside, or its own
            assertions failed.
    """
    seconds = how.budget.seconds
    deadline = None if seconds is None else time.monotonic() + seconds
    tally = _Tally(how.accept)
    baseline = story(FaultPlan(), how.seed, 0)
    if baseline.error or baseline.failure:
        raise SimulationFailed(baseline.error or baseline.failure)
    twin = _other_life(story, how, baseline)
    again = story(FaultPlan(), how.seed, 0)
    judge = Judge(story, baseline, Volatile(baseline.history, twin.history), how.seed)
    for lived in (baseline, twin, again):
        tally.add(judge.verdict(lived, compared=lived is again))
    shape, same = differences(baseline.history, twin.history, again.history)
    tally.note([*shape, *same])
    planned = tally.lives
    replayed = None if how.plan is None else story(how.plan, how.seed, 0)
    if replayed is not None and not shape:
        planned += 1
        tally.add(judge.judged(replayed))
        if progress is not None:
            progress(tally.lives, planned, len(tally.found))
    elif not shape:
        planned += _go_on(how, baseline, judge, tally, deadline, progress)
    found = [shrink(violation, judge) for violation in tally.found.values()]
    return Exploration(
        runs=tally.lives,
        points=baseline.points,
        violations=tuple(found),
        accepted=tuple(tally.accepted.values()),
        planned=planned,
        depth=how.depth,
        repeated=tuple(tally.repeated),
        digest=tally.digest,
        status=baseline.status,
        error=baseline.why,
        replayed=replayed,
    )


def _other_life(story: Story, how: Sweep, baseline: Lived) -> Lived:
    """Live without faults under another seed, at another time, and slowly if that may be.

    Where a slow platform makes it another life (a timeout strikes, the test counts seconds,
    branches overtake each other) it says nothing of what is volatile, and is lived at the pace
    of the first.
    """
    slow = story(FaultPlan(), how.seed + 1, OTHER_START_S, pace=OTHER_PACE_S)
    ended = (slow.error, slow.failure, slow.status) == ("", "", baseline.status)
    if ended and same_course(baseline.history, slow.history):
        return slow
    return story(FaultPlan(), how.seed + 1, OTHER_START_S)


def _go_on(
    how: Sweep,
    baseline: Lived,
    judge: Judge,
    tally: _Tally,
    deadline: float | None,
    progress: Progress | None,
) -> int:
    """Live layer after layer; return how many lives these layers have."""
    planned = 0
    layer = plans_at(baseline.points, how.kinds, FaultPlan())
    seen: set[FaultPlan] = set()
    for depth in range(1, how.depth + 1):
        layer = [plan for plan in dict.fromkeys(layer) if plan not in seen]
        seen.update(layer)
        planned += len(layer)
        chosen = _within(layer, how, tally.lives)
        following: list[FaultPlan] = []
        total = tally.lives + len(chosen)
        for verdict in live_all(judge, chosen, deadline):
            tally.add(verdict)
            if progress is not None:
                progress(tally.lives, total, len(tally.found))
            if depth < how.depth:
                following += plans_at(verdict.later, how.kinds, verdict.plan)
            if how.stop_at_first and tally.found:
                return planned
        if len(chosen) < len(layer) or is_past(deadline):
            break
        layer = following
    return planned


def _within(layer: list[FaultPlan], how: Sweep, lived: int) -> list[FaultPlan]:
    """Return what of a layer a budget of lives leaves room for: a seeded choice, in order."""
    if how.budget.lives is None:
        return layer
    room = max(0, how.budget.lives - lived)
    if room >= len(layer):
        return layer
    chosen = sorted(random.Random(how.seed).sample(range(len(layer)), room))
    return [layer[number] for number in chosen]
