"""Freezes of freezegun's and travels of time-machine's set and move the clock of a life."""

# ruff: noqa: ASYNC251 - blocking sleeps are among what is tested

from __future__ import annotations

import asyncio
import datetime
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import freezegun
import pytest
import time_machine
from freezegun import api as freezegun_api

from agnt5_sim.world import World, clock, isolated
from agnt5_sim.world.clock import NS

ROOT = Path(__file__).parents[2]
EPOCH = 1_767_225_600.0
SET = 981_158_400.0  # 2001-02-03T00:00:00Z
UTC = datetime.UTC
GENUINE = (datetime.datetime,)  # where freezegun, which looks through modules, does not find it

Live = Callable[..., Any]

SETTERS: dict[str, Callable[[], Any]] = {
    "freeze": lambda: freezegun.freeze_time("2001-02-03"),
    "freeze, ticking": lambda: freezegun.freeze_time("2001-02-03", tick=True),
    "travel": lambda: time_machine.travel("2001-02-03 00:00 +0000"),
    "travel, not ticking": lambda: time_machine.travel("2001-02-03 00:00 +0000", tick=False),
}


def everyones_time() -> set[float]:
    """Read the clocks that must agree, and see that no class is swapped."""
    assert datetime.datetime is GENUINE[0]
    return {
        time.time(),
        time.time_ns() / NS,
        time.clock_gettime(time.CLOCK_REALTIME),
        time.mktime(time.strptime(time.ctime())),
        datetime.datetime.now(UTC).timestamp(),
        datetime.datetime.fromtimestamp(time.time(), UTC).timestamp(),
    }


@pytest.mark.parametrize("setter", SETTERS)
def test_it_sets_the_clock_of_the_life(setter: str, live: Live) -> None:
    """From there the clock goes on with virtual time; afterwards it is the life's own again.

    Nothing passes of itself, whether it is to tick or not.
    """

    async def program(world: World) -> Any:
        await asyncio.sleep(5)
        with SETTERS[setter]():
            seen = [everyones_time(), everyones_time()]
            await asyncio.sleep(3600)
            time.sleep(7)
            seen.append(everyones_time())
        return [*seen, everyones_time()]

    assert [{SET}, {SET}, {SET + 3607}, {EPOCH + 3612}] == live(program)


@pytest.mark.parametrize("setter", SETTERS)
def test_one_around_a_life_is_where_the_life_begins(setter: str, live: Live) -> None:
    """Each of the lives inside begins there, whatever an earlier one has moved the clock to."""

    async def program(world: World) -> Any:
        seen = [everyones_time()]
        await asyncio.sleep(10)
        seen.append(everyones_time())
        moved.move_to(datetime.datetime(2010, 1, 1, tzinfo=UTC))
        seen.append(everyones_time())
        return seen

    with SETTERS[setter]() as moved:
        first, again = live(program), live(program)
        assert abs(time.time() - SET) < 60
        assert (datetime.datetime is GENUINE[0]) is ("travel" in setter)
    assert datetime.datetime is GENUINE[0]
    assert [{SET}, {SET + 10}, {1_262_304_000.0}] == first == again


@pytest.mark.parametrize("setter", SETTERS)
def test_one_between_lives_is_the_users(setter: str) -> None:
    """While the clock is held, time outside of a life is set as well, with no class swapped."""
    with clock.held():
        with SETTERS[setter]():
            assert all(abs(at - SET) < 60 for at in everyones_time())
            with isolated(World(), "seed"):
                assert {SET} == everyones_time()
            assert all(abs(at - SET) < 60 for at in everyones_time())
        assert time.time() > EPOCH


def test_a_move_moves_it(live: Live) -> None:
    """Ticks, shifts and moves count from where the clock stands by then, to the nanosecond."""

    async def program(world: World) -> Any:
        seen = []
        with freezegun.freeze_time("2001-02-03") as frozen:
            await asyncio.sleep(1)
            frozen.tick(10)
            seen.append(time.time() - SET)
            await asyncio.sleep(1)
            frozen.tick(datetime.timedelta(hours=-1))
            seen.append(time.time() - SET)
            frozen.move_to("2001-02-04")
            await asyncio.sleep(2)
            seen.append(time.time() - SET - 86400)
            seen.append((frozen() - datetime.datetime(2001, 2, 4)).total_seconds())
        with time_machine.travel(SET, tick=False) as traveller:
            await asyncio.sleep(1e-9)
            traveller.shift(10)
            seen.append(time.time_ns() - int(SET) * NS)
            traveller.move_to("2001-02-04 00:00 +0000")
            await asyncio.sleep(2)
            seen.append(time.time() - SET - 86400)
        return seen

    assert [11.0, 12.0 - 3600, 2.0, 2.0, 10 * NS + 1, 2.0] == live(program)


def test_what_moves_the_monotonic_clocks(live: Live) -> None:
    """What freezegun moves they follow on, as it always does, and never back; time-machine does not."""

    async def program(world: World) -> Any:
        seen = []
        with freezegun.freeze_time("2001-02-03") as frozen:
            seen.append(time.monotonic())
            frozen.tick(60)
            seen.append(time.perf_counter())
            frozen.move_to("2000-01-01")
            seen.append(time.monotonic())
        with time_machine.travel(SET) as traveller:
            traveller.shift(60)
            seen.append(time.monotonic_ns())
        return [*seen, world.now]

    assert [0.0, 60.0, 60.0, 60 * NS, 0.0] == live(program)


