"""Nothing hangs: decision 13 of the design."""

from __future__ import annotations

import asyncio
import gc
import math
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from agnt5_sim.errors import Spinning, Stuck
from agnt5_sim.world import VirtualLoop, World, isolated
from agnt5_sim.world.clock import real_process_time, real_sleep

Live = Callable[..., Any]


def line_of(text: str) -> int:
    """Return the number of the first line of this file that contains `text`."""
    lines = Path(__file__).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


# -- stuck -----------------------------------------------------------------------------------


def test_stuck_says_what_every_task_waits_for() -> None:
    """Each unfinished task of each process and of the test: where it stands, what it awaits."""
    world = World()

    async def deep() -> None:
        await asyncio.Event().wait()  # the deepest line of the first worker

    async def waits() -> None:
        await deep()

    async def gathers() -> None:
        await asyncio.gather(waits(), asyncio.Queue[int]().get())

    async def joins() -> None:
        await asyncio.ensure_future(waits())

    async def home() -> None:
        first, second = world.spawn(), world.spawn()
        first.start(gathers())
        second.start(joins())
        await asyncio.get_running_loop().create_future()  # the test itself

    loop = VirtualLoop(world)
    with isolated(world, "seed"), pytest.raises(Stuck) as raised:
        loop.run_until_complete(home())
    prefix = "test_stuck_says_what_every_task_waits_for.<locals>."
    place = f"{__file__}:{line_of('# the deepest line')} in deep: await asyncio.Event().wait()"
    here = f"{__file__}:"
    itself = f"{__file__}:{line_of('# the test itself')}"
    lines = str(raised.value).splitlines()
    assert 7 == len(lines)
    for expected, seen in zip(
        [
            f"worker 1: task {prefix}gathers waits for a _GatheringFuture nobody has set at {here}",
            f"worker 1: task {prefix}waits waits for a Future nobody has set at {place}",
            "worker 1: task Queue.get waits for a Future nobody has set",
            f"worker 2: task {prefix}joins waits for task {prefix}waits at {__file__}:",
            f"worker 2: task {prefix}waits waits for a Future nobody has set at {place}",
            f"test: task {prefix}home waits for a Future nobody has set at {itself} in home: ",
            "no timer is set",
        ],
        lines,
        strict=True,
    ):
        assert expected == seen[: len(expected)]


def test_stuck_carries_what_the_world_can_explain(live: Live) -> None:
    """Whoever set `world.explain` is asked, once nothing can go on."""

    async def program(world: World) -> None:
        world.explain = lambda: "run r1 waits for an answer"
        await asyncio.Event().wait()

    with pytest.raises(Stuck, match=r"run r1 waits for an answer\nno timer is set$"):
        live(program)


def test_the_next_timer_is_told(live: Live) -> None:
    """`describe_waits` says when it is due; cancelled timers and those of the dead do not count."""

    async def program(world: World) -> str:
        loop = asyncio.get_running_loop()
        loop.call_later(3, print).cancel()
        dead = world.spawn()
        dead.loop.call_later(4, print)
        world.kill(dead)
        loop.call_later(5.5, int)
        return world.describe_waits().splitlines()[-1]

    assert "next timer at 5.5 s" == live(program)


def test_a_ready_task_is_told_from_a_waiting_one(live: Live) -> None:
    """A task that has not begun, or may go on, waits for nothing."""

    async def beside() -> None:
        pass

    async def program(world: World) -> str:
        asyncio.ensure_future(beside())  # noqa: RUF006 - it is done before the program is
        described = world.describe_waits()
        await asyncio.sleep(0)
        return described

    assert "beside is ready to run at " in live(program)


@pytest.mark.parametrize("seconds", [math.inf, None])
def test_waiting_for_ever_is_stuck_and_moves_no_time(seconds: float | None) -> None:
    """`sleep(inf)`, which stands for *for ever*, is not a timer that comes after all."""
    world = World()

    async def program() -> None:
        async with asyncio.timeout(seconds):
            await asyncio.sleep(math.inf)

    with isolated(world, "seed"):
        task = world.spawn().start(program())
        with pytest.raises(Stuck, match=r"in program: await asyncio.sleep"):
            world.drive(None, task.done)
    assert 0.0 == world.now


