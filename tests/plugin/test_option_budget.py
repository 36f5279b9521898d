"""--agnt5-sim-budget: at most so many lives, or so much time, for each test."""

from __future__ import annotations

import pytest

MARKED = """
import pytest
from shop import *

@pytest.mark.agnt5_sim(budget=6)
async def test_small(sim):
    assert await sim.run(small) == 1
"""


def test_a_number_of_lives_is_kept_to(small):
    """So many lives are lived and no more, and the summary says that the budget ended it."""
    result = small.sweep("--agnt5-sim-budget=7")
    swept = small.swept()["test_small"]
    assert result.ret == 0
    assert swept["lives"] == 7
    assert swept["planned"] > 7
    result.stdout.fnmatch_lines(["*7 lives of * planned (the budget ended it)*"])


def test_a_time_ends_the_sweep(small):
    """When the time is over no further life is begun; the lives without faults are lived always."""
    result = small.sweep("--agnt5-sim-budget=0.001s")
    swept = small.swept()["test_small"]
    assert result.ret == 0
    assert swept["lives"] == 4
    assert swept["planned"] > 4


@pytest.mark.parametrize("budget", [1, 2, 3])
def test_a_budget_without_room_for_a_fault_is_red(small, budget):
    """The lives without faults come first, so nothing was tried: a gate that tried no fault is none."""
    result = small.sweep(f"--agnt5-sim-budget={budget}")
    assert result.ret == 1
    result.assert_outcomes(passed=1)
    assert small.swept()["test_small"]["lives"] == 3
    result.stdout.fnmatch_lines(
        [
            "1 test, 3 lives of * planned (the budget ended it)*",
            "the budget allowed no fault to be tried for test_small.py::test_small: *so its budget must be at least 4 lives. A gate that tried no fault is no gate.",
        ]
    )
    result.stdout.no_fnmatch_line("nothing broke")


def test_a_budget_without_room_for_a_fault_is_red_in_workers_of_xdist_too(small):
    """They tell the one that started them how many faults were tried."""
    result = small.sweep("--agnt5-sim-budget=3", "-n", "1", fresh=True)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["the budget allowed no fault to be tried for test_small.py::*"])


def test_the_smallest_budget_tries_one_fault(small):
    """Four lives: three without faults, and one with."""
    result = small.sweep("--agnt5-sim-budget=4")
    assert result.ret == 0
    assert small.swept()["test_small"]["lives"] == 4
    result.stdout.fnmatch_lines(["nothing broke"])


def test_one_test_without_a_fault_is_enough_to_be_red(project):
    """The others' faults are no evidence about it."""
    marked = MARKED.replace("test_small", "test_other").replace("budget=6", "budget=2")
    project.file("test_small.py", MARKED)
    project.file("test_other.py", marked)
    result = project.sweep()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["2 tests, 9 lives of *", "* no fault to be tried for test_other.py::test_other: *"]
    )
    assert project.sweep("-k", "small").ret == 0


def test_a_plan_is_lived_whatever_the_budget(small):
    """It was asked for by name."""
    plan = "--agnt5-sim-plan=kill before any:point#2"
    assert small.sweep("--agnt5-sim-budget=1", plan).ret == 0
    assert small.swept()["test_small"]["lives"] == 4


def test_time_enough_is_the_whole_sweep(small):
    """A budget that is not used up changes nothing."""
    small.sweep()
    whole = small.swept()["test_small"]
    small.sweep("--agnt5-sim-budget=5m")
    assert small.swept()["test_small"] == whole


def test_the_ini_file_says_it_and_the_command_line_has_the_last_word(small):
    """The ini twin works; the option goes before it."""
    small.ini(agnt5_sim_budget=5)
    small.sweep()
    assert small.swept()["test_small"]["lives"] == 5
    small.sweep("--agnt5-sim-budget=8")
    assert small.swept()["test_small"]["lives"] == 8


def test_a_marker_goes_before_the_ini_file(project):
    """A test's own budget goes before the ini file's, and the command line's before both."""
    project.file("test_small.py", MARKED)
    project.ini(agnt5_sim_budget=9)
    project.sweep()
    assert project.swept()["test_small"]["lives"] == 6
    project.sweep("--agnt5-sim-budget=8")
    assert project.swept()["test_small"]["lives"] == 8


def test_which_plans_are_left_out_is_the_same_every_time(small):
    """The choice is a seeded one: the same budget gives the same lives."""
    small.sweep("--agnt5-sim-budget=8")
    once = small.swept()["test_small"]["digest"]
    small.sweep("--agnt5-sim-budget=8")
    assert small.swept()["test_small"]["digest"] == once


@pytest.mark.parametrize("value", ["0", "-5", "1.5", "10h", "many", "0s"])
def test_what_is_no_budget_is_refused(small, value):
    """A usage error names the value and shows how a budget is written."""
    says = (f"{value!r} is no budget: write a number of lives (500) or a time (30s, 5m)",)
    small.refuses(
        "--agnt5-sim", f"--agnt5-sim-budget={value}", says=("--agnt5-sim-budget: ", *says)
    )
    small.ini(agnt5_sim_budget=value)
    small.refuses(says=("agnt5_sim_budget: ", *says))
