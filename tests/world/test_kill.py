"""A kill abandons the stack: decision 3 of the design, at every kind of place."""

# ruff: noqa: ASYNC251 - blocking sleeps are among what is tested

from __future__ import annotations

import asyncio
import contextvars
import gc
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import greenlet
import pytest

from agnt5_sim.world import Process, World, isolated

ROOT = Path(__file__).parents[2]
VARIABLE = contextvars.ContextVar("VARIABLE", default="untouched")

Log = list[str]
Die = Callable[[], None]


class Telltale:
    """Says so when it is left, in either way, or taken apart."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_args: object) -> None:
        self.log.append("__exit__")

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *_args: object) -> None:
        self.log.append("__aexit__")

    def __del__(self) -> None:
        self.log.append("__del__")


def guarded(do: Die, log: Log) -> None:
    """Do something where every way out would be noticed."""
    with Telltale(log):
        try:
            do()
            log.append("went on")
        except BaseException:  # noqa: BLE001 - whatever a kill would raise
            log.append("except BaseException")
        else:
            log.append("else")
        finally:
            log.append("finally")
    log.append("after")


async def guarded_await(awaitable: Any, log: Log) -> None:
    """Await something where every way out would be noticed."""
    async with Telltale(log):
        try:
            await awaitable
            log.append("went on")
        except BaseException:  # noqa: BLE001 - whatever a kill would raise
            log.append("except BaseException")
        finally:
            log.append("finally")
    log.append("after")


# -- programs that die of their own call -----------------------------------------------------


async def in_a_synchronous_call(die: Die, log: Log) -> None:
    """Deep in ordinary functions, where no await could be cancelled."""
    guarded(lambda: guarded(die, log), log)


async def at_an_awaited_point(die: Die, log: Log) -> None:
    """In the `__await__` of what is awaited."""

    class Point:
        def __await__(self) -> Iterator[Any]:
            die()
            log.append("went on")
            yield from asyncio.sleep(0).__await__()

    await guarded_await(Point(), log)


async def in_a_step(die: Die, log: Log) -> None:
    """In a coroutine awaited by a coroutine, after it has been suspended."""

    async def step() -> None:
        await asyncio.sleep(1)
        guarded(die, log)

    await guarded_await(guarded_await(step(), log), log)


async def in_nested_gather(die: Die, log: Log) -> None:
    """In one of several tasks; the others wait, are ready, or have not begun."""

    async def dies() -> None:
        await asyncio.sleep(1)
        asyncio.ensure_future(guarded_await(asyncio.sleep(0), log))  # noqa: RUF006 - never to run
        guarded(die, log)

    async def ready() -> None:
        await asyncio.sleep(1)
        log.append("its neighbour ran on")

    waits = guarded_await(asyncio.Event().wait(), log)
    inner = asyncio.gather(
        guarded_await(dies(), log), ready(), guarded_await(asyncio.sleep(2), log)
    )
    await guarded_await(asyncio.gather(waits, inner), log)


async def in_a_task_group(die: Die, log: Log) -> None:
    """Inside `async with` of asyncio's own: a group, a time-out, an exit stack, a lock."""

    async def dies() -> None:
        await asyncio.sleep(1)
        guarded(die, log)

    async with AsyncExitStack() as stack, asyncio.Lock(), asyncio.timeout(50):
        stack.callback(log.append, "exit stack")
        await stack.enter_async_context(Telltale(log))  # type: ignore[arg-type]
        async with asyncio.TaskGroup() as group:
            group.create_task(guarded_await(dies(), log))
            group.create_task(guarded_await(asyncio.sleep(99), log))
    log.append("after")


async def in_finally(die: Die, log: Log) -> None:
    """In the very clean-up after an error, and in that of a cancellation."""

    async def cleans_up() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            guarded(die, log)

    task = asyncio.ensure_future(cleans_up())
    await asyncio.sleep(1)
    task.cancel()
    await guarded_await(task, log)


