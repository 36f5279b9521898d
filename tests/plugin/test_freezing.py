"""Whatever sets the clock of a test sets the clock of the test's life, in one life as in a sweep."""

from __future__ import annotations

import pytest

HEAD = """
import asyncio, datetime, time
import pytest, time_machine
from freezegun import freeze_time
from agnt5 import workflow

GENUINE = (datetime.datetime,)


def stamp() -> str:
    assert datetime.datetime is GENUINE[0]
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


@workflow(name="stamped_here")
async def stamped(ctx) -> str:
    await ctx.sleep(3600, name="hour")
    return await ctx.step("stamp", stamp)
"""

TESTS = {
    "decorator": """
@pytest.mark.agnt5_sim
@freeze_time("2030-05-05")
async def test_it(sim):
    assert (await sim.run(stamped)).startswith("2030-05-05T01:0")
""",
    "context": """
@pytest.mark.agnt5_sim
async def test_it(sim):
    await sim.advance("1h")
    with freeze_time("2030-05-05"):
        assert time.time() == 1904169600
        assert (await sim.run(stamped)).startswith("2030-05-05T01:0")
        assert sim.clock.now().year == 2030
    assert sim.clock.now().year == datetime.datetime.now().year == 2026
""",
    "marker": """
@pytest.mark.freeze_time("2030-05-05")
@pytest.mark.agnt5_sim
async def test_it(sim):
    assert (await sim.run(stamped)).startswith("2030-05-05T01:0")
""",
    "fixture": """
@pytest.mark.agnt5_sim
async def test_it(freezer, sim):
    freezer.move_to("2030-05-05")
    freezer.tick(30)
    assert (await sim.run(stamped)).startswith("2030-05-05T01:0")
    freezer.move_to("2031-01-01 00:00:00")
    await asyncio.sleep(5)
    assert time.time() == datetime.datetime(2031, 1, 1, 0, 0, 5).timestamp()
""",
    "fixture with a marker": """
@pytest.mark.freeze_time("2030-05-04")
@pytest.mark.agnt5_sim
async def test_it(sim, freezer):
    assert time.time() == 1904083200
    freezer.move_to("2030-05-05")
    assert (await sim.run(stamped)).startswith("2030-05-05T01:0")
""",
    "another fixture's": """
@pytest.fixture
def frozen():
    with freeze_time("2030-05-05"):
        yield

@pytest.mark.agnt5_sim
async def test_it(frozen, sim):
    assert (await sim.run(stamped)).startswith("2030-05-05T01:0")
""",
    "travel as decorator": """
@pytest.mark.agnt5_sim
@time_machine.travel("2030-05-05 00:00 +0000")
async def test_it(sim):
    assert (await sim.run(stamped)).startswith("2030-05-05T01:0")
""",
    "travel as context": """
@pytest.mark.agnt5_sim
async def test_it(sim):
    with time_machine.travel("2030-05-05 00:00 +0000", tick=False):
        assert (await sim.run(stamped)).startswith("2030-05-05T01:0")
""",
    "travel as marker": """
@pytest.mark.time_machine("2030-05-05 00:00 +0000")
@pytest.mark.agnt5_sim
async def test_it(sim):
    assert (await sim.run(stamped)).startswith("2030-05-05T01:0")
""",
    "travel as fixture": """
@pytest.mark.agnt5_sim
async def test_it(time_machine, sim):
    assert time.time() == 1767225600 + sim.life.settings.start
    time_machine.move_to("2030-05-05 00:00 +0000", tick=False)
    assert (await sim.run(stamped)).startswith("2030-05-05T01:0")
""",
}
AFTER = """

def test_afterwards():
    import freezegun.api
    assert datetime.datetime is GENUINE[0]
    assert time_machine.escape_hatch.is_travelling() is False
    assert freezegun.api.freeze_factories == []
    assert abs(time.time() - time.clock_gettime(time.CLOCK_REALTIME)) < 60
    assert time.time() > 1767225600
"""
PLUGINS = {"pytest-freezer's": (), "ours": ("-p", "no:freezer")}


@pytest.mark.parametrize("plugin", PLUGINS)
@pytest.mark.parametrize("kind", TESTS)
def test_it_sets_the_clock_of_the_life(project, kind, plugin):
    """The workflow's step reads it an hour on; no class is swapped; nothing is left of it."""
    project.file("test_it.py", HEAD + TESTS[kind] + AFTER)
    result = project.run("-W", "error", *PLUGINS[plugin])
    assert result.ret == 0, str(result.stdout)
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("kind", TESTS)
def test_it_does_in_every_life_of_a_sweep(project, kind):
    """Each life begins there, whatever the lives before it have moved."""
    project.file("test_it.py", HEAD + TESTS[kind] + AFTER)
    result = project.sweep("-W", "error")
    assert result.ret == 0, str(result.stdout)
    assert project.swept()["test_it"]["lives"] > 5


def test_a_test_without_a_simulation_is_frozen_as_ever(project):
    """The marker and the fixture are freezegun's own there."""
    project.file(
        "test_it.py",
        HEAD
        + """
@pytest.mark.freeze_time("2030-05-05")
def test_it(freezer):
    assert datetime.datetime is not GENUINE[0]
    assert time.time() == 1904169600
    freezer.tick(1)
    assert time.time() == 1904169601
"""
        + AFTER,
    )
    for arguments in PLUGINS.values():
        result = project.run("-W", "error", "--strict-markers", *arguments)
        result.assert_outcomes(passed=2)


def test_the_clock_does_not_show_in_the_time_a_test_took(project):
    """A test that lives a year at another time has taken a moment, to pytest."""
    project.file(
        "test_it.py",
        HEAD
        + """
async def test_it(sim, freezer):
    await sim.advance("365d")
    freezer.move_to("2050-01-01")
""",
    )
    result = project.run("--durations=0", "-vv")
    assert result.ret == 0
    times = [
        float(line.split("s ")[0])
        for line in result.outlines
        if line.rstrip().endswith("test_it.py::test_it") and "s " in line
    ]
    assert len(times) == 3
    assert all(0 <= taken < 60 for taken in times)