def test_a_kill_can_leave_a_world_stuck() -> None:
    """What waits for a dead process waits in vain, and that is said at once."""
    world = World()

    async def home() -> None:
        process = world.spawn()
        task = process.start(asyncio.sleep(10))
        world.at(1.0, lambda: world.kill(process))
        while not task.done():
            await asyncio.Event().wait()

    with (
        isolated(world, "seed"),
        asyncio.Runner(loop_factory=lambda: VirtualLoop(world)) as runner,
        pytest.raises(Stuck, match=r"test: task .*home waits for"),
    ):
        runner.run(home())
    assert 1.0 == world.now


def test_a_world_waits_for_a_real_thread_before_it_says_stuck(live: Live) -> None:
    """An executor's thread is somebody who may still set a future."""

    async def program(world: World) -> str:
        with ThreadPoolExecutor(1) as executor:
            signalled = asyncio.get_running_loop().run_in_executor(executor, pow, 2, 10)
            return f"{await signalled} at {world.now}"

    assert "1024 at 0.0" == live(program)


def test_a_thread_that_gives_no_sign_is_stuck(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """The world does not wait for ever in real time either."""
    monkeypatch.setattr("agnt5_sim.world.blocking.Blocking.patience", 0.05)
    release = threading.Event()
    executor = ThreadPoolExecutor(1)
    executor.submit(int).result()  # its thread is there before the program is

    async def program(world: World) -> None:
        await asyncio.get_running_loop().run_in_executor(executor, release.wait, 30)

    try:
        with pytest.raises(
            Stuck, match=r"an executor thread gave no sign for 0\.05 s of real time"
        ):
            live(program)
    finally:
        release.set()
        executor.shutdown()


# -- spinning by turns -----------------------------------------------------------------------


def test_a_loop_that_only_yields_is_spinning() -> None:
    """After so many turns at one instant the world says so, and of whom."""
    world = World(turn_limit=500)
    rounds = 0

    async def polls() -> None:
        nonlocal rounds
        await asyncio.sleep(2)
        while True:
            rounds += 1
            await asyncio.sleep(0)  # only yields

    with isolated(world, "seed"):
        task = world.spawn().start(polls())
        with pytest.raises(Spinning) as raised:
            world.drive(None, task.done)
    first, second, third = str(raised.value).splitlines()
    assert first.startswith("500 loop turns passed at 2 s without virtual time moving")
    assert "asyncio.sleep(0.1) instead of sleep(0)" in first
    assert second.startswith("worker 1: task ")
    assert f"{__file__}:{line_of('# only yields')} in polls: await asyncio.sleep(0)" in second
    assert "no timer is set" == third
    assert 500 <= rounds < 600


def test_two_tasks_that_wake_each_other_are_spinning() -> None:
    """Across processes too, and in the test's own loop."""
    world = World(turn_limit=500)

    async def forth_and_back(mine: asyncio.Queue[int], yours: asyncio.Queue[int]) -> None:
        while True:
            yours.put_nowait(await mine.get())

    async def home() -> None:
        ping, pong = asyncio.Queue[int](), asyncio.Queue[int]()
        ping.put_nowait(1)
        await asyncio.gather(forth_and_back(ping, pong), forth_and_back(pong, ping))

    with (
        isolated(world, "seed"),
        asyncio.Runner(loop_factory=lambda: VirtualLoop(world)) as runner,
        pytest.raises(Spinning, match="in forth_and_back"),
    ):
        runner.run(home())


@pytest.mark.parametrize("means", ["time", "progress"])
def test_a_program_that_gets_somewhere_is_not_spinning(means: str, live: Live) -> None:
    """Time that moves, or something asked of the platform, starts the count anew."""

    async def program(world: World) -> int:
        for _ in range(20):
            for _ in range(50):
                await asyncio.sleep(0)
            if means == "time":
                await asyncio.sleep(0.001)
            else:
                world.ask()
        return world.turns

    assert 1000 < live(program, turn_limit=100)


def test_a_sleep_too_short_to_move_time_is_spinning() -> None:
    """Where a float cannot tell the instant from the next, the loop would never end."""
    world = World(turn_limit=500)

    async def program() -> None:
        await asyncio.sleep(1e9)
        while True:  # noqa: ASYNC110 - that is the point
            await asyncio.sleep(1e-9)

    with isolated(world, "seed"):
        task = world.spawn().start(program())
        with pytest.raises(Spinning, match=r"500 loop turns passed at 1e\+09 s"):
            world.drive(None, task.done)


# -- spinning by processor time --------------------------------------------------------------

needs_timer = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="processor time is watched by a POSIX timer"
)