async def in_generators(die: Die, log: Log) -> None:
    """Under generators of both kinds and context managers made of them."""

    def generator() -> Iterator[int]:
        try:
            yield 1
        finally:
            log.append("generator closed")

    async def async_generator() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.sleep(1)
            guarded(die, log)
            yield 2
        finally:
            log.append("asynchronous generator closed")

    @contextmanager
    def manager() -> Iterator[None]:
        try:
            yield
        finally:
            log.append("context manager closed")

    @asynccontextmanager
    async def async_manager() -> AsyncIterator[None]:
        try:
            yield
        finally:
            log.append("asynchronous context manager closed")

    half_way = generator()
    next(half_way)
    with manager():
        async with async_manager():
            async for _ in async_generator():
                pass


async def in_a_thread(die: Die, log: Log) -> None:
    """In a blocking function run by `asyncio.to_thread`."""
    await guarded_await(asyncio.to_thread(guarded, die, log), log)


async def in_an_executor(die: Die, log: Log) -> None:
    """In a blocking function run by the loop's executor, after it has slept."""

    def blocks() -> None:
        time.sleep(1)
        guarded(die, log)

    loop = asyncio.get_running_loop()
    await guarded_await(loop.run_in_executor(None, blocks), log)


async def in_a_callback(die: Die, log: Log) -> None:
    """In a callback of the loop, outside every task."""
    asyncio.get_running_loop().call_later(1, guarded, die, log)
    await guarded_await(asyncio.sleep(2), log)


async def in_a_greenlet_of_its_own(die: Die, log: Log) -> None:
    """On a greenlet the program made, as SQLAlchemy's asyncio does."""
    guarded(lambda: greenlet.greenlet(guarded).switch(die, log), log)


async def in_an_eager_task(die: Die, log: Log) -> None:
    """In a task that runs inside the call that creates it, where Python has such tasks."""

    async def dies() -> None:
        await asyncio.sleep(0)
        guarded(die, log)

    async def makes() -> None:
        asyncio.ensure_future(guarded_await(asyncio.sleep(5), log))  # noqa: RUF006
        await asyncio.ensure_future(guarded_await(dies(), log))

    if sys.version_info >= (3, 12):
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    await guarded_await(asyncio.ensure_future(guarded_await(makes(), log)), log)


async def in_the_first_lines_of_an_eager_task(die: Die, log: Log) -> None:
    """The same, before it has ever been suspended: who creates it is under way too."""

    async def dies() -> None:
        guarded(die, log)

    if sys.version_info >= (3, 12):
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    await guarded_await(asyncio.ensure_future(guarded_await(dies(), log)), log)


BY_ITS_OWN_CALL = [
    in_a_synchronous_call,
    at_an_awaited_point,
    in_a_step,
    in_nested_gather,
    in_a_task_group,
    in_finally,
    in_generators,
    in_a_thread,
    in_an_executor,
    in_a_callback,
    in_a_greenlet_of_its_own,
    in_an_eager_task,
    in_the_first_lines_of_an_eager_task,
]


# -- programs that are killed while they wait ------------------------------------------------


async def while_it_sleeps(log: Log) -> None:
    """In `asyncio.sleep`, with a task beside it that sleeps as well."""
    beside = asyncio.ensure_future(guarded_await(asyncio.sleep(20), log))
    await guarded_await(asyncio.sleep(10), log)
    await beside


async def while_it_waits(log: Log) -> None:
    """On a lock, an event, a queue, a condition and a future nobody sets."""
    condition, lock = asyncio.Condition(), asyncio.Lock()
    await lock.acquire()

    async def notified() -> None:
        async with condition:
            await condition.wait()

    waits = [
        lock.acquire(),
        asyncio.Event().wait(),
        asyncio.Queue[int]().get(),
        notified(),
        asyncio.get_running_loop().create_future(),
    ]
    await asyncio.gather(*(guarded_await(wait, log) for wait in waits))


