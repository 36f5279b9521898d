"""--agnt5-sim-seed: what the randomness of every life comes from."""

from __future__ import annotations

import pytest

DRAWING = """
import random
import pytest
from agnt5 import workflow

DRAWN = []

@workflow
async def drawing(ctx):
    return await ctx.step("draw", lambda: random.randrange(10**9))

async def test_drawing(sim):
    print("drawn:", await sim.run(drawing))
"""


def _drawn(project, *args: str) -> str:
    result = project.run("-s", "test_drawing.py", *args)
    assert result.ret == 0
    return next(line for line in result.outlines if "drawn: " in line).partition("drawn: ")[2]


def test_a_seed_decides_what_is_drawn(project):
    """The same seed draws the same number, another draws another; 0 is the default."""
    project.file("test_drawing.py", DRAWING)
    drawn = {seed: _drawn(project, f"--agnt5-sim-seed={seed}") for seed in (0, 5)}
    assert _drawn(project) == drawn[0]
    assert _drawn(project, "--agnt5-sim-seed=5") == drawn[5]
    assert drawn[0] != drawn[5]


def test_the_ini_file_says_it_and_the_command_line_has_the_last_word(project):
    """The ini twin works without --agnt5-sim as with it; the option goes before it."""
    project.file("test_drawing.py", DRAWING)
    five = _drawn(project, "--agnt5-sim-seed=5")
    nothing = _drawn(project, "--agnt5-sim-seed=0")
    project.ini(agnt5_sim_seed=5)
    assert _drawn(project) == five
    assert _drawn(project, "--agnt5-sim-seed=0") == nothing


def test_sweeps_of_one_seed_are_equal_and_of_others_are_not(small):
    """The digest of a sweep is equal exactly when the sweeps were."""
    digests = []
    for seed in (0, 0, 1):
        result = small.sweep("--agnt5-sim-budget=6", f"--agnt5-sim-seed={seed}")
        result.stdout.fnmatch_lines([f"agnt5-sim: * seed {seed}"])
        digests.append(small.swept()["test_small"]["digest"])
    assert digests[0] == digests[1]
    assert digests[0] != digests[2]


def test_the_replay_command_names_a_seed(leaky):
    """What was found under a seed is replayed under it."""
    result = leaky.sweep("--agnt5-sim-seed=7")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*replay * --agnt5-sim-seed 7"])


@pytest.mark.parametrize("value", ["-1", "1.5", "x", "0x10"])
def test_what_is_no_seed_is_refused(small, value):
    """A usage error names the value and what is allowed."""
    says = (f"seed={value!r} cannot be used; allowed: a whole number of at least 0",)
    small.refuses("--agnt5-sim", f"--agnt5-sim-seed={value}", says=("--agnt5-sim-seed: ", *says))
    small.ini(agnt5_sim_seed=value)
    small.refuses(says=("agnt5_sim_seed: ", *says))
