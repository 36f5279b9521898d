"""Threads that no life started: exporters, profilers, a test's server. They are nobody's."""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agnt5_sim.errors import OutsideTouched
from agnt5_sim.world import World, clock, isolated

EPOCH = 1_767_225_600.0

Call = Callable[[], Any]


class Beside:
    """A thread that does what it is handed, one after the other."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._back: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                self._back.put(call())
            except BaseException as error:  # noqa: BLE001 - it is handed back
                self._back.put(error)

    def does(self, call: Call) -> Any:
        """Have it done, and return what came of it."""
        self._calls.put(call)
        return self._back.get(timeout=30)

    def end(self) -> None:
        """End it."""
        self._calls.put(None)
        self._thread.join()


@pytest.fixture
def beside() -> Iterator[Beside]:
    """A thread that ran before any life began."""
    thread = Beside()
    yield thread
    thread.end()


def in_program(program: Callable[[], Any]) -> Any:
    """Have a program call something in its own turn."""
    world = World()

    async def called() -> Any:
        await asyncio.sleep(5)
        return program()

    with isolated(world, "seed"):
        task = world.spawn().start(called())
        world.drive(None, task.done)
    return task.result()


def readings() -> list[float]:
    """Read clocks of every make."""
    return [time.time(), time.time_ns() / 1e9, time.mktime(time.strptime(time.ctime()))]


def test_it_reads_real_time(beside: Beside) -> None:
    """While a program has its turn, and of every clock; the program itself reads virtual time."""

    def program() -> Any:
        return beside.does(readings), beside.does(time.monotonic), readings()

    real, monotonic, virtual = in_program(program)
    system = clock._real["clock_gettime"]
    assert all(abs(at - system(time.CLOCK_REALTIME)) < 60 for at in real)
    assert abs(monotonic - system(time.CLOCK_MONOTONIC)) < 60
    assert [EPOCH + 5] * 3 == virtual


def test_its_network_call_blames_nobody(beside: Beside) -> None:
    """It is let through, though a program has its turn, and the life goes on."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def calls() -> Any:
            with socket.create_connection(server.getsockname(), timeout=10) as connection:
                return connection.getpeername()

        assert server.getsockname() == in_program(lambda: beside.does(calls))


def test_nor_does_that_of_a_thread_it_starts(beside: Beside) -> None:
    """An exporter has threads of its own."""

    def starts() -> Any:
        seen: list[Any] = []
        thread = threading.Thread(
            target=lambda: seen.extend((time.time(), socket.getaddrinfo("127.0.0.1", 80)))
        )
        thread.start()
        thread.join()
        return seen

    at, address = in_program(lambda: beside.does(starts))
    assert address
    assert at > EPOCH + 3600


def test_a_thread_that_a_program_starts_is_the_programs() -> None:
    """It reads the life's time, and is refused the network."""
    seen: list[float] = []

    def reaches() -> None:
        seen.extend(readings())
        try:
            socket.getaddrinfo("localhost", 80)
        finally:
            seen.append(-1)  # never: with the life ends all that a program does

    def program() -> None:
        thread = threading.Thread(target=reaches)
        thread.start()
        thread.join()

    with pytest.raises(OutsideTouched, match="in reaches"):
        in_program(program)
    assert [EPOCH + 5] * 3 == seen


def test_a_thread_that_the_test_starts_may_do_as_the_test() -> None:
    """A server that a test runs beside its workflow is of the life's time, and free to answer."""
    world = World()
    seen: list[Any] = []
    with isolated(world, "seed"):
        world.set_time(7)
        thread = threading.Thread(
            target=lambda: seen.extend((time.time(), socket.getaddrinfo("127.0.0.1", 80)))
        )
        thread.start()
        thread.join()
    assert EPOCH + 7 == seen[0]
    assert seen[1]
