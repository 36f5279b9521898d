"""What the tests of the SDK's features have in common: a case, and ways to live it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from agnt5_sim import Exploration, explore
from agnt5_sim.judging import judge
from agnt5_sim.judging.diagnosis import DEFECTS
from agnt5_sim.life.life import Life
from agnt5_sim.life.settings import Settings

OVER = frozenset({"completed", "failed", "cancelled"})
HARMLESS = frozenset(known.id for known in DEFECTS if known.harmless)
OF_GENERATION = {"seed": "A", "activation": "E", "compat": "E"}


class Case(NamedTuple):
    """A workflow and what is to come of it.

    Attributes:
        workflow: what is run.
        output: what it returns.
        given: its input.
        defects: profile → ids of the known defects it shows in a sweep, space between; none
            for a profile that is not named.
        output_in: profile → what it returns there, where that is something else.
    """

    workflow: Any
    output: Any
    given: Any = None
    defects: Mapping[str, str] = {}
    output_in: Mapping[str, Any] = {}

    def expected(self, profile: str) -> Any:
        """Return what it returns in a profile."""
        return self.output_in.get(profile, self.output)

    def known(self, profile: str) -> set[str]:
        """Return the ids of the defects it shows in a profile."""
        return set(self.defects.get(profile, "").split())


def named(case: Case) -> str:
    """Name a case for pytest."""
    return case.workflow.__name__.removeprefix("sdk_")


def reply(pause: Any) -> str:
    """Answer any question of these tests: with an option's id, or with its index."""
    return pause.options[0][0] if pause.options else f"answer {pause.index}"


def defects_of(exploration: Exploration) -> set[str]:
    """Return the ids of what a sweep found, harmless ones apart; "none" for what is no defect."""
    return {violation.defect or "none" for violation in exploration.violations} - HARMLESS


def swept(workflow: Any, profile: str, given: Any = None, **how: Any) -> set[tuple[str, str, str]]:
    """Return guarantee, cause and defect of all that a sweep finds, harmless or not."""
    how.setdefault("answers", reply)
    found = explore(workflow, given, profile=profile, **how)
    return {
        (v.guarantee, v.cause, v.defect or "none") for v in (*found.violations, *found.accepted)
    }


def live(
    profile: str,
    *runs: tuple[float, Any, Any, dict[str, Any]],
    prepare: Callable[[Life], None] | None = None,
) -> Life:
    """Live a life of several runs: when each is submitted, its workflow, input and ids."""
    life = Life(Settings(profile=profile))
    if prepare is not None:
        prepare(life)
    ended: set[str] = set()

    def listen(run_id: str) -> None:
        if life.platform.run(run_id).state in OVER:
            ended.add(run_id)

    def submit(number: int) -> None:
        _, workflow, given, ids = runs[number]
        life.submit(workflow, given, run_id=f"run-{number + 1}", **ids)

    life.on_change.append(listen)
    with life.lived():
        for number, run in enumerate(runs):
            life.world.at(run[0], lambda number=number: submit(number))
        life.world.drive(None, lambda: len(ended) == len(runs))
        life.settle()
    return life


def judged(life: Life) -> set[tuple[str, str, str]]:
    """Return guarantee, cause and defect of what a life broke, harmless or not."""
    return {(v.guarantee, v.cause, v.defect or "none") for v in judge(life.history)}