@needs_timer
def test_a_program_that_never_awaits_is_stopped_with_its_stack() -> None:
    """The error shows where it was, although the program swallows whatever is raised in it."""
    world = World()
    log: list[str] = []

    def spins_here() -> None:
        while True:
            try:
                sum(range(100))
            except BaseException:  # noqa: BLE001 - that is the point
                log.append("swallowed")

    async def step() -> None:
        await asyncio.sleep(3)
        try:
            spins_here()
        finally:
            log.append("finally")

    with isolated(world, "seed", stall=0.1):
        process = world.spawn()
        task = process.start(step())
        with pytest.raises(Spinning) as raised:
            world.drive(None, task.done)
    first, *stack = str(raised.value).splitlines()
    assert (
        "a program ran for 0.1 s of processor time without ever awaiting, at virtual time 3 s."
        " It was stopped here:" == first
    )
    assert f"{__file__}:{line_of('    spins_here()')} in step: spins_here()" in stack[-2]
    assert f"{__file__}:" in stack[-1]
    assert " in spins_here: " in stack[-1]
    gc.collect()
    assert ([], True) == (log, process.dead)


@needs_timer
@pytest.mark.parametrize("kind", ["to_thread", "callback"])
def test_whatever_a_process_runs_is_watched(kind: str) -> None:
    """A blocking function beside the loop, and a callback, are stopped in the same way."""
    world = World()

    def spins_here() -> None:
        while True:
            pass

    async def program() -> None:
        if kind == "to_thread":
            await asyncio.to_thread(spins_here)
        asyncio.get_running_loop().call_soon(spins_here)
        await asyncio.sleep(1)

    with isolated(world, "seed", stall=0.1):
        task = world.spawn().start(program())
        with pytest.raises(Spinning, match="in spins_here"):
            world.drive(None, task.done)


def _busy(seconds: float) -> None:
    """Use so much processor time, nearly all of it in the program and not in the kernel."""
    until = real_process_time() + seconds
    while real_process_time() < until:
        sum(range(10_000))


@needs_timer
def test_work_in_turns_is_not_spinning(live: Live) -> None:
    """The limit is for one turn: a program that awaits between its work may take long over it."""

    async def program(world: World) -> str:
        for _ in range(6):
            _busy(0.1)
            await asyncio.sleep(0)
        return "done"

    assert "done" == live(program, stall=0.4)


@needs_timer
def test_the_test_itself_is_not_watched() -> None:
    """Outside of every process nobody is stopped, in a life or not."""
    world = World()
    with isolated(world, "seed", stall=0.1):
        _busy(0.3)
        world.at(1.0, lambda: _busy(0.3))
        task = world.spawn().start(asyncio.sleep(2, "done"))
        world.drive(None, task.done)
    assert "done" == task.result()


# -- blocked ---------------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count a program as blocked sooner."""
    monkeypatch.setattr("agnt5_sim.world.watch.BLOCKED_S", 0.4)


def locked() -> None:
    """Wait for a lock that nobody else has."""
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()  # for ever


BLOCKS: dict[str, Callable[[], Any]] = {
    "lock": locked,
    "queue": lambda: queue.Queue[int]().get(),
    "event": lambda: threading.Event().wait(),
    "future": lambda: Future[int]().result(),
}
OLD = threading.Lock()
"""Made before every life, so that the world does not see who waits for it."""


@pytest.fixture
def old() -> Iterator[Callable[[], Any]]:
    """Return what waits for an old lock that is taken."""
    OLD.acquire()
    yield OLD.acquire
    OLD.release()


@pytest.mark.parametrize("beside", [False, True], ids=["in the loop", "beside the loop"])
@pytest.mark.parametrize("blocks", BLOCKS)
def test_a_program_that_blocks_for_ever_is_stopped(blocks: str, beside: bool) -> None:
    """What nobody can bring never comes, which is known at once; nothing of the program runs on."""
    log: list[str] = []
    world = World()

    async def program() -> None:
        await asyncio.sleep(3)
        try:
            if beside:
                await asyncio.to_thread(BLOCKS[blocks])
            else:
                BLOCKS[blocks]()
        finally:
            log.append("finally")

    with isolated(world, "seed"):
        process = world.spawn()
        task = process.start(program())
        with pytest.raises(Spinning) as raised:
            world.drive(None, task.done)
    first, *stack = str(raised.value).splitlines()
    assert first.startswith("a program waits without awaiting for a lock, a queue or a thread")
    assert first.endswith("at virtual time 3 s. It was stopped here:")
    assert any(f"{__file__}:" in line for line in stack)
    gc.collect()
    assert ([], True) == (log, process.dead)


