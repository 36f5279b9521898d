"""--agnt5-sim-plan: live exactly this fault plan, and print the life."""

from __future__ import annotations

import re
import shlex

import pytest


def _points(text: str) -> list[str]:
    """Return the points a failure lists."""
    found = re.search(r"The points of this life are: (.*)", text)
    assert found is not None, text
    return found[1].split(", ")


def test_a_plan_that_breaks_is_lived_again(leaky):
    """What a sweep found is found again by its plan alone, with four lives, and printed."""
    leaky.sweep()
    found = leaky.swept()["test_leaky"]["broken"][0]
    result = leaky.sweep("--agnt5-sim-plan", found["plan"])
    again = leaky.swept()["test_leaky"]
    assert result.ret == 1
    assert found in again["broken"]
    assert again["lives"] == 4
    result.stdout.fnmatch_lines(
        [
            f"agnt5-sim: *, plan {found['plan']}",
            f"{found['guarantee']} is broken: *",
            "*agnt5-sim life*",
            "*run.submitted*",
            "*fault.kill*",
            "*life.ended*",
        ]
    )


def test_the_replay_command_replays(leaky, monkeypatch):
    """The command of a report, taken from the output, ends in the same finding, from a folder below too."""
    (leaky.path / "below").mkdir()
    monkeypatch.chdir(leaky.path / "below")
    report = str(leaky.sweep("..").stdout)
    guarantee = re.search(r"^(\S+) is broken", report, re.MULTILINE)
    command = re.search(r"^  replay +(.*)$", report, re.MULTILINE)
    assert guarantee is not None
    assert command is not None
    program, *arguments = shlex.split(command[1])
    assert program == "pytest"
    result = leaky.run(*arguments)
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"{guarantee[1]} is broken: *", "*  plan *"])


def test_a_plan_that_does_not_come_about_says_so(small):
    """A point that is never reached is red, and the points there are are listed; one of them works."""
    result = small.sweep("--agnt5-sim-plan=kill before body:nowhere#1")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["*the plan did not come about: kill before body:nowhere#1 was never reached.*"]
    )
    point = _points(str(result.stdout))[0]
    assert small.sweep("--agnt5-sim-plan", f"kill before {point}").ret == 0


def test_a_plan_of_nothing_is_the_life_without_faults(small):
    """`none` is a plan, and lives without faults."""
    result = small.sweep("--agnt5-sim-plan=none")
    assert result.ret == 0
    assert small.swept()["test_small"]["lives"] == 4
    assert small.sweep("--agnt5-sim-plan=none", "-rP").ret == 0


def test_the_life_of_a_green_replay_can_be_read(small):
    """`-rP` shows the life of a plan under which nothing breaks."""
    result = small.sweep("--agnt5-sim-plan=kill before any:point#2", "-rP")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*agnt5-sim life*", "*fault.kill*"])


def test_the_ini_file_says_it_and_the_command_line_has_the_last_word(leaky):
    """The ini twin works, a plan's `#` and all; the option goes before it."""
    leaky.sweep()
    plan = leaky.swept()["test_leaky"]["broken"][0]["plan"]
    leaky.ini(agnt5_sim_plan=plan)
    result = leaky.sweep()
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"agnt5-sim: *, plan {plan}"])
    assert leaky.sweep("--agnt5-sim-plan=none").ret == 0


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (
            "kil before body:a#1",
            "unknown fault kind 'kil': allowed are kill, stall, slow, lost; did you mean 'kill'?",
        ),
        (
            "kill befor body:a#1",
            "unknown moment 'befor': allowed are before, after, during; did you mean 'before'?",
        ),
        ("kill before body:a", "'body:a' is no fault point; one is written kind:name#occurrence"),
        ("kill", "'kill' is no fault; one is written KIND MOMENT POINT"),
        ("kill before body:a#1;;kill after body:a#1", "has an empty fault between two `;`"),
        ("kill before body:a#1; kill before body:a#1", "names the same fault twice"),
        ("kill during body:a#1", "`kill during` is for a sleep (sleep:NAME#N), not for body:a#1"),
        ("", "its value is empty"),
    ],
)
def test_what_is_no_plan_is_refused(small, value, says):
    """A usage error names the part that cannot be read, what is allowed, and the nearest."""
    small.refuses("--agnt5-sim", f"--agnt5-sim-plan={value}", says=("--agnt5-sim-plan: ", says))
    if value:
        small.ini(agnt5_sim_plan=value)
        small.refuses(says=("agnt5_sim_plan: ", says))
