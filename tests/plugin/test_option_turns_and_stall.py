"""--agnt5-sim-turns and --agnt5-sim-stall: when a workflow counts as spinning."""

from __future__ import annotations

import pytest

ASYNC = "from shop import *\nasync def test_it(sim):\n    await sim.run(spinning)\n"
BUSY = "from shop import *\nasync def test_it(sim):\n    await sim.run(hogging)\n"


def test_turns_end_a_workflow_that_only_yields(project):
    """After so many turns without progress the test fails, and says where the program was."""
    project.file("test_it.py", ASYNC)
    result = project.run("--agnt5-sim-turns=500")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*Spinning: *500*"])


def test_turns_have_an_ini_twin_and_the_command_line_has_the_last_word(project):
    """The ini twin works; the option goes before it."""
    project.file("test_it.py", ASYNC)
    project.ini(agnt5_sim_turns=400)
    project.run().stdout.fnmatch_lines(["*Spinning: *400*"])
    project.run("--agnt5-sim-turns=300").stdout.fnmatch_lines(["*Spinning: *300*"])


def test_stall_ends_a_workflow_that_never_awaits(project):
    """After so much processor time in one turn the test fails, and says where the program was."""
    project.file("test_it.py", BUSY)
    result = project.run("--agnt5-sim-stall=0.2")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*Spinning: *0.2 s of processor time without ever awaiting*"])
    result.stdout.fnmatch_lines(["*shop.py*"])


def test_stall_has_an_ini_twin_and_the_command_line_has_the_last_word(project):
    """The ini twin works; the option goes before it."""
    project.file("test_it.py", BUSY)
    project.ini(agnt5_sim_stall=0.1)
    project.run().stdout.fnmatch_lines(["*Spinning: *0.1 s of processor time*"])
    project.run("--agnt5-sim-stall=0.2").stdout.fnmatch_lines(
        ["*Spinning: *0.2 s of processor time*"]
    )


def test_a_sweep_keeps_to_both(project):
    """A swept test that spins by itself fails with the same words."""
    project.file("test_it.py", "import pytest\npytestmark = pytest.mark.agnt5_sim\n" + ASYNC)
    result = project.sweep("--agnt5-sim-turns=500")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["*Spinning: *500*", "*failed without any fault, and was not swept*"]
    )


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5"])
def test_what_is_no_number_of_turns_is_refused(small, value):
    """A usage error names the value and what is allowed."""
    shown = 0 if value == "0" else repr(value)
    says = (f"turns={shown} cannot be used; allowed: a whole number of at least 1",)
    small.refuses("--agnt5-sim", f"--agnt5-sim-turns={value}", says=("--agnt5-sim-turns: ", *says))
    small.ini(agnt5_sim_turns=value)
    small.refuses(says=("agnt5_sim_turns: ", *says))


@pytest.mark.parametrize("value", ["-1", "x", "inf", "nan"])
def test_what_is_no_time_is_refused(small, value):
    """A usage error names the value and what is allowed."""
    shown = repr(value) if value == "x" else float(value)
    says = (f"stall={shown} cannot be used; allowed: a number of seconds, 0 or more",)
    small.refuses("--agnt5-sim", f"--agnt5-sim-stall={value}", says=("--agnt5-sim-stall: ", *says))
    small.ini(agnt5_sim_stall=value)
    small.refuses(says=("agnt5_sim_stall: ", *says))


@pytest.mark.parametrize("options", [(), ("--agnt5-sim",)])
def test_a_life_that_had_to_be_ended_is_told_once(project, options):
    """What spins in its sleep too, and swept or not: no second traceback, no chain of errors."""
    project.file(
        "test_it.py",
        "import asyncio, pytest\nfrom shop import *\n"
        "@workflow\nasync def tossing(ctx):\n    while True:\n        await asyncio.sleep(60)\n"
        "@pytest.mark.agnt5_sim\nasync def test_it(sim):\n    await sim.run(tossing)\n",
    )
    result = project.run("--agnt5-sim-turns=500", *options)
    assert result.ret == 1
    assert str(result.stdout).count("does not get anywhere") == 1
    assert "During handling" not in str(result.stdout)
