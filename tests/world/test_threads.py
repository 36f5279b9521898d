"""Threads that a program starts: they take turns, wait in virtual time, and die with it."""

from __future__ import annotations

import asyncio
import queue
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from agnt5_sim.errors import OutsideTouched, Spinning, Stuck
from agnt5_sim.world import VirtualLoop, World, isolated

Live = Callable[..., Any]
OLD: queue.SimpleQueue[Any] = queue.SimpleQueue()
"""Made before every life: the world does not see who waits for it."""


@pytest.fixture(autouse=True)
def _old_is_empty() -> Iterator[None]:
    yield
    while not OLD.empty():
        OLD.get_nowait()


def answering(value: Any) -> asyncio.Future[Any]:
    """Start a thread that answers the caller's loop, and return what it will be answered."""
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def go() -> None:
        sum(range(100_000))
        loop.call_soon_threadsafe(future.set_result, value)

    threading.Thread(target=go).start()
    return future


# -- working ---------------------------------------------------------------------------------


def test_a_thread_answers_its_loop(live: Live) -> None:
    """By `call_soon_threadsafe`, at the instant at which it was asked."""

    async def program(world: World) -> tuple[int, float]:
        await asyncio.sleep(1)
        return await answering(3), world.now

    assert (3, 1.0) == live(program)


def test_a_thread_is_genuine(live: Live) -> None:
    """It has an identity, a name and locals of its own, and counts among the others."""
    local = threading.local()

    async def program(world: World) -> list[Any]:
        local.value = "loop"
        seen: list[Any] = []

        def go() -> None:
            seen.append(getattr(local, "value", "none"))
            seen.append(threading.current_thread().name)
            seen.append(threading.get_ident() != threading.main_thread().ident)
            seen.append(thread in threading.enumerate())

        thread = threading.Thread(target=go)
        thread.start()
        thread.join()
        return [*seen, local.value, thread.is_alive()]

    assert ["none", "Thread-1 (go)", True, True, "loop", False] == live(program)


def test_a_thread_sleeps_in_virtual_time(live: Live) -> None:
    """A year of it costs nothing, and its clocks are the world's."""

    async def program(world: World) -> tuple[float, float]:
        began = time.monotonic()
        ended: list[float] = []

        def go() -> None:
            time.sleep(365 * 24 * 3600)
            ended.append(time.monotonic())

        thread = threading.Thread(target=go)
        thread.start()
        thread.join()
        return ended[0] - began, world.now

    assert (365 * 24 * 3600, 365 * 24 * 3600) == live(program)


def pooled() -> Callable[[World], Any]:
    """Return a program whose pool does work of random length."""

    async def program(world: World) -> list[Any]:
        def work(number: int) -> tuple[int, str, float]:
            time.sleep(random.randrange(50) / 10)
            return number, threading.current_thread().name, time.monotonic()

        with ThreadPoolExecutor(3) as pool:
            futures = [asyncio.wrap_future(pool.submit(work, number)) for number in range(8)]
            return [await future for future in asyncio.as_completed(futures)]

    return program


def test_a_pool_gives_one_order_life_after_life(live: Live) -> None:
    """Who does what, when, under which name: a hundred lives are one."""
    done = live(pooled())
    assert list(range(8)) == sorted(number for number, _, _ in done)
    assert 3 == len({name for _, name, _ in done})
    assert sorted(at for _, _, at in done) == [at for _, _, at in done]
    assert {str(done)} == {str(live(pooled())) for _ in range(100)}


