"""Scenarios: collected, swept, and their events kept."""

from __future__ import annotations

import pytest

from agnt5_sim.sdk.generations.detect import installed

PROFILES = installed().profiles

SCENARIO = '''
from shop import *

async def scenario_order(sim):
    """An order is charged, held and approved."""
    run = await sim.submit(order, {"order_id": "o-1"}, user_id="u-1")
    await run.paused()
    await run.answer("yes")
    assert await run.result() == {"charge": "ch_o-1", "answer": "yes"}

async def helper(sim):
    raise AssertionError

class ScenarioNone:
    async def scenario_in_a_class(self, sim):
        raise AssertionError
'''

TWO = """
from shop import *

async def scenario_one(sim):
    assert await sim.run(small) == 1

async def scenario_two(sim):
    assert await sim.run(small) == 1
"""


def _events(project) -> dict[str, str]:
    """Return the event files there are, by name."""
    return {
        str(path.relative_to(project.path)): path.read_text(encoding="utf-8")
        for path in project.path.rglob("*.events")
    }


@pytest.fixture
def two(project):
    """Return a project with two scenarios, whose events are kept."""
    project.file("scenario_two.py", TWO)
    assert project.sweep("--snapshot-update", "--agnt5-sim-budget=4").ret == 0
    return project


def test_scenarios_are_collected_under_the_option_only(project):
    """Without --agnt5-sim there is nothing to run; with it every `scenario_*` function is an item."""
    project.file("scenario_order.py", SCENARIO)
    assert project.run().ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result = project.sweep("--collect-only", "-q")
    assert result.ret == 0
    assert [line for line in result.outlines if "::" in line] == [
        "scenario_order.py::scenario_order"
    ]


def test_events_are_made_and_then_compared(project):
    """A missing snapshot is red and says so; --snapshot-update makes it; then it is compared."""
    project.file("scenario_order.py", SCENARIO)
    project.ini(agnt5_sim_budget=4)
    result = project.sweep()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "the events are not those that are kept:",
            "*Snapshot 'scenario_order' does not exist!",
            "*+ run-1 order*",
        ]
    )
    result.stdout.no_fnmatch_line("*lives.py*")
    assert _events(project) == {}
    assert project.sweep("--snapshot-update").ret == 0
    kept = _events(project)
    assert list(kept) == [f"__events__/scenario_order/scenario_order.{PROFILES[0]}.events"]
    result = project.sweep()
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*1 snapshot passed.*"])
    assert _events(project) == kept


def test_another_life_is_told_from_the_one_that_is_kept(two):
    """When the workflow does something else, the test is red and shows the lines that differ."""
    shop = (two.path / "shop.py").read_text(encoding="utf-8")
    two.file("shop.py", shop.replace('"one", lambda: 1', '"two", lambda: 1'))
    kept = _events(two)
    result = two.sweep()
    assert result.ret == 1
    result.stdout.fnmatch_lines(["the events are not those that are kept:", "*- *one*", "*+ *two*"])
    assert _events(two) == kept


def test_the_text_is_readable_and_stable(project):
    """Offsets for times, stable names for generated ids, a title and a seal."""
    project.file("scenario_order.py", SCENARIO)
    project.sweep("--snapshot-update", "--agnt5-sim-budget=4")
    (text,) = _events(project).values()
    lines = text.splitlines()
    generation = installed().generation.letter
    assert lines[0] == f"# agnt5-sim event stream 1; generation {generation}; profile {PROFILES[0]}"
    assert lines[1] == 'run-1 order {"order_id": "o-1"} user_id=u-1'
    assert lines[2] == "  +0s = attempt 0"
    assert '  +3601s = answer to question 0: "yes"' in lines
    assert lines[-2] == '  +3601s = completed: {"answer": "yes", "charge": "ch_o-1"}'
    assert lines[-1].startswith(f"# {len(lines) - 2} lines, ")