def test_an_auto_tick_moves_it_with_every_reading(live: Live) -> None:
    """`auto_tick_seconds` is freezegun's way to let readings differ."""

    async def program(world: World) -> Any:
        with freezegun.freeze_time("2001-02-03", auto_tick_seconds=15):
            return [time.time() - SET, time.time() - SET, datetime.datetime.now().second]

    assert [0.0, 15.0, 30] == live(program)


def test_the_last_that_was_set_counts(live: Live) -> None:
    """One inside another goes first, of whichever library, and then the outer one goes on."""

    async def program(world: World) -> Any:
        seen = []
        with freezegun.freeze_time("2001-02-03") as outer:
            with time_machine.travel("2010-01-01 00:00 +0000"):
                await asyncio.sleep(3)
                seen.append(everyones_time())
                outer.tick(100)
                seen.append(everyones_time())
            seen.append(everyones_time())
        return [*seen, time.monotonic()]

    inside = 1_262_304_000.0 + 3
    assert [{inside}, {inside}, {SET + 103}, 3.0] == live(program)


def test_a_zone_is_the_local_one_meanwhile(live: Live) -> None:
    """`tz_offset` and a destination with a `ZoneInfo` bring their zone; then it is UTC again."""

    async def program(world: World) -> Any:
        with freezegun.freeze_time("2001-02-03", tz_offset=-4):
            seen = [datetime.datetime.now(), datetime.datetime.now(UTC), time.localtime().tm_hour]
        there = datetime.datetime(2001, 2, 3, tzinfo=ZoneInfo("Asia/Kathmandu"))
        with time_machine.travel(there):
            seen.append(datetime.datetime.now())
        return [*seen, datetime.datetime.now().hour]

    midnight = datetime.datetime(2001, 2, 3)
    assert [
        datetime.datetime(2001, 2, 2, 20),
        midnight.replace(tzinfo=UTC),
        20,
        midnight,
        0,
    ] == live(program)


def test_what_ends_with_its_life(live: Live) -> None:
    """What a life has set and not ended ends with it, and may be stopped after it."""
    left: list[Any] = []

    async def program(world: World) -> Any:
        left[:] = [freezegun.freeze_time("2001-02-03"), time_machine.travel(SET)]
        for thing in left:
            thing.start()
        return everyones_time()

    with clock.held():
        assert {SET} == live(program)
        assert time.time() > EPOCH
        for thing in left:
            thing.stop()
        assert {SET} == live(program)
    for thing in left:
        thing.stop()
    assert [] == time_machine.traveller_stack == freezegun_api.freeze_factories
    assert time.time() > EPOCH


def test_a_traveller_that_an_earlier_life_has_used_sets_the_next_one(live: Live) -> None:
    """A fixture's traveller is one for all lives of a sweep."""
    used: list[Any] = []

    async def program(world: World) -> Any:
        if not used:
            used.append(time_machine.travel(0).start())
        else:
            everyones_time()
        before = time.time()
        used[0].move_to(datetime.datetime(2001, 2, 3, tzinfo=UTC))
        return before, everyones_time()

    with clock.held():
        assert [(0.0, {SET}), (EPOCH, {SET})] == [live(program), live(program)]
        assert time.time() > EPOCH


def test_what_a_killed_process_has_set_ends_with_it() -> None:
    """It will never end it; what the test has set stays."""
    world = World()

    async def sets() -> None:
        with freezegun.freeze_time("1999-01-01"), time_machine.travel(0):
            await asyncio.sleep(3600)

    with isolated(world, "seed"), freezegun.freeze_time("2001-02-03"):
        process = world.spawn()
        process.start(sets())
        world.drive(None, lambda: world.turns > 2 or not process.loop.ready)
        assert {0.0} == everyones_time()
        world.kill(process)
        assert {SET} == everyones_time()


def test_as_decorators(live: Live) -> None:
    """Both decorate functions, coroutines among them."""

    @freezegun.freeze_time("2001-02-03")
    async def frozen() -> set[float]:
        return everyones_time()

    @time_machine.travel(SET, tick=False)
    async def travelled() -> set[float]:
        return everyones_time()

    @freezegun.freeze_time("2001-02-03", as_kwarg="frozen_time")
    def plain(frozen_time: Any) -> float:
        frozen_time.tick()
        return time.time()

    async def program(world: World) -> Any:
        return await frozen(), await travelled(), plain()

    assert ({SET}, {SET}, SET + 1) == live(program)


@pytest.mark.parametrize("first", ["freezegun", "time_machine", "agnt5_sim.world"])
def test_whichever_is_imported_first(first: str) -> None:
    """The package is imported late, perhaps by a test that has frozen time already."""
    script = f"""
import time, {first}
import freezegun, datetime
genuine = (datetime.datetime,)
with freezegun.freeze_time("2001-02-03"):
    from agnt5_sim.world import World, isolated
    with isolated(World(), "seed"):
        print(time.time(), datetime.datetime is genuine[0])
    print(time.time(), datetime.datetime is genuine[0])
with isolated(World(), "seed"):
    print(time.time_ns())
print(time.time() > 1.7e9, datetime.datetime is genuine[0])
"""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert [
        f"{SET} True",
        f"{SET} False",
        str(int(EPOCH) * NS),
        "True True",
    ] == ended.stdout.splitlines(), ended.stderr


def test_a_freeze_that_was_put_out_of_the_collectors_sight_is_found() -> None:
    """A life in which somebody was killed does so, and the next one may be the first to look."""
    script = """
import datetime, freezegun, gc, time
with freezegun.freeze_time("2001-02-03"):
    gc.freeze()
    from agnt5_sim.world import World, isolated
    with isolated(World(), "seed"):
        print(time.time(), datetime.datetime.__name__)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert f"{SET} datetime\n" == ended.stdout, ended.stderr