def test_results_come_in_the_order_in_which_work_was_handed_out(live: Live) -> None:
    """However long it takes in real time."""

    async def program(_world: World) -> list[int]:
        came: list[int] = []
        loop = asyncio.get_running_loop()

        def work(number: int) -> None:
            sum(range(200_000 // (number + 1)))
            loop.call_soon_threadsafe(came.append, number)

        with ThreadPoolExecutor(4) as pool:
            await asyncio.gather(*(loop.run_in_executor(pool, work, n) for n in range(4)))
        return came

    assert [0, 1, 2, 3] == live(program)


def test_a_thread_calls_back_into_the_loop_and_waits(live: Live) -> None:
    """`run_coroutine_threadsafe`, whose result it waits for while virtual time passes."""

    async def program(world: World) -> tuple[str, float]:
        loop = asyncio.get_running_loop()

        async def inner() -> str:
            await asyncio.sleep(5)
            return "inner"

        def outer() -> str:
            return asyncio.run_coroutine_threadsafe(inner(), loop).result()

        with ThreadPoolExecutor(1) as pool:
            return await loop.run_in_executor(pool, outer), world.now

    assert ("inner", 5.0) == live(program)


def test_threads_wait_for_each_other(live: Live) -> None:
    """On locks, conditions, events, barriers and queues, with time-outs in virtual time."""

    async def program(world: World) -> tuple[list[Any], float]:
        log: list[Any] = []
        lock, ready = threading.RLock(), threading.Event()
        barrier, items = threading.Barrier(2), queue.Queue[int](1)

        def first() -> None:
            with lock, lock:
                ready.set()
                time.sleep(2)
                log.append("first")
            barrier.wait()
            for number in range(3):
                items.put(number)

        def second() -> None:
            log.append(items_or_nothing(1))
            ready.wait()
            with lock:
                log.append("second")
            barrier.wait()
            log.extend(items.get() for _ in range(3))

        def items_or_nothing(timeout: float) -> str:
            try:
                return str(items.get(timeout=timeout))
            except queue.Empty:
                return "nothing"

        threads = [threading.Thread(target=each) for each in (second, first)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return log, world.now

    assert (["nothing", "first", "second", 0, 1, 2], 2.0) == live(program)


def test_a_blocking_function_waits_for_a_task(live: Live) -> None:
    """In production they are two threads, so here too one may bring what the other waits for."""

    async def program(_world: World) -> str:
        items: queue.Queue[str] = queue.Queue()
        got = asyncio.ensure_future(asyncio.to_thread(items.get))
        await asyncio.sleep(1)
        items.put("put")
        return await got

    assert "put" == live(program)


def test_a_timer_thread_rings_in_virtual_time(live: Live) -> None:
    """`threading.Timer` is a thread that waits for an event with a time-out."""

    async def program(world: World) -> float:
        rang: list[float] = []
        timer = threading.Timer(60, lambda: rang.append(world.now))
        timer.start()
        await asyncio.sleep(100)
        return rang[0]

    assert 60.0 == live(program)


# -- out of sight ----------------------------------------------------------------------------


def test_a_thread_that_waits_out_of_sight_is_seen_to_sleep(live: Live) -> None:
    """A queue older than the life: the world stands still while the thread works."""

    async def program(world: World) -> tuple[list[int], float]:
        loop = asyncio.get_running_loop()

        def go() -> None:
            while (asked := OLD.get()) is not None:
                sum(range(300_000))
                loop.call_soon_threadsafe(asked[0].set_result, asked[1] * 2)

        thread = threading.Thread(target=go)
        thread.start()
        answers = []
        for number in range(5):
            future = loop.create_future()
            OLD.put((future, number))
            async with asyncio.timeout(1):
                answers.append(await future)
        OLD.put(None)
        thread.join()
        return answers, world.now

    for _ in range(10):
        assert ([0, 2, 4, 6, 8], 0.0) == live(program)


def test_the_tests_own_threads_are_waited_for() -> None:
    """A library that the test itself uses works, for all that the world is virtual."""
    world = World()

    async def home() -> tuple[int, float]:
        async with asyncio.timeout(1):
            return await answering(4), world.now

    with isolated(world, "seed"), asyncio.Runner(loop_factory=lambda: VirtualLoop(world)) as runner:
        assert (4, 0.0) == runner.run(home())


# -- dying -----------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["sleep", "lock", "old"])
def test_a_thread_of_a_dead_process_runs_no_further_line(place: str) -> None:
    """Wherever it waits, in sight or not, and what it waited for may come later."""
    world = World()
    log: list[str] = []
    lock = threading.Lock()

    def go() -> None:
        try:
            if place == "sleep":
                time.sleep(5)
            elif place == "lock":
                lock.acquire()
            else:
                OLD.get()
            log.append("went on")
        finally:
            log.append("finally")

    async def program() -> None:
        threading.Thread(target=go).start()
        await asyncio.sleep(100)

    with isolated(world, "seed"):
        process, other = world.spawn(), world.spawn()
        process.start(program())
        lock.acquire()
        world.at(1.0, lambda: world.kill(process))
        task = other.start(asyncio.sleep(10))
        world.drive(None, task.done)
        lock.release()
        OLD.put("late")
        task = other.start(asyncio.sleep(10))
        world.drive(None, task.done)
    assert ([], True) == (log, process.dead)


def test_a_kill_from_within_a_thread_stops_it() -> None:
    """It never returns there, as it does not on the loop."""
    world = World()
    log: list[str] = []

    def go(kill: Callable[[], None]) -> None:
        try:
            kill()
        finally:
            log.append("finally")

    async def program() -> None:
        threading.Thread(target=go, args=(lambda: world.kill(process),)).start()
        await asyncio.sleep(100)

    with isolated(world, "seed"):
        process, other = world.spawn(), world.spawn()
        process.start(program())
        task = other.start(asyncio.sleep(10, "lives"))
        world.drive(None, task.done)
    assert ([], True, "lives") == (log, process.dead, task.result())


def test_a_pool_in_a_module_forgets_the_threads_of_the_dead() -> None:
    """The next process finds it empty, and starts threads of its own."""
    pool = ThreadPoolExecutor(1)
    names: list[str] = []

    async def program(seconds: float) -> None:
        def work() -> None:
            names.append(threading.current_thread().name)
            time.sleep(seconds)

        await asyncio.get_running_loop().run_in_executor(pool, work)

    world = World()
    with isolated(world, "seed"):
        first = world.spawn()
        first.start(program(100))
        world.at(1.0, lambda: world.kill(first))
        world.drive(None, lambda: first.dead)
        task = world.spawn().start(program(1))
        world.drive(None, task.done)
    assert 2 == len(names)
    pool.shutdown()


def test_the_interpreter_exits_whatever_threads_are_left() -> None:
    """Those of the dead, in and out of sight, and those of pools."""
    text = f"""
import sys
sys.path.insert(0, {str(__file__.rpartition("/")[0])!r})
import asyncio, queue, threading
from concurrent.futures import ThreadPoolExecutor
from agnt5_sim.world import World, isolated

OLD = queue.SimpleQueue()
POOL = ThreadPoolExecutor(1)

async def program():
    own = ThreadPoolExecutor(2)
    for target in (OLD.get, queue.Queue().get, threading.Event().wait):
        threading.Thread(target=target).start()
        POOL.submit(target)
        own.submit(target)
    await asyncio.sleep(1)

for kills in (True, False):
    world = World()
    with isolated(world, "seed"):
        process = world.spawn()
        task = process.start(program())
        if kills:
            world.at(0.5, lambda: world.kill(process))
        world.drive(None, lambda: world.next_timer() is None)
        if not kills:
            world.leave(process)
print("done")
"""
    run = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False
    )
    assert (0, "done\n", "") == (run.returncode, run.stdout, run.stderr)


# -- what stops a life -----------------------------------------------------------------------


def test_a_thread_that_nobody_brings_anything_is_named(live: Live) -> None:
    """With where it was started and where it stands, once nothing can go on."""

    async def program(_world: World) -> None:
        threading.Thread(target=lambda: queue.Queue[int]().get(), name="waits").start()
        await asyncio.get_running_loop().create_future()

    with pytest.raises(Stuck) as raised:
        live(program)
    (line,) = (line for line in str(raised.value).splitlines() if ": thread " in line)
    assert line.startswith(f"worker 1: thread 'waits', started by {__file__}:")
    assert " in program: threading.Thread(" in line
    assert " is at " in line
    assert " in <lambda>: " in line


def test_a_thread_that_never_ends_is_stopped_where_it_is(live: Live) -> None:
    """It is shown, and burns no processor time afterwards."""
    log: list[str] = []

    def spins() -> None:
        while True:
            try:
                sum(range(1000))
            except BaseException:  # noqa: BLE001 - that is the point
                log.append("swallowed")

    async def program(_world: World) -> None:
        threading.Thread(target=spins).start()
        await asyncio.get_running_loop().create_future()

    with pytest.raises(Spinning, match=r"ran for 0\.2 s of processor time") as raised:
        live(program, stall=0.2)
    assert " in spins: " in str(raised.value)
    real = time.process_time()
    threading.Event().wait(0.5)
    assert time.process_time() - real < 0.4
    assert [] == log


def test_a_thread_that_reaches_for_the_outside_ends_the_life(live: Live) -> None:
    """As the program itself would, and runs no further line."""
    log: list[str] = []

    async def program(_world: World) -> None:
        def go() -> None:
            try:
                subprocess.run(["true"], check=True)  # noqa: S607 - it is never run
            finally:
                log.append("finally")

        threading.Thread(target=go).start()
        await asyncio.sleep(1)

    with pytest.raises(OutsideTouched, match=r"in go: subprocess\.run"):
        live(program)
    assert [] == log


def test_a_blocked_loop_is_woken_by_a_thread(live: Live) -> None:
    """A task that waits without awaiting holds up its loop, and no more than that."""

    async def program(world: World) -> tuple[int, float]:
        result: Future[int] = Future()

        def go() -> None:
            time.sleep(3)
            result.set_result(7)

        threading.Thread(target=go).start()
        return result.result(), world.now

    assert (7, 3.0) == live(program)


def test_outside_of_a_life_locks_and_threads_are_the_interpreters_own() -> None:
    """Nothing stays in place of them, and what was made in a life goes on working."""
    genuine = threading.Lock, threading.RLock, queue.SimpleQueue, threading.Thread.start
    world = World()
    made: list[Any] = []

    async def program() -> None:
        made.extend((threading.Lock(), threading.RLock(), queue.SimpleQueue()))

    with isolated(world, "seed"):
        assert type(threading.Lock()) is type(genuine[0]())  # the test is no program
        task = world.spawn().start(program())
        world.drive(None, task.done)
    assert genuine == (
        threading.Lock,
        threading.RLock,
        queue.SimpleQueue,
        threading.Thread.start,
    )
    lock, reentrant, items = made
    assert type(lock) is not type(genuine[0]())
    with lock, reentrant, reentrant:
        assert (True, False) == (lock.locked(), lock.acquire(timeout=0.01))
    thread = threading.Thread(target=items.put, args=("item",))
    thread.start()
    assert ("item", True) == (items.get(timeout=10), items.empty())
    thread.join()
