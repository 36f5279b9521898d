"""Everything a life is shielded from, each by itself, and that it ends with the life."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import signal
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agnt5_sim.errors import OutsideTouched
from agnt5_sim.world import World, isolated
from agnt5_sim.world.world import DEFAULT_EPOCH_NS

NEEDS_TIMER = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="programs are watched by a POSIX timer"
)


@pytest.fixture
def collecting() -> Iterator[Callable[[bool], None]]:
    """Turn the garbage collector on or off for a test, and put it back."""
    before = gc.isenabled()
    yield lambda on: gc.enable() if on else gc.disable()
    if before:
        gc.enable()
    else:
        gc.disable()


def test_time_is_the_worlds() -> None:
    """Inside, every clock reads virtual time; outside, the real one again."""
    with isolated(World(), "seed"):
        assert (DEFAULT_EPOCH_NS, 0) == (time.time_ns(), time.monotonic_ns())
    assert DEFAULT_EPOCH_NS != time.time_ns()


def test_local_time_is_utc() -> None:
    """Whatever the machine's zone is."""
    with isolated(World(), "seed"):
        assert (0, "UTC") == (time.localtime().tm_hour, os.environ["TZ"])


def test_randomness_comes_from_the_seed() -> None:
    """The same seed draws the same, another draws other values."""

    def drawn(seed: str) -> tuple[float, bytes]:
        with isolated(World(), seed):
            return random.random(), os.urandom(8)

    assert drawn("a") == drawn("a")
    assert all(one != other for one, other in zip(drawn("a"), drawn("b"), strict=True))


def test_the_outside_is_refused() -> None:
    """To a program; the test itself may use it."""

    async def program() -> None:
        socket.gethostbyname("localhost")

    world = World()
    with isolated(world, "seed"):
        task = world.spawn().start(program())
        with pytest.raises(OutsideTouched, match="gethostbyname"):
            world.drive(None, task.done)


@NEEDS_TIMER
@pytest.mark.parametrize(("stall", "every"), [(0.4, 0.1), (4.0, 1.0), (100.0, 2.5), (0.0, 0.0)])
def test_programs_are_watched(stall: float, every: float) -> None:
    """A timer looks four times within the limit; none does where there is no limit, or after."""
    with isolated(World(), "seed", stall=stall):
        assert every == signal.getitimer(signal.ITIMER_REAL)[1]
    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)


def test_no_garbage_is_collected(collecting: Callable[[bool], None]) -> None:
    """When a collection comes depends on all the process ever did, so none comes in a life."""
    collecting(True)
    with isolated(World(), "seed"):
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), isolated(World(), "seed"):
        raise ZeroDivisionError
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off(collecting: Callable[[bool], None]) -> None:
    """A life within a life, or in a test that turned it off, does not turn it on."""
    collecting(False)
    with isolated(World(), "seed"):
        pass
    assert not gc.isenabled()


def _killed(world: World) -> None:
    process = world.spawn()
    process.start(asyncio.sleep(1))
    world.kill(process)


def _nothing(world: World) -> None:
    del world


@pytest.mark.parametrize(("happens", "frozen"), [(_killed, True), (_nothing, False)])
def test_the_dead_are_put_out_of_the_collectors_sight(
    happens: Callable[[World], Any], frozen: bool, collecting: Callable[[bool], None]
) -> None:
    """They are kept for ever, and no collection needs to look at them; else nothing is frozen."""
    collecting(True)
    gc.unfreeze()
    world = World()
    with isolated(world, "seed"):
        happens(world)
    assert frozen == (gc.get_freeze_count() > 0)