async def while_it_waits_with_a_limit(log: Log) -> None:
    """In `wait_for` and in `asyncio.timeout`."""

    async def limited() -> None:
        async with asyncio.timeout(20):
            await asyncio.Event().wait()

    await asyncio.gather(
        guarded_await(asyncio.wait_for(asyncio.Event().wait(), 30), log),
        guarded_await(limited(), log),
    )


async def while_a_thread_sleeps(log: Log) -> None:
    """In a blocking function that sleeps beside the loop."""
    await guarded_await(asyncio.to_thread(guarded, lambda: time.sleep(10), log), log)


async def while_an_executor_sleeps(log: Log) -> None:
    """The same, given to the loop's executor, twice."""
    loop = asyncio.get_running_loop()
    jobs = [loop.run_in_executor(None, guarded, lambda: time.sleep(10), log) for _ in range(2)]
    await guarded_await(asyncio.gather(*jobs), log)


async def while_it_blocks(log: Log) -> None:
    """In `time.sleep` on the loop itself, with a task that would be ready."""
    beside = asyncio.ensure_future(guarded_await(asyncio.sleep(0), log))
    guarded(lambda: time.sleep(10), log)
    await beside


async def while_a_timer_is_set(log: Log) -> None:
    """What only a timer refers to is kept too: an object, a generator, a closed-over coroutine."""

    def generator() -> Iterator[int]:
        try:
            yield 1
        finally:
            log.append("generator closed")

    half_way = generator()
    next(half_way)
    loop = asyncio.get_running_loop()
    loop.call_later(5, print, Telltale(log), half_way)
    loop.call_later(5, log.append, "a timer of the dead rang")
    del half_way
    await guarded_await(asyncio.sleep(10), log)


async def while_a_greenlet_of_its_own_sleeps(log: Log) -> None:
    """A greenlet the program made blocks; the process blocks with it."""
    guarded(lambda: greenlet.greenlet(guarded).switch(lambda: time.sleep(10), log), log)


async def while_it_lets_generators_go(log: Log) -> None:
    """An asynchronous generator whose closing was begun and not finished."""

    async def generator() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            await guarded_await(asyncio.sleep(10), log)

    half_way = generator()
    await anext(half_way)
    del half_way
    await guarded_await(asyncio.sleep(10), log)


WHILE_IT_WAITS = [
    while_it_sleeps,
    while_it_waits,
    while_it_waits_with_a_limit,
    while_a_thread_sleeps,
    while_an_executor_sleeps,
    while_it_blocks,
    while_a_timer_is_set,
    while_a_greenlet_of_its_own_sleeps,
    while_it_lets_generators_go,
]


def let_go_on(world: World, until: float) -> None:
    """Let everything that could still happen in a world happen."""
    world.at(until, lambda: None)
    world.drive(None, lambda: world.now >= until)


def killed_by_its_own_call(program: Callable[[Die, Log], Any], log: Log) -> None:
    """Live a program in a world of its own until its process is dead, and 200 s on."""
    world = World()
    with isolated(world, "seed"):
        process = world.spawn()

        def die() -> None:
            log.append("dies")
            world.kill(process)

        process.start(program(die, log))
        world.drive(None, lambda: process.dead)
        let_go_on(world, 200.0)


def killed_from_outside(program: Callable[[Log], Any], log: Log) -> None:
    """Live a program in a world that kills it after a second, and 200 s on."""
    world = World()
    with isolated(world, "seed"):
        process = world.spawn()

        def strike() -> None:
            log.append("dies")
            world.kill(process)

        process.start(program(log))
        world.at(1.0, strike)
        let_go_on(world, 200.0)
        assert process.dead


@pytest.mark.parametrize("program", BY_ITS_OWN_CALL, ids=lambda program: program.__name__)
def test_nothing_runs_after_a_kill_at_a_point(program: Callable[[Die, Log], Any]) -> None:
    """The call that kills never returns, and no line of the process runs afterwards.

    Not when its timers would be due, not when the world is dropped, not when garbage is
    collected.
    """
    log: Log = []
    killed_by_its_own_call(program, log)
    gc.collect()
    assert ["dies"] == log