@needs_timer
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("beside", [False, True], ids=["in the loop", "beside the loop"])
def test_a_program_that_blocks_out_of_sight_is_stopped(
    beside: bool, old: Callable[[], Any]
) -> None:
    """A lock that is older than the life is waited for in real time, though not for ever."""
    world = World()

    async def program() -> None:
        await asyncio.sleep(3)
        if beside:
            await asyncio.to_thread(old)
        else:
            old()

    with isolated(world, "seed"):
        process = world.spawn()
        task = process.start(program())
        with pytest.raises(Spinning) as raised:
            world.drive(None, task.done)
    first, *stack = str(raised.value).splitlines()
    assert first.startswith("a program has waited for 0.4 s of real time without awaiting")
    assert first.endswith("at virtual time 3 s. It was stopped here:")
    assert process.dead
    assert beside or any(f"{__file__}:" in line for line in stack)


@needs_timer
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("stall", [0.001, 0.3])
def test_who_blocks_does_not_spin_however_little_time_a_turn_may_take(
    stall: float, live: Live, old: Callable[[], Any]
) -> None:
    """To look at it takes processor time, which is not its own; nor is what others use meanwhile."""

    async def program(world: World) -> None:
        old()

    with pytest.raises(Spinning, match=r"has waited for 0\.4 s of real time"):
        live(program, stall=stall)


@needs_timer
@pytest.mark.usefixtures("impatient")
def test_a_program_that_blocks_after_long_work_is_stopped(
    live: Live, old: Callable[[], Any]
) -> None:
    """What it did before, in the same turn, does not count."""

    async def program(world: World) -> None:
        _busy(0.5)
        old()

    with pytest.raises(Spinning, match=r"has waited for 0\.4 s of real time"):
        live(program)


@needs_timer
@pytest.mark.usefixtures("impatient")
def test_who_sits_at_a_debuggers_prompt_may_take_their_time(live: Live) -> None:
    """A program that blocks inside a debugger is being looked at."""
    prompt: dict[str, Any] = {"__name__": "pdb", "sleep": real_sleep}
    exec("def prompt():\n    sleep(0.7)", prompt)  # noqa: S102

    async def program(world: World) -> str:
        prompt["prompt"]()
        return "done"

    assert "done" == live(program)


@pytest.fixture
def alarmed() -> Iterator[None]:
    """Have an alarm set already, as plugins do that end tests after a while."""
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 1000)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@needs_timer
@pytest.mark.usefixtures("impatient", "alarmed")
def test_a_timer_that_somebody_else_set_is_left_alone() -> None:
    """A time-out plugin's alarm goes on, and rings where it would have."""
    with isolated(World(), "seed"):
        assert signal.SIG_IGN == signal.getsignal(signal.SIGALRM)
    assert 900 < signal.getitimer(signal.ITIMER_REAL)[0]


@needs_timer
@pytest.mark.usefixtures("alarmed")
def test_spinning_is_seen_beside_somebody_elses_alarm(live: Live) -> None:
    """Then it is a timer of processor time that looks."""

    async def program(world: World) -> None:
        while True:
            pass

    with pytest.raises(Spinning, match=r"ran for 0\.1 s of processor time"):
        live(program, stall=0.1)


@needs_timer
@pytest.mark.parametrize("taken", [False, True])
def test_the_watch_is_taken_away_again(taken: bool, request: pytest.FixtureRequest) -> None:
    """The signal's handler and timer are as they were, after an error too."""
    if taken:
        request.getfixturevalue("alarmed")
    alarm = signal.SIGVTALRM if taken else signal.SIGALRM
    timer = signal.ITIMER_VIRTUAL if taken else signal.ITIMER_REAL
    before = signal.getsignal(alarm)
    with isolated(World(), "seed"):
        assert before != signal.getsignal(alarm)
        assert 0.0 < signal.getitimer(timer)[0]
    with pytest.raises(ZeroDivisionError), isolated(World(), "seed"):
        raise ZeroDivisionError
    assert (before, 0.0) == (signal.getsignal(alarm), signal.getitimer(timer)[0])


def test_a_program_that_looks_for_ever_for_what_never_comes_is_stopped() -> None:
    """Time moves between its looks, so it is not spinning in place; it gets nowhere all the same."""
    world = World(turn_limit=100)

    async def look() -> None:
        while True:  # noqa: ASYNC110 - that is the point
            await asyncio.sleep(0.5)

    task = world.spawn().start(look())

    with pytest.raises(Spinning, match="looks again and again for what never comes"):
        world.drive(None, task.done)
