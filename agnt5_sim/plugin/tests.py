"""A test as a story: its function, lived once for every fault plan."""

from __future__ import annotations

import inspect
import os
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from agnt5_sim.api.exploring import lived_of
from agnt5_sim.api.sim import Sim
from agnt5_sim.errors import SimulationFailed, WorldError
from agnt5_sim.exploring import Lived, sweep
from agnt5_sim.exploring.result import NO_POINT
from agnt5_sim.judging import judge
from agnt5_sim.judging.describing import describe
from agnt5_sim.judging.verdicts import accepted_split
from agnt5_sim.life.refusals import explained
from agnt5_sim.plugin.kept import compare_with_kept, without_snapshots
from agnt5_sim.plugin.replay import replay_command
from agnt5_sim.report.snapshot import EventStream
from agnt5_sim.sdk.workflows import workflow_handlers
from agnt5_sim.world import VirtualLoop, World
from agnt5_sim.world.remembering.memory import Memory

if TYPE_CHECKING:
    from agnt5_sim.exploring import Exploration, Sweep
    from agnt5_sim.faults import FaultPlan
    from agnt5_sim.history import History
    from agnt5_sim.plugin.options import Choices
    from agnt5_sim.plugin.progress import Progress


class TestStory:
    """A swept test.

    Args:
        item: the test.
        choices: the options.
        scenario: whether it is a scenario, whose events are kept as a snapshot of their own.
    """

    __test__ = False
    FUNCTION = pytest.StashKey[Any]()

    def __init__(self, item: pytest.Function, choices: Choices, *, scenario: bool) -> None:
        self._item = item
        self._choices = choices
        self._scenario = scenario
        self._function = item.stash[self.FUNCTION]
        names = item._fixtureinfo.argnames  # noqa: SLF001 - what pytest itself calls a test with
        self._arguments = {name: item.funcargs[name] for name in names}
        if "subtests" in names:
            pytest.fail(
                f"{item.nodeid} is to be swept, and asks for `subtests`, which report to pytest and"
                " not to the sweep: make them plain assertions, or tests of their own",
                pytrace=False,
            )
        self._sim = self._find_sim()
        self._raised: BaseException | None = None
        self._memory: Memory | None = None
        self._first = True

    def _find_sim(self) -> Sim:
        sim = self._item.funcargs.get("sim")
        if not isinstance(sim, Sim) or not inspect.iscoroutinefunction(self._function):
            pytest.fail(
                f"{self._item.nodeid} is to be swept, and is no `async def` test that asks for the"
                " `sim` fixture",
                pytrace=False,
            )
        return sim

    def explore(self, how: Sweep, progress: Progress) -> Exploration:
        """Live the test under every plan of a sweep."""
        try:
            return sweep(self.live, how, progress)
        except SimulationFailed as failed:
            if isinstance(self._raised, WorldError):
                msg = f"{type(self._raised).__name__}: {self._raised}"
                raise pytest.fail.Exception(msg, pytrace=False) from None
            raise (self._raised or failed) from None
        finally:
            progress.done()
            if self._memory is not None:
                self._memory.restore()  # and so does the next test

    def live(
        self,
        plan: FaultPlan,
        seed: int,
        start: int,
        /,
        *,
        forget: bool = False,
        pace: float = 0.0,
    ) -> Lived:
        """Live once; see `Story`."""
        first, self._first = self._first, False
        if self._memory is None:
            self._memory = Memory([inspect.unwrap(self._function), *workflow_handlers()])
        else:
            self._memory.restore()  # every life begins with what the first began with
        world = World()
        settings = attrs.evolve(
            self._sim.settings, plan=plan, seed=seed, start=start, forget=forget, pace=pace
        )
        error, failure = "", ""
        with self._sim.living(settings, world) as life:
            loop = VirtualLoop(world)
            try:
                with explained(life):
                    loop.run_until_complete(self._function(**self._given(first=first)))
                    life.settle()
                if first and not life.history.runs:
                    pytest.fail("it started no run: there is nothing to sweep", pytrace=False)
                if first and self._scenario and self._is_plain:
                    compare_with_kept(self._item, EventStream(self._sim.history))
            except WorldError as problem:
                error, self._raised = str(problem), problem
            except (KeyboardInterrupt, SystemExit, pytest.exit.Exception):
                raise
            except BaseException as problem:
                if first and isinstance(problem, pytest.skip.Exception):
                    raise
                failure, self._raised = _say(problem), problem
            finally:
                loop.close()
        if first and self._raised is not None:
            self._say_what_broke(life.history)
        return lived_of(life, error, failure)

    def _say_what_broke(self, history: History) -> None:
        """Add to what a life without faults raised which guarantees were broken in it."""
        assert self._raised is not None  # noqa: S101 - the caller has looked
        for violation in accepted_split(judge(history), self._choices.accept)[0]:
            self._raised.add_note(
                f"{violation.guarantee} is broken in this life without faults: {violation.message}"
                f" (expected {violation.expected or '-'}, seen {violation.seen or '-'})"
            )

    def _given(self, *, first: bool) -> dict[str, Any]:
        return self._arguments if first else without_snapshots(self._arguments)

    @property
    def _is_plain(self) -> bool:
        """Whether this run lives what is kept: no other seed, and no plan that is replayed."""
        return not self._choices.seed and self._choices.plan is None

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


def _say(problem: BaseException) -> str:
    lines = traceback.format_exception_only(type(problem), problem)
    frames = [
        frame
        for frame in traceback.extract_tb(problem.__traceback__)
        if "agnt5_sim" not in frame.filename and "asyncio" not in frame.filename
    ]
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return "".join(lines).strip() + where
