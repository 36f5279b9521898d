"""What a dead process held in the system is free before its successor begins."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agnt5_sim.world import World, isolated

CACHED: list[Any] = []

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="file locks are POSIX's")


def killed_in(program: Callable[[list[str]], Any]) -> list[str]:
    """Kill a process one second after its program begins, and return what it logged."""
    world = World()
    log: list[str] = []
    with isolated(world, "seed"):
        process = world.spawn()
        process.start(program(log))
        world.at(1.0, lambda: world.kill(process))
        world.drive(None, lambda: process.dead)
    return log


def booked(path: Path) -> int:
    """Write to a database that somebody may hold, and return what is in it."""
    with closing(sqlite3.connect(path, timeout=0)) as connection, connection:
        connection.execute("insert into t values (2)")
        (count,) = connection.execute("select count(*) from t").fetchone()
    return int(count)


def created(path: Path) -> Path:
    """Create a database with an empty table."""
    connection = sqlite3.connect(path)
    connection.execute("create table t (n)")
    connection.close()
    return path


@pytest.mark.parametrize("cached", [False, True])
def test_a_transaction_is_rolled_back(tmp_path: Path, cached: bool) -> None:
    """With no `finally` and no context manager of the program; a cached connection stays open."""
    path = created(tmp_path / "orders.db")

    async def program(log: list[str]) -> None:
        connection = sqlite3.connect(path)
        if cached:
            globals()["CONNECTION"] = connection
        try:
            with connection:
                connection.execute("insert into t values (1)")
                await asyncio.sleep(10)
        finally:
            log.append("finally")

    assert [] == killed_in(program)
    assert 1 == booked(path)
    if cached:
        connection = globals().pop("CONNECTION")
        assert [(2,)] == connection.execute("select n from t").fetchall()
        connection.close()


@pytest.mark.parametrize("writes", [False, True])
def test_a_statement_half_way_is_given_up(tmp_path: Path, writes: bool) -> None:
    """A query that has rows left holds a lock of its own, and keeps its connection's."""
    path = created(tmp_path / "orders.db")
    connection = sqlite3.connect(path)
    connection.executemany("insert into t values (?)", [(0,)] * 3)
    connection.commit()
    connection.close()

    async def program(log: list[str]) -> None:
        connection = sqlite3.connect(path)
        if writes:
            connection.execute("insert into t values (1)")
        rows = connection.execute("select n from t")
        next(rows)
        await asyncio.sleep(10)

    assert [] == killed_in(program)
    assert 4 == booked(path)


def test_a_transaction_of_a_thread_is_rolled_back(tmp_path: Path) -> None:
    """A connection may be closed by its own thread only, which does that as its last."""
    path = created(tmp_path / "orders.db")

    async def program(log: list[str]) -> None:
        def go() -> None:
            connection = sqlite3.connect(path)
            connection.execute("insert into t values (1)")
            try:
                threading.Event().wait()
            finally:
                log.append("finally")

        threading.Thread(target=go).start()
        await asyncio.sleep(10)

    assert [] == killed_in(program)
    assert 1 == booked(path)


@pytest.mark.parametrize("call", [fcntl.flock, fcntl.lockf])
def test_a_lock_of_a_file_is_free(tmp_path: Path, call: Callable[..., None]) -> None:
    """Unlocked, not closed: the file stays its owner's, and what it had not written, unwritten."""
    path = tmp_path / "lock"

    async def program(log: list[str]) -> None:
        with path.open("w") as file:
            call(file, fcntl.LOCK_EX)
            file.write("never flushed")
            CACHED.append(file)
            await asyncio.sleep(10)

    assert [] == killed_in(program)
    with path.open("r+") as file:
        call(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    (file,) = CACHED
    CACHED.clear()
    assert (False, "") == (file.closed, path.read_text("utf-8"))


def test_a_number_that_is_somebody_elses_now_is_left_alone(tmp_path: Path) -> None:
    """A descriptor is known by its file: another that got its number keeps its lock."""
    mine = tmp_path / "mine"

    async def program(log: list[str]) -> None:
        with (tmp_path / "theirs").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            number = file.fileno()
        again = mine.open("w")
        assert number == again.fileno()
        CACHED.append(again)
        await asyncio.sleep(10)

    world = World()
    with isolated(world, "seed"):
        process = world.spawn()
        process.start(program([]))

        def kill() -> None:
            fcntl.flock(CACHED[0], fcntl.LOCK_EX)
            world.kill(process)

        world.at(1.0, kill)
        world.drive(None, lambda: process.dead)
    with mine.open("w") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    CACHED.pop().close()


def test_a_port_is_free() -> None:
    """The successor can bind it."""
    ports: list[int] = []

    async def program(log: list[str]) -> None:
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen()
            ports.append(server.getsockname()[1])
            await asyncio.sleep(10)

    assert [] == killed_in(program)
    with socket.socket() as server:
        server.bind(("127.0.0.1", ports[0]))


def test_what_the_test_itself_holds_is_its_own(tmp_path: Path) -> None:
    """Only what a program took is let go of."""
    path = created(tmp_path / "orders.db")
    connection = sqlite3.connect(path)

    async def program(log: list[str]) -> None:
        own = sqlite3.connect(":memory:")
        await asyncio.sleep(10)
        own.close()

    world = World()
    with isolated(world, "seed"):
        connection.execute("insert into t values (1)")
        process = world.spawn()
        process.start(program([]))
        world.at(1.0, lambda: world.kill(process))
        world.drive(None, lambda: process.dead)
    assert connection.in_transaction
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        booked(path)
    connection.close()


def test_a_life_that_ends_lets_go_too(tmp_path: Path) -> None:
    """Its process ends there, with what its program forgot to close."""
    path = created(tmp_path / "orders.db")
    kept: list[Any] = []

    async def program() -> None:
        kept.append(sqlite3.connect(path))
        kept[0].execute("insert into t values (1)")

    world = World()
    with isolated(world, "seed"):
        process = world.spawn()
        task = process.start(program())
        world.drive(None, task.done)
        assert [] == world.leave(process)
    assert 1 == booked(path)
