"""--agnt5-sim-depth: how many faults a plan has at most."""

from __future__ import annotations

import pytest

MARKED = """
import pytest
from shop import *

@pytest.mark.agnt5_sim(depth=2)
async def test_small(sim):
    assert await sim.run(small) == 1
"""


def test_one_fault_is_the_default(small):
    """Every point is struck before and after, once each, besides three lives without faults."""
    result = small.sweep()
    swept = small.swept()["test_small"]
    assert result.ret == 0
    assert swept["depth"] == 1
    assert 3 + swept["points"] <= swept["lives"] <= 3 + 2 * swept["points"]
    result.stdout.fnmatch_lines(["agnt5-sim: agnt5 *, depth 1, *", "*nothing broke*"])


def test_two_faults_are_every_pair_too(small):
    """A deeper sweep lives many more lives."""
    small.sweep("--agnt5-sim-depth=1")
    shallow = small.swept()["test_small"]
    result = small.sweep("--agnt5-sim-depth=2", "--agnt5-sim-budget=40")
    deep = small.swept()["test_small"]
    assert result.ret == 0
    assert deep["depth"] == 2
    assert deep["planned"] > 3 * shallow["planned"]


def test_the_ini_file_says_it_and_the_command_line_has_the_last_word(small):
    """The ini twin works; the option goes before it."""
    small.ini(agnt5_sim_depth=2, agnt5_sim_budget=30)
    small.sweep()
    assert small.swept()["test_small"]["depth"] == 2
    small.sweep("--agnt5-sim-depth=1")
    assert small.swept()["test_small"]["depth"] == 1


def test_a_marker_goes_before_the_ini_file(project):
    """A test's own depth goes before the ini file's, and the command line's before both."""
    project.file("test_small.py", MARKED)
    project.ini(agnt5_sim_depth=1)
    project.sweep("--agnt5-sim-budget=30")
    assert project.swept()["test_small"]["depth"] == 2
    project.sweep("--agnt5-sim-depth=1")
    assert project.swept()["test_small"]["depth"] == 1


@pytest.mark.parametrize("value", ["0", "6", "-1", "1.5", "two", "²"])
def test_what_is_no_depth_is_refused(small, value):
    """A usage error names the option, the value and what is allowed, before anything runs."""
    shown = value if value in {"0", "6"} else repr(value)
    says = (f"depth={shown} cannot be used; allowed: a whole number of at least 1 and at most 5",)
    small.refuses("--agnt5-sim", f"--agnt5-sim-depth={value}", says=("--agnt5-sim-depth: ", *says))
    small.ini(agnt5_sim_depth=value)
    small.refuses(says=("agnt5_sim_depth: ", *says))


def test_an_empty_value_is_refused(small):
    """A shell's unset variable does not pass for a choice."""
    small.refuses(
        "--agnt5-sim", "--agnt5-sim-depth=", says=("--agnt5-sim-depth: its value is empty",)
    )