@pytest.mark.skipif(len(PROFILES) == 1, reason="the installed SDK has one profile")
def test_each_profile_keeps_its_own(two):
    """Making one profile's files leaves the other's alone, and both are compared."""
    first = _events(two)
    other = f"--agnt5-sim-profile={PROFILES[1]}"
    assert two.sweep(other, "--agnt5-sim-budget=4").ret == 1
    assert two.sweep(other, "--agnt5-sim-budget=4", "--snapshot-update").ret == 0
    both = _events(two)
    assert len(both) == 4
    assert first.items() <= both.items()
    assert two.sweep(other, "--agnt5-sim-budget=4").ret == 0
    assert two.sweep("--agnt5-sim-budget=4").ret == 0


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (
            lambda text: text.replace("attempt 0", "attempt 7"),
            "it is damaged: its lines are not those",
        ),
        (lambda text: text[: len(text) // 2], "it is damaged: its lines are not those"),
        (lambda text: "", "it is damaged: it does not begin with the title"),
        (
            lambda text: text.replace("generation ", "generation X"),
            "it is of another SDK: generation X",
        ),
    ],
    ids=["edited", "cut", "empty", "of-another-generation"],
)
def test_a_file_that_cannot_be_compared_with_says_so_and_is_mended(two, damage, says):
    """The test is red and names the file; --snapshot-update mends exactly that file."""
    kept = _events(two)
    name = f"__events__/scenario_two/scenario_one.{PROFILES[0]}.events"
    foreign = "__events__/scenario_two/scenario_one.elsewhere.events"
    two.file(foreign, "somebody else's")
    two.file(name, damage(kept[name]))
    times = {path: path.stat().st_mtime_ns for path in two.path.rglob("*.events")}
    result = two.sweep("--agnt5-sim-budget=4")
    assert result.ret == 1
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [f"*scenario_one.{PROFILES[0]}.events cannot be compared with: {says}*"]
    )
    assert two.sweep("--agnt5-sim-budget=4", "--snapshot-update").ret == 0
    assert _events(two) == {**kept, foreign: "somebody else's"}
    touched = {path.name for path, time in times.items() if path.stat().st_mtime_ns != time}
    assert touched == {f"scenario_one.{PROFILES[0]}.events"}


def test_a_file_that_is_no_text_is_damaged(two):
    """Bytes that are no UTF-8 are a damaged file, no traceback."""
    name = f"__events__/scenario_two/scenario_one.{PROFILES[0]}.events"
    kept = _events(two)
    (two.path / name).write_bytes(b"\xff\xfe\x00")
    result = two.sweep("--agnt5-sim-budget=4")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*cannot be compared with: it cannot be read*"])
    assert two.sweep("--agnt5-sim-budget=4", "--snapshot-update").ret == 0
    assert _events(two) == kept


def test_what_is_not_lived_is_not_swept_away(two):
    """Ordinary runs, parts, replays and other seeds neither compare, nor delete, nor complain."""
    kept = _events(two)
    two.file(
        "test_plain.py",
        "from shop import *\nasync def test_plain(sim, snapshot):\n"
        "    run = await sim.submit(small)\n    await run.result()\n    assert run.events == snapshot\n",
    )
    assert two.run("--snapshot-update").ret == 0
    assert two.run().ret == 0
    assert two.sweep("--agnt5-sim-budget=4", "-k", "one", "--snapshot-update").ret == 0
    assert two.sweep("--agnt5-sim-budget=4", "--agnt5-sim-seed=3").ret == 0
    assert two.sweep("--agnt5-sim-plan=none", "--snapshot-update").ret == 0
    assert two.sweep("--agnt5-sim-budget=4", "--agnt5-sim-shard=1/2", "--snapshot-update").ret == 0
    assert kept.items() <= _events(two).items()
    assert len(_events(two)) == 3


def test_a_scenario_that_starts_no_run_is_red(project):
    """A gate that did not run is no gate."""
    project.file("scenario_none.py", "async def scenario_none(sim):\n    pass\n")
    result = project.sweep()
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*it started no run: there is nothing to sweep*"])


def test_a_scenario_that_is_no_coroutine_is_red(project):
    """A plain function, or one without `sim`, says what a scenario is."""
    project.file("scenario_plain.py", "def scenario_plain():\n    pass\n")
    project.file("scenario_without.py", "async def scenario_without():\n    pass\n")
    result = project.sweep()
    assert result.ret == 1
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*is no `async def` test that asks for the `sim` fixture*"] * 2)


def test_a_file_that_is_named_is_collected_once(project):
    """A scenario file that python_files matches too is not collected twice."""
    project.ini(python_files="test_*.py scenario_*.py")
    project.file("scenario_order.py", SCENARIO)
    result = project.sweep("--collect-only", "-q")
    assert [line for line in result.outlines if "::" in line] == [
        "scenario_order.py::scenario_order"
    ]