@pytest.mark.parametrize("program", WHILE_IT_WAITS, ids=lambda program: program.__name__)
def test_nothing_runs_after_a_kill_from_outside(program: Callable[[Log], Any]) -> None:
    """A process that waits when the world kills it never comes back."""
    log: Log = []
    killed_from_outside(program, log)
    gc.collect()
    assert ["dies"] == log


@pytest.mark.parametrize(
    "program", [*BY_ITS_OWN_CALL, *WHILE_IT_WAITS], ids=lambda program: program.__name__
)
def test_without_the_kill_the_same_programs_do_go_on(program: Callable[..., Any]) -> None:
    """The tests above can fail: left alone, and in the end cancelled, each gets to its lines."""
    log: Log = []
    world = World()
    with isolated(world, "seed"):
        process = world.spawn()
        given = (lambda: None, log) if program in BY_ITS_OWN_CALL else (log,)
        process.start(program(*given))
        let_go_on(world, 100.0)
        for task in asyncio.all_tasks(process.loop):
            task.cancel()
        let_go_on(world, 200.0)
    assert {"finally", "after"} <= set(log)


# -- the living ------------------------------------------------------------------------------


async def look_around(world: World, process: Process) -> dict[str, Any]:
    """Report whatever a dead process might have left behind, as a living one sees it."""
    loop = asyncio.get_running_loop()
    hooks = sys.get_asyncgen_hooks()
    seen = {
        "loop": loop is process.loop,
        "task": asyncio.current_task() in asyncio.all_tasks(),
        "tasks": len(asyncio.all_tasks()),
        "variable": VARIABLE.get(),
        "current": world.current is process,
        "greenlet": process.owns(greenlet.getcurrent()),
        "firstiter": hooks.firstiter == loop.asyncgens.add,  # type: ignore[attr-defined]
    }
    closed: Log = []

    async def generator() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            closed.append("closed")

    half_way = generator()
    await anext(half_way)
    del half_way
    await asyncio.sleep(1)
    seen["generator"] = closed
    seen["thread"] = await asyncio.to_thread(VARIABLE.get)
    before = world.now
    time.sleep(2)
    seen["slept"] = world.now - before
    return seen


UNTOUCHED = {
    "loop": True,
    "task": True,
    "tasks": 1,
    "variable": "untouched",
    "current": True,
    "greenlet": True,
    "firstiter": True,
    "generator": ["closed"],
    "thread": "untouched",
    "slept": 2.0,
}


@pytest.mark.parametrize(
    "program", [*BY_ITS_OWN_CALL, *WHILE_IT_WAITS], ids=lambda program: program.__name__
)
def test_the_next_process_and_the_next_world_are_untouched(program: Callable[..., Any]) -> None:
    """Current task, running loop, context, generator hooks: nothing of the dead is left in them."""
    hooks = sys.get_asyncgen_hooks()
    world = World()
    with isolated(world, "seed"):
        process = world.spawn()

        def die() -> None:
            world.kill(process)

        async def soiled() -> None:
            VARIABLE.set("soiled")
            await (program(die, []) if program in BY_ITS_OWN_CALL else program([]))

        process.start(soiled())
        world.at(1.0, die)
        world.drive(None, lambda: process.dead)
        following = world.spawn()
        task = following.start(look_around(world, following))
        world.drive(None, task.done)
        assert asyncio.current_task(process.loop) is None
    assert UNTOUCHED == task.result()

    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    assert ("untouched", hooks, None) == (VARIABLE.get(), sys.get_asyncgen_hooks(), world.current)

    afterwards = World()
    with isolated(afterwards, "seed"):
        process = afterwards.spawn()
        task = process.start(look_around(afterwards, process))
        afterwards.drive(None, task.done)
    assert UNTOUCHED == task.result()


