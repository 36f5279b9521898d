"""`--agnt5-sim`: collects scenarios, sweeps them and marked tests, and sums up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..faults import KINDS, unknown
from ..verdicts import UnknownDefect, check_accept
from . import summary
from .lives import TestStory
from .progress import Progress

if TYPE_CHECKING:
    from ..explore import Exploration, Sweep
    from .options import Choices

PROPERTY = "agnt5_sim"


class ScenarioFile(pytest.Module):
    """A `scenario_*.py`: its `scenario_*` functions are the tests."""

    def funcnamefilter(self, name: str) -> bool:
        """Take functions that are named as scenarios."""
        return name.startswith("scenario_")

    def classnamefilter(self, name: str) -> bool:
        """Take no classes."""
        del name
        return False


class Gate:
    """The plugin that is there under `--agnt5-sim`.

    Args:
        config: pytest's.
        choices: the options.
    """

    def __init__(self, config: pytest.Config, choices: Choices) -> None:
        self.config = config
        self.choices = choices
        self.results: list[dict[str, Any]] = []
        self.chosen = 0

    # -- collection --------------------------------------------------------------------

    @pytest.hookimpl
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect scenario files."""
        if file_path.suffix == ".py" and file_path.name.startswith("scenario_"):
            return ScenarioFile.from_parent(parent, path=file_path)
        return None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leave to other shards what is theirs, and check the markers."""
        mine, others = [], []
        index, count = self.choices.shard
        number = 0
        for item in items:
            if not self.sweeps(item):
                (mine if index == 0 else others).append(item)
                continue
            self._sweep_of(item)
            (mine if number % count == index else others).append(item)
            number += 1
        items[:] = mine
        if others:
            config.hook.pytest_deselected(items=others)
        self.chosen = sum(self.sweeps(item) for item in items)

    def sweeps(self, item: pytest.Item) -> bool:
        """Tell whether a test is swept: a scenario, or one that is marked."""
        if isinstance(getattr(item, "parent", None), ScenarioFile):
            return True
        return item.get_closest_marker(PROPERTY) is not None

    def _sweep_of(self, item: pytest.Item) -> Sweep:
        """Return how far a test is explored: its marker over the options.

        Raises:
            pytest.UsageError: the marker says what cannot be.
        """
        from ..explore import Budget, Sweep

        choices = self.choices
        asked: dict[str, Any] = {}
        for marker in reversed(list(item.iter_markers(PROPERTY))):
            asked.update(marker.kwargs)
            if marker.args:
                raise pytest.UsageError(f"{item.nodeid}: the marker agnt5_sim takes keywords only")
        allowed = ("depth", "faults", "budget", "accept")
        where = f"{item.nodeid}: the marker agnt5_sim"
        for name in asked:
            if name not in allowed:
                raise pytest.UsageError(f"{where} has an {unknown('argument', name, allowed)}")
        depth = asked.get("depth", choices.depth)
        if not isinstance(depth, int) or depth < 1:
            raise pytest.UsageError(f"{where}: depth={depth!r} is not a whole number of at least 1")
        kinds = asked.get("faults", choices.faults)
        kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
        for kind in kinds:
            if kind not in KINDS:
                raise pytest.UsageError(f"{where}: {unknown('fault kind', kind, KINDS)}")
        accept = asked.get("accept", ())
        accept = (accept,) if isinstance(accept, str) else tuple(accept)
        try:
            check_accept(accept)
            budget = Budget.parse(asked["budget"]) if asked.get("budget") else choices.budget
        except (UnknownDefect, ValueError) as error:
            raise pytest.UsageError(f"{where}: {error}") from None
        if self.config.getoption("agnt5_sim_depth") is not None:
            depth = choices.depth  # the command line has the last word
        return Sweep(
            depth=depth,
            kinds=kinds,
            budget=budget,
            seed=choices.seed,
            accept=(*choices.accept, *accept),
            plan=choices.plan,
        )

    # -- running -----------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Keep the test's own function: pytest-asyncio puts another in its place to run it."""
        if self.sweeps(item) and isinstance(item, pytest.Function):
            item.stash[TestStory.FUNCTION] = item.obj

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Live a swept test instead of calling it once."""
        if not self.sweeps(pyfuncitem):
            return None
        how = self._sweep_of(pyfuncitem)
        story = TestStory(pyfuncitem, self.choices, scenario=isinstance(pyfuncitem.parent, ScenarioFile))
        progress = Progress(self.config, pyfuncitem.nodeid)
        exploration = story.explore(how, progress)
        self._keep(pyfuncitem, exploration, story)
        return True

    def _keep(self, item: pytest.Function, exploration: Exploration, story: TestStory) -> None:
        found = [summary.brief(violation) for violation in exploration.violations]
        result = {
            "test": item.nodeid,
            "lives": exploration.runs,
            "planned": exploration.planned,
            "points": len(exploration.points),
            "depth": exploration.depth,
            "broken": found,
            "accepted": sorted({v.defect or v.guarantee for v in exploration.accepted}),
            "repeated": [list(pair) for pair in exploration.repeated],
            "digest": exploration.digest,
        }
        item.user_properties.append((PROPERTY, json.dumps(result)))
        story.judge(exploration)

    # -- the summary -------------------------------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what a test's sweep came to, from this process or another."""
        if report.when != "call":
            return
        for name, value in report.user_properties:
            if name == PROPERTY:
                self.results.append(json.loads(str(value)))

    def pytest_report_header(self) -> str:
        """Say what is swept, and how."""
        return summary.header(self.choices)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """A gate that did not run is red."""
        if hasattr(self.config, "workerinput") or self.config.option.collectonly:
            return
        if exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED} and not self.results:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many lives were lived, and what broke."""
        if not self.config.option.collectonly:
            summary.write(terminalreporter, self.results, self.choices)

