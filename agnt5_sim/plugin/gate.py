"""`--agnt5-sim`: collects scenarios, sweeps them and marked tests, and sums up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from agnt5_sim.arguments.words import unknown
from agnt5_sim.errors import UnknownDefect
from agnt5_sim.faults import KINDS
from agnt5_sim.judging.verdicts import check_accept
from agnt5_sim.plugin.options import MAX_DEPTH
from agnt5_sim.plugin.progress import Progress
from agnt5_sim.plugin.tests import TestStory
from agnt5_sim.report import summary
from agnt5_sim.sdk.generations.detect import installed, profile

if TYPE_CHECKING:
    from pathlib import Path

    from agnt5_sim.exploring import Exploration, Sweep
    from agnt5_sim.plugin.options import Choices

PROPERTY = "agnt5_sim"
_KEYWORDS = ("depth", "faults", "budget", "accept")
_COLOURS = {"bad": {"red": True}, "known": {"yellow": True}, "good": {"green": True}}


class ScenarioFile(pytest.Module):
    """A `scenario_*.py`: its `scenario_*` functions are the tests."""

    def funcnamefilter(self, name: str) -> bool:
        """Take functions that are named as scenarios."""
        return name.startswith("scenario_")

    def classnamefilter(self, name: str) -> bool:
        """Take no classes."""
        del name
        return False


def _words(value: Any, what: str) -> tuple[str, ...]:
    """Return a marker's word or words as a tuple.

    Raises:
        pytest.UsageError: it is neither.
    """
    words = (value,) if isinstance(value, str) else value
    if not isinstance(words, (list, tuple, set, frozenset)) or not all(
        isinstance(word, str) for word in words
    ):
        raise pytest.UsageError(f"{what}={value!r} is neither a text nor a list of texts")
    return tuple(dict.fromkeys(words))


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
        if file_path.suffix == ".py" and file_path.name.startswith("scenario_"):
            return ScenarioFile.from_parent(parent, path=file_path)
        return None

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
                self._sweep_of(item)
            (mine if number % count == index else others).append(item)
            number += 1
        items[:] = mine
        if others:
            config.hook.pytest_deselected(items=others)

    def sweeps(self, item: pytest.Item) -> bool:
        """Tell whether a test is swept: a scenario, or one that is marked."""
        if isinstance(getattr(item, "parent", None), ScenarioFile):
            return True
        return item.get_closest_marker(PROPERTY) is not None

    def _sweep_of(self, item: pytest.Item) -> Sweep:  # noqa: C901 - each argument of the marker is checked in turn
        """Return how far a test is explored: its marker over the options.

        Raises:
            pytest.UsageError: the marker says what cannot be.
        """
        from agnt5_sim.exploring import Budget, Sweep

        choices = self.choices
        where = f"{item.nodeid}: the marker agnt5_sim"
        asked: dict[str, Any] = {}
        for marker in reversed(list(item.iter_markers(PROPERTY))):
            if marker.args:
                raise pytest.UsageError(f"{where} takes keywords only: {', '.join(_KEYWORDS)}")
            asked.update(marker.kwargs)
        for name in asked:
            if name not in _KEYWORDS:
                raise pytest.UsageError(f"{where} has an {unknown('argument', name, _KEYWORDS)}")
            if name != "accept" and self.config.getoption(f"agnt5_sim_{name}") is not None:
                asked[name] = getattr(choices, name)  # the command line has the last word
        depth = asked.get("depth", choices.depth)
        if type(depth) is not int or not 1 <= depth <= MAX_DEPTH:
            raise pytest.UsageError(
                f"{where}: depth={depth!r} is not a whole number from 1 to {MAX_DEPTH}"
            )
        kinds = _words(asked.get("faults", choices.faults), f"{where}: faults")
        for kind in kinds:
            if kind not in KINDS:
                raise pytest.UsageError(f"{where}: {unknown('fault kind', kind, KINDS)}")
        if not kinds:
            raise pytest.UsageError(f"{where}: faults is empty; allowed are {', '.join(KINDS)}")
        accept = _words(asked.get("accept", ()), f"{where}: accept")
        budget = asked.get("budget", choices.budget)
        try:
            check_accept(accept)
            budget = budget if isinstance(budget, Budget) else Budget.parse(budget)
        except (UnknownDefect, ValueError) as error:
            raise pytest.UsageError(f"{where}: {error}") from None
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
        try:
            how = self._sweep_of(pyfuncitem)
        except pytest.UsageError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        scenario = isinstance(pyfuncitem.parent, ScenarioFile)
        progress = Progress(self.config, pyfuncitem.nodeid)
        try:
            story = TestStory(pyfuncitem, self.choices, scenario=scenario)
            exploration = story.explore(how, progress)
        except pytest.skip.Exception:
            raise
        except (Exception, pytest.fail.Exception):
            _keep(pyfuncitem, None)
            raise
        _keep(pyfuncitem, exploration)
        story.judge(exploration)
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
