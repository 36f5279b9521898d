"""A test as a story: its function, lived once for every fault plan."""

from __future__ import annotations

import inspect
import os
from typing import TYPE_CHECKING, Any

import pytest

from agnt5_sim.api.sim import Sim
from agnt5_sim.api.told import Told
from agnt5_sim.errors import SimulationFailed, WorldError
from agnt5_sim.exploring import Lived, Story, sweep
from agnt5_sim.exploring.result import NO_POINT
from agnt5_sim.judging import judge
from agnt5_sim.judging.describing import describe
from agnt5_sim.judging.verdicts import accepted_split
from agnt5_sim.plugin.kept import compare_with_kept, without_snapshots
from agnt5_sim.plugin.replay import replay_command
from agnt5_sim.report.snapshot import EventStream

if TYPE_CHECKING:
    from agnt5_sim.exploring import Exploration, Sweep
    from agnt5_sim.life.life import Life
    from agnt5_sim.plugin.options import Choices
    from agnt5_sim.plugin.progress import Progress


FUNCTION = pytest.StashKey[Any]()
"""A test's own function, before pytest-asyncio puts another in its place."""


class TestScript(Told):
    """A test as what is told: it is called with its fixtures.

    Args:
        item: the test.
        sim: its simulation.
        kept: whether its first life is compared with the events that are kept of a scenario.
    """

    __test__ = False

    def __init__(self, item: pytest.Function, sim: Sim, *, kept: bool) -> None:
        super().__init__(item.stash[FUNCTION], sim)
        self._item = item
        self._kept = kept
        names = item._fixtureinfo.argnames  # noqa: SLF001 - what pytest itself calls a test with
        self._given = {name: item.funcargs[name] for name in names}
        self._lives = 0

    @property
    def passes(self) -> tuple[type[BaseException], ...]:
        """What ends the session; and a skip, if it comes in the life without faults."""
        ending = (KeyboardInterrupt, SystemExit, pytest.exit.Exception)
        return (*ending, pytest.skip.Exception) if self._lives <= 1 else ending

    def arguments(self) -> dict[str, Any]:
        """Return the fixtures; from the second life on without snapshots."""
        self._lives += 1
        return self._given if self._lives == 1 else without_snapshots(self._given)

    def look_back(self, life: Life) -> None:
        """Refuse a first life that has nothing to sweep, or other events than are kept."""
        if self._lives > 1:
            return
        if not life.history.runs:
            pytest.fail("it started no run: there is nothing to sweep", pytrace=False)
        if self._kept:
            compare_with_kept(self._item, EventStream(life.history))


class SweptTest:
    """A test that is swept.

    Args:
        item: the test.
        choices: the options.
        scenario: whether it is a scenario, whose events are kept as a snapshot of their own.
    """

    def __init__(self, item: pytest.Function, choices: Choices, *, scenario: bool) -> None:
        self._item = item
        self._choices = choices
        if "subtests" in item.funcargs:
            pytest.fail(
                f"{item.nodeid} is to be swept, and asks for `subtests`, which report to pytest and"
                " not to the sweep: make them plain assertions, or tests of their own",
                pytrace=False,
            )
        sim = item.funcargs.get("sim")
        if not isinstance(sim, Sim) or not inspect.iscoroutinefunction(item.stash[FUNCTION]):
            pytest.fail(
                f"{item.nodeid} is to be swept, and is no `async def` test that asks for the"
                " `sim` fixture",
                pytrace=False,
            )
        plain = not choices.seed and choices.plan is None  # else it is not what is kept
        self._story = Story(TestScript(item, sim, kept=scenario and plain), sim.settings)

    def explore(self, how: Sweep, progress: Progress) -> Exploration:
        """Live the test under every plan of a sweep."""
        try:
            return sweep(self._story, how, progress)
        except SimulationFailed as failed:
            raised = self._story.raised or failed
            self._say_what_broke(raised)
            if isinstance(raised, WorldError):
                msg = f"{type(raised).__name__}: {raised}"
                raise pytest.fail.Exception(msg, pytrace=False) from None
            raise raised from None
        finally:
            progress.done()
            self._story.restore()

    def _say_what_broke(self, raised: BaseException) -> None:
        """Add to what a life without faults raised which guarantees were broken in it."""
        first = self._story.first
        found = () if first is None else judge(first.history)
        for violation in accepted_split(found, self._choices.accept)[0]:
            raised.add_note(
                f"{violation.guarantee} is broken in this life without faults: {violation.message}"
                f" (expected {violation.expected or '-'}, seen {violation.seen or '-'})"
            )

    def judge(self, exploration: Exploration) -> None:
        """Fail the test if something broke.

        Raises:
            pytest.fail.Exception: with a report of everything that broke.
        """
        if exploration.replayed is not None:
            self._show_life(exploration.replayed)
        if not exploration.points:
            pytest.fail(NO_POINT, pytrace=False)
        if not exploration.violations:
            return
        reports = [
            describe(violation, replay=self._replay(violation.plan))
            for violation in exploration.violations
        ]
        pytest.fail("\n\n".join(reports), pytrace=False)

    def _replay(self, plan: str) -> str:
        config = self._item.config
        path, _, name = self._item.nodeid.partition("::")
        path = os.path.relpath(config.rootpath / path, config.invocation_params.dir)
        return replay_command(
            f"{path}::{name}", plan, seed=self._choices.seed, profile=self._choices.profile
        )

    def _show_life(self, lived: Lived) -> None:
        """Print the life of a plan that is replayed, and refuse one that never struck."""
        self._item.add_report_section("call", "agnt5-sim life", str(lived.history))
        if lived.missed:
            pytest.fail(lived.unreached(), pytrace=False)
