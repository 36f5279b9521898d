"""--agnt5-sim-faults: the kinds of fault to try."""

from __future__ import annotations

import re

from agnt5_sim.faults import KINDS

MARKED = """
import pytest
from shop import *

@pytest.mark.agnt5_sim(faults="kill")
async def test_text(sim):
    assert await sim.run(small) == 1

@pytest.mark.agnt5_sim(faults=["kill"])
async def test_list(sim):
    assert await sim.run(small) == 1
"""


def test_kinds_are_given_with_commas(small):
    """Space around a kind does not matter, nor does naming it twice."""
    small.sweep()
    whole = small.swept()["test_small"]["lives"]
    result = small.sweep("--agnt5-sim-faults", " kill, kill ")
    assert result.ret == 0
    assert small.swept()["test_small"]["lives"] == whole
    result.stdout.fnmatch_lines(["agnt5-sim: *, faults kill, *"])


def test_the_ini_file_says_it(small):
    """The ini twin works."""
    small.ini(agnt5_sim_faults="kill")
    assert small.sweep("--agnt5-sim-budget=5").ret == 0


def test_a_marker_takes_a_text_or_a_list(project):
    """Either gives the same sweep."""
    project.file("test_marked.py", MARKED)
    assert project.sweep().ret == 0
    swept = project.swept()
    assert swept["test_text"]["lives"] == swept["test_list"]["lives"]


def test_what_is_no_kind_is_refused(small):
    """A usage error names the word, the kinds there are, and the nearest."""
    says = ("unknown fault kind 'kil': allowed are kill, stall, slow, lost; did you mean 'kill'?",)
    small.refuses("--agnt5-sim", "--agnt5-sim-faults=kil", says=("--agnt5-sim-faults: ", *says))
    small.ini(agnt5_sim_faults="kill, kil")
    small.refuses(says=("agnt5_sim_faults: ", *says))


def test_the_command_line_mends_the_ini_file(small):
    """A good option goes before a bad ini value."""
    small.ini(agnt5_sim_faults="kil")
    assert small.sweep("--agnt5-sim-faults=kill", "--agnt5-sim-budget=5").ret == 0


def test_commas_alone_are_no_kinds(small):
    """Nothing to try is nothing to say."""
    small.refuses(
        "--agnt5-sim", "--agnt5-sim-faults=,", says=("--agnt5-sim-faults: ", "allowed are kill")
    )


def test_the_help_names_every_kind(project):
    """As the table of kinds has them; the option's own table is read before that one is imported."""
    text = " ".join(project.run("--help").stdout.str().split())
    listed = text.partition("the kinds of fault to try, of ")[2].partition(" (")[0]
    assert list(KINDS) == re.findall(r"[a-z]+", listed.replace(" and ", ", "))