def test_a_process_may_kill_another() -> None:
    """The killer goes on, the killed does not, and neither sees the other's loop."""
    log: Log = []
    world = World()
    with isolated(world, "seed"):
        victim, killer = world.spawn(), world.spawn()
        victim.start(guarded_await(asyncio.sleep(10), log))

        async def kill() -> str:
            await asyncio.sleep(1)
            world.kill(victim)
            await asyncio.sleep(20)
            return "lives"

        task = killer.start(kill())
        world.drive(None, task.done)
    gc.collect()
    assert ("lives", [], True, False) == (task.result(), log, victim.dead, killer.dead)


def test_killing_twice_is_killing_once() -> None:
    """A fault that comes too late changes nothing."""
    world = World()
    with isolated(world, "seed"):
        process = world.spawn()
        process.start(asyncio.sleep(10))
        world.kill(process)
        world.kill(process)
        let_go_on(world, 20.0)
    assert process.dead


def test_a_job_that_had_not_begun_is_never_begun() -> None:
    """A blocking function handed over in the very turn of the kill does not run."""
    log: Log = []
    world = World()
    with isolated(world, "seed"):
        process = world.spawn()

        async def program() -> None:
            asyncio.get_running_loop().run_in_executor(None, log.append, "ran")
            world.kill(process)

        process.start(program())
        world.drive(None, lambda: process.dead)
        let_go_on(world, 10.0)
    assert [] == log


def test_a_task_that_had_not_begun_is_not_complained_about() -> None:
    """No `coroutine was never awaited` and no `Task was destroyed` for what a kill cut short.

    With warnings as errors pytest would report them, from the collection below.
    """
    world = World()
    with isolated(world, "seed"):
        process = world.spawn()
        process.start(asyncio.sleep(1))
        world.kill(process)
        let_go_on(world, 10.0)
    del process, world
    gc.collect()


def test_a_thread_that_no_program_started_outlives_the_process_it_works_for() -> None:
    """What an executor of somebody else still does goes on; its result goes nowhere."""
    log: Log = []
    world = World()
    done = threading.Event()
    with ThreadPoolExecutor(1) as executor, isolated(world, "seed"):
        executor.submit(int).result()  # its thread is there before the program is
        process = world.spawn()

        async def program() -> None:
            loop = asyncio.get_running_loop()
            await guarded_await(loop.run_in_executor(executor, done.wait, 10), log)

        process.start(program())
        world.at(0.0, lambda: world.kill(process))
        world.drive(None, lambda: bool(process.loop.pending_threads))
        world.kill(process)
        done.set()
        let_go_on(world, 10.0)
    gc.collect()
    assert [] == log


AT_EXIT = """
import asyncio, gc, time
from agnt5_sim.world import World, isolated

world = World()
kept = None

def generator():
    try:
        yield
    finally:
        print("generator closed")

class Telltale:
    def __del__(self):
        print("__del__")

async def program(process, place):
    global kept
    telltale = Telltale()
    kept = half_way = generator()
    next(half_way)
    try:
        if place == "event":  # nothing but itself refers to it
            await asyncio.Event().wait()
        async with asyncio.timeout(60):
            if place == "at a point":
                world.kill(process)
            elif place == "thread":
                await asyncio.to_thread(world.kill, process)
            elif place == "blocked":
                time.sleep(50)
            else:
                await asyncio.gather(asyncio.sleep(50), asyncio.Event().wait())
            print("went on")
    except BaseException:
        print("except BaseException")
    finally:
        print("finally", telltale)

with isolated(world, "seed"):
    for place in ("at a point", "thread", "blocked", "gather", "event"):
        process = world.spawn()
        process.start(program(process, place))
        world.at(world.now + 1, lambda process=process: world.kill(process))
        world.drive(None, lambda: process.dead)
del process, world
gc.collect()
print("the end")
"""


def test_nothing_runs_at_the_end_of_the_interpreter() -> None:
    """An interpreter that ends in the ordinary way does not take the dead apart."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", AT_EXIT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ("the end\n", "", 0) == (ended.stdout, ended.stderr, ended.returncode)
