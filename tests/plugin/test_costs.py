"""The plugin costs nothing until it is used: it imports neither the SDK nor its own machinery."""

from __future__ import annotations

import re

import pytest

from agnt5_sim.plugin.table import OPTIONS

LOOK = """
import sys

HEAVY = ("agnt5", "hypothesis", "freezegun", "syrupy", "greenlet")

def pytest_unconfigure(config):
    ours = [
        name for name in sys.modules
        if name.startswith("agnt5_sim.") and not name.startswith("agnt5_sim.plugin")
    ]
    print("loaded:", *[name for name in HEAVY if name in sys.modules], *ours)
"""


def _loaded(project, *args: str) -> list[str]:
    project.file("conftest.py", LOOK)
    result = project.pytester.runpytest_subprocess(
        *("-p", "no:hypothesispytest", "-p", "no:syrupy", "-p", "no:freezer"), *args
    )
    line = next(line for line in result.outlines if line.startswith("loaded:"))
    return line.split()[1:]


def test_an_ordinary_run_loads_nothing(project):
    """Neither ordinary tests, asynchronous ones among them, nor collecting others bring anything in."""
    project.file("test_sim.py", "async def test_sim(sim):\n    pass\n")
    project.file(
        "test_it.py",
        "import asyncio, pytest\ndef test_plain():\n    pass\n"
        "@pytest.mark.asyncio\nasync def test_async():\n    await asyncio.sleep(0)\n",
    )
    assert _loaded(project, "-k", "not test_sim") == []


def test_the_help_lists_every_option(project):
    """`--help` shows each option and ini twin with what it does and its default."""
    result = project.run("--help")
    assert result.ret == 0
    text = " ".join(str(result.stdout).split())
    for option in OPTIONS:
        if option.is_option:
            assert f"{option.flag}={option.metavar} {option.line}" in text
        assert re.search(rf"{option.ini} \(\w+\): {re.escape(option.line)}", text), option.ini


def test_it_can_be_switched_off(project):
    """`-p no:agnt5-sim` leaves nothing of it."""
    result = project.run("-p", "no:agnt5-sim", "--agnt5-sim")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
