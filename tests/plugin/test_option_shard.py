"""--agnt5-sim-shard: sweep one of several parts of the tests."""

from __future__ import annotations

import pytest

FIVE = """
import pytest
from shop import *

@pytest.mark.agnt5_sim(budget=4)
@pytest.mark.parametrize("number", range(5))
async def test_small(sim, number):
    assert await sim.run(small) == 1

def test_plain():
    pass
"""


def test_every_test_is_in_exactly_one_shard(project):
    """Together the shards are all; tests that are not swept are in the first."""
    project.file("test_five.py", FIVE)
    project.sweep("--collect-only", "-q")
    shards = []
    for index in (1, 2, 3):
        result = project.sweep(f"--agnt5-sim-shard={index}/3")
        assert result.ret == 0
        result.stdout.fnmatch_lines([f"agnt5-sim: *, shard {index}/3"])
        result.assert_outcomes(
            passed=(2, 2, 1)[index - 1] + (index == 1), deselected=(3, 4, 5)[index - 1]
        )
        shards.append(set(project.swept()))
    assert set().union(*shards) == {f"test_small[{number}]" for number in range(5)}
    assert sum(map(len, shards)) == 5


def test_an_empty_shard_is_red(small):
    """A gate that did not run is no gate."""
    result = small.sweep("--agnt5-sim-shard=2/2")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*nothing was swept*A gate that did not run is no gate.*"])


def test_the_ini_file_says_it_and_the_command_line_has_the_last_word(project):
    """The ini twin works; the option goes before it."""
    project.file("test_five.py", FIVE)
    project.ini(agnt5_sim_shard="3/3")
    project.sweep()
    assert len(project.swept()) == 1
    project.sweep("--agnt5-sim-shard=1/1")
    assert len(project.swept()) == 5


@pytest.mark.parametrize("value", ["0/2", "3/2", "1", "1/0", "a/b", "1/2/3", "-1/2", "²/3", "/"])
def test_what_is_no_shard_is_refused(small, value):
    """A usage error names the value and shows how a shard is written."""
    says = (f"{value!r} is no shard: write I/N with I from 1 to N, for example 1/4",)
    small.refuses("--agnt5-sim", f"--agnt5-sim-shard={value}", says=("--agnt5-sim-shard: ", *says))
    small.ini(agnt5_sim_shard=value)
    small.refuses(says=("agnt5_sim_shard: ", *says))
