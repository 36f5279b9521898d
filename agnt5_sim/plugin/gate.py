"""`--agnt5-sim`: collects scenarios, sweeps them and marked tests, and sums up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from agnt5_sim.plugin import marker, scenarios
from agnt5_sim.plugin.progress import Progress
from agnt5_sim.plugin.tests import FUNCTION, SweptTest
from agnt5_sim.report import summary
from agnt5_sim.sdk.generations.detect import installed, profile

if TYPE_CHECKING:
    from pathlib import Path

    from agnt5_sim.exploring import Exploration
    from agnt5_sim.plugin.options import Choices

PROPERTY = "agnt5_sim"
"""Of a swept test's report: what its sweep came to."""
_COLOURS = {"bad": {"red": True}, "known": {"yellow": True}, "good": {"green": True}}


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

    # -- collection --------------------------------------------------------------------

    @pytest.hookimpl
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Collect scenario files."""
        return scenarios.collect(file_path, parent)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leave to other shards what is theirs, and check the markers."""
        mine: list[pytest.Item] = []
        others: list[pytest.Item] = []
        index, count = self.choices.shard
        number = 0
        for item in items:
            if not self.sweeps(item):
                (mine if index == 0 else others).append(item)
                continue
            if not hasattr(config, "workerinput"):  # xdist takes a worker's usage error for a crash
                marker.sweep_of(item, self.choices)
            (mine if number % count == index else others).append(item)
            number += 1
        items[:] = mine
        if others:
            config.hook.pytest_deselected(items=others)

    def sweeps(self, item: pytest.Item) -> bool:
        """Tell whether a test is swept: a scenario, or one that is marked."""
        return scenarios.is_scenario(item) or marker.is_marked(item)

    # -- running -----------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Keep the test's own function: pytest-asyncio puts another in its place to run it."""
        if self.sweeps(item) and isinstance(item, pytest.Function):
            item.stash[FUNCTION] = item.obj

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Live a swept test instead of calling it once."""
        if not self.sweeps(pyfuncitem):
            return None
        try:
            how = marker.sweep_of(pyfuncitem, self.choices)
        except pytest.UsageError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        scenario = scenarios.is_scenario(pyfuncitem)
        progress = Progress(self.config, pyfuncitem.nodeid)
        try:
            swept = SweptTest(pyfuncitem, self.choices, scenario=scenario)
            exploration = swept.explore(how, progress)
        except pytest.skip.Exception:
            raise
        except (Exception, pytest.fail.Exception):
            _keep(pyfuncitem, None)
            raise
        _keep(pyfuncitem, exploration)
        swept.judge(exploration)
        return True

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
        return summary.header(self._asked())

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """A gate that did not run is red, and so is one that tried no fault."""
        if hasattr(self.config, "workerinput") or self.config.option.collectonly:
            return
        green = exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
        if green and not summary.tried(self.results):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, exitstatus: int
    ) -> None:
        """Say how many lives were lived, and what broke."""
        ran = exitstatus not in {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR}
        if ran and not self.config.option.collectonly:
            terminalreporter.section("agnt5-sim")
            for line in summary.lines(self.results, self._asked()):
                terminalreporter.write_line(line.text, **_COLOURS.get(line.mark, {}))

    def _asked(self) -> summary.Asked:
        """Return what was asked, as the summary tells it."""
        choices = self.choices
        return summary.Asked(
            installed().version,
            profile(choices.profile),
            choices.depth,
            choices.faults,
            choices.seed,
            choices.shard,
            choices.plan,
        )


def _keep(item: pytest.Item, exploration: Exploration | None) -> None:
    """Keep with a test what its sweep came to; it travels with the report, and into JUnit's."""
    result = summary.result_of(item.nodeid, exploration)
    item.user_properties.append((PROPERTY, json.dumps(result)))
