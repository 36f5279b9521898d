"""The workers of a life: what a new attempt draws, and which attempts a kill ends."""

from __future__ import annotations

import asyncio
import json
import random
import uuid

import pytest
from agnt5 import workflow

from agnt5_sim import FaultPlan, simulate
from agnt5_sim.api.one_run import OneRun
from agnt5_sim.exploring import Story
from agnt5_sim.life.life import Life
from agnt5_sim.life.settings import Settings
from agnt5_sim.sdk.generations.detect import installed

PROFILES = installed().profiles


@workflow
async def workers_draw(ctx) -> dict:
    """Draw in a step, after and before an await."""

    async def draw() -> dict:
        first = random.random()
        await asyncio.sleep(1)
        return {"first": first, "second": random.random(), "id": str(uuid.uuid4())}

    return await ctx.step("draw", draw)


SEEN: list[int] = []


@workflow
async def workers_remember(ctx) -> int:
    """Count in a module global."""

    async def note() -> int:
        SEEN.append(1)
        return len(SEEN)

    return await ctx.step("note", note)


def drawn(profile: str, faults: str = "none", **how: int) -> dict:
    """Return what a life's run drew in the end."""
    return simulate(workers_draw, profile=profile, faults=faults, **how).check().output


def lived(profile: str, *runs: float) -> Life:
    """Live a life of runs that are submitted at these times, each a minute after the last."""
    life = Life(Settings(profile=profile))
    with life.lived():
        for time in runs:
            life.world.at(time, lambda: life.submit(workers_draw, None))
        life.settle()
    return life


# -- what an attempt draws -------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_an_attempt_draws_whatever_was_drawn_before_it(profile):
    """A new process has randomness of its own: when the old one died changes nothing of it."""
    killed = [
        drawn(profile, f"kill {place}")
        for place in (
            "before body:step:draw:0#1",
            "before await:step:draw:0#1",
            "after await:step:draw:0#1",
            "after body:step:draw:0#1",
        )
    ]
    assert [killed[0]] * 4 == killed


@pytest.mark.parametrize("profile", PROFILES)
def test_every_attempt_draws_something_else(profile):
    """The first, the second and the third, in each of what is drawn."""
    kills = ["after body:step:draw:0#1", "after body:step:draw:0#2"]
    attempts = [
        drawn(profile, "; ".join(f"kill {kill}" for kill in kills[:number]) or "none")
        for number in range(3)
    ]
    assert [3, 3, 3] == [len({each[what] for each in attempts}) for what in attempts[0]]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_run_draws_something_else(profile):
    """Two runs of one life, each at its first attempt."""
    life = lived(profile, 0.0, 60.0)
    assert life.platform.run("run-1").output != life.platform.run("run-2").output


@pytest.mark.parametrize("profile", PROFILES)
def test_a_run_draws_whatever_another_drew_before_it(profile):
    """It is the run and its attempt that say what is drawn, and the seed of the life."""
    one, other = lived(profile, 0.0, 60.0), lived(profile, 60.0, 0.0)
    assert one.platform.run("run-2").output == other.platform.run("run-2").output
    assert drawn(profile) != drawn(profile, seed=1)


# -- whom a kill ends ------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_a_kill_names_the_runs_it_ends(profile):
    """Those that are under way: none that has reported, none that is still to come."""
    life = Life(Settings(profile=profile))
    with life.lived():
        for time in (0.0, 10.0, 10.0, 20.0):
            life.world.at(time, lambda: life.submit(workers_draw, None))
        life.world.at(10.5, lambda: life.workers.kill("by the test"))
        life.settle()
    (kill,) = life.history.select("fault.kill")
    assert (("run-2", "run-3"), 10.5) == (kill.data["runs"], kill.time)
    assert ["completed"] * 4 == [life.platform.run(f"run-{n}").state for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("profile", PROFILES)
def test_an_attempt_that_is_over_reports_no_more(profile):
    """Its run has ended with its report, and the platform has nothing to refuse."""
    life = lived(profile, 0.0)
    reports = life.history.select("platform.report")
    assert [] == [entry for entry in reports if "refused" in entry.data]
    assert 1 == len(life.history.select("run.ended"))


# -- what a worker that is killed remembers --------------------------------------------------


def after_a_kill(profile: str, *, forget: bool) -> tuple[list[str], object]:
    """Return the globals a killed worker had changed, and what the run gave in the end."""
    story = Story(OneRun(workers_remember), Settings(profile=profile))
    lived = story(FaultPlan.kill("after", "body:step:note:0#1"), 0, 0, forget=forget)
    changed = [entry.name for entry in lived.history.select("memory.changed")]
    (end,) = lived.history.select("run.ended")
    return changed, json.loads(end.data["output"])


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("forget", "output"), [(False, 2), (True, 1)])
def test_a_killed_worker_forgets_if_it_is_to(forget, output, profile):
    """What it had changed is noted, and undone in a life that forgets."""
    changed, seen = after_a_kill(profile, forget=forget)
    assert (1, output) == (len(changed), seen)
    assert changed[0].endswith(".SEEN")
    SEEN.clear()
