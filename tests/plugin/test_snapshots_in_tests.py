"""`assert run.events == snapshot`, in any test."""

from __future__ import annotations

from agnt5_sim.sdk.generations.detect import installed

PROFILE = installed().profiles[0]

PLAIN = """
import pytest
from shop import *

@pytest.mark.agnt5_sim(budget=8)
async def test_events(sim, snapshot):
    first = await sim.submit(small)
    second = await sim.submit(order, {"order_id": "o"}, session_id="s")
    await second.paused()
    await second.answer("no")
    assert await first.result() == 1
    await second.result()
    assert first.events == snapshot
    assert second.events == snapshot
    assert second.events == snapshot(name="by name")
    assert first.events != second.events
    assert first.events == first.events
    assert snapshot == "another thing"
"""


def test_runs_have_snapshots_of_their_own(project):
    """Several streams in a test are several files; other snapshots stay where syrupy keeps them."""
    project.file("test_events.py", PLAIN)
    assert project.run().ret == 1
    assert project.run("--snapshot-update").ret == 0
    files = sorted(path.name for path in project.path.rglob("__events__/test_events/*"))
    assert files == [
        f"test_events.1.{PROFILE}.events",
        f"test_events.{PROFILE}.events",
        f"test_events[by name].{PROFILE}.events",
    ]
    assert (project.path / "__snapshots__" / "test_events.ambr").is_file()
    assert project.run().ret == 0


def test_a_sweep_compares_the_life_without_faults_only(project):
    """Under faults the events differ rightly; the first life is compared."""
    project.file("test_events.py", PLAIN)
    project.run("--snapshot-update")
    result = project.sweep()
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*4 snapshots passed.*"])
    shop = (project.path / "shop.py").read_text(encoding="utf-8")
    project.file("shop.py", shop.replace('"one", lambda: 1', '"two", lambda: 1'))
    result = project.sweep()
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*assert first.events == snapshot*"])
