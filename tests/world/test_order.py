"""Who runs when: virtual time, the order of timers, branches, and how a process ends."""

# ruff: noqa: ASYNC251 - blocking sleeps are among what is tested

from __future__ import annotations

import asyncio
import contextvars
import gc
import itertools
import random
import sys
import time
import weakref
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from agnt5_sim.world import Process, VirtualLoop, World, current_branch, isolated
from agnt5_sim.world.branches import enter, room_for

Live = Callable[..., Any]
YEAR = 365.25 * 24 * 3600


# -- time ------------------------------------------------------------------------------------


def test_time_starts_at_nothing(live: Live) -> None:
    """A loop's time is small numbers, whatever the date is; at an epoch's size ticks get lost."""

    async def program(world: World) -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        before = loop.time()
        await asyncio.sleep(0.25)
        return before, loop.time()

    assert (0.0, 0.25) == live(program)


@pytest.mark.parametrize("seconds", [1, 3600, 10 * YEAR, 1000 * YEAR])
def test_a_sleep_takes_as_many_turns_however_long_it_is(seconds: float) -> None:
    """Time jumps: ten years cost what a second costs."""

    def turns(seconds: float) -> tuple[int, float]:
        world = World()
        with isolated(world, "seed"):
            task = world.spawn().start(asyncio.sleep(seconds))
            world.drive(None, task.done)
        return world.turns, world.now

    assert (turns(1)[0], seconds) == turns(seconds)


def test_timers_ring_by_instant_and_then_in_the_order_in_which_they_were_set() -> None:
    """Ties included, of a thousand timers, whichever loop set them."""
    world = World()
    rang: list[tuple[float, int]] = []
    source = random.Random(7)
    with isolated(world, "seed"):
        loops = [world.spawn().loop for _ in range(1)]
        for number in range(1000):
            due = source.randrange(20) / 4
            source.choice(loops).call_at(due, rang.append, (due, number))
        world.at(10.0, lambda: None)
        world.drive(None, lambda: world.now >= 10.0)
    assert 1000 == len(rang)
    assert sorted(rang) == rang


def test_a_timer_of_the_past_rings_now_and_after_those_that_are_due(live: Live) -> None:
    """Time never goes backwards."""

    async def program(world: World) -> list[tuple[str, float]]:
        rang: list[tuple[str, float]] = []
        loop = asyncio.get_running_loop()
        await asyncio.sleep(5)
        loop.call_at(5, lambda: rang.append(("now", world.now)))
        loop.call_at(1, lambda: rang.append(("past", world.now)))
        loop.call_later(-3, lambda: rang.append(("negative", world.now)))
        await asyncio.sleep(1)
        return rang

    assert {("past", 5.0), ("negative", 5.0), ("now", 5.0)} == set(live(program))


def test_what_is_cancelled_does_not_run_nor_move_time(live: Live) -> None:
    """A callback, a timer, and a time-out that was not needed leave no trace."""

    async def program(world: World) -> tuple[list[str], float, list[Any]]:
        ran: list[str] = []
        loop = asyncio.get_running_loop()
        loop.call_soon(ran.append, "callback").cancel()
        loop.call_later(1, ran.append, "timer").cancel()
        async with asyncio.timeout(50):
            await asyncio.sleep(2)
        return ran, world.now, world.unhandled_errors

    assert ([], 2.0, []) == live(program)


def test_an_action_of_the_world_is_one_timer_among_others() -> None:
    """`world.at` rings in the order it was set in, outside every process, and can be cancelled."""
    world = World()
    rang: list[tuple[str, Any]] = []
    with isolated(world, "seed"):
        process = world.spawn()
        process.loop.call_at(1, lambda: rang.append(("first", world.current is process)))
        world.at(1, lambda: rang.append(("second", world.current)))
        world.at(1, lambda: rang.append(("cancelled", None))).cancel()
        world.at(0.5, lambda: world.at(0.1, lambda: rang.append(("past", world.now))))
        world.at(2, lambda: rang.append(("last", world.now)))
        world.drive(None, lambda: world.now >= 2)
    # What is due of the world is done as time moves, what is due of a loop in its next turn.
    assert [("past", 0.5), ("second", None), ("first", True), ("last", 2.0)] == rang


# -- several processes -----------------------------------------------------------------------


def interleaved(seed: str) -> list[tuple[float, str, int]]:
    """Live two processes that yield, sleep and block, and return the order of their lines."""
    world = World()
    log: list[tuple[float, str, int]] = []

    async def program(name: str, pauses: list[float]) -> None:
        for number, pause in enumerate(pauses):
            log.append((world.now, name, number))
            if name == "c" and number == 1:
                time.sleep(1)
            await asyncio.sleep(pause)
        log.append((world.now, name, len(pauses)))

    with isolated(world, seed):
        tasks = [
            world.spawn().start(program("a", [0, 1, 2])),
            world.spawn().start(program("b", [1, 0, 0, 1.5])),
            world.spawn().start(program("c", [0, 1])),
        ]
        world.drive(None, lambda: all(task.done() for task in tasks))
    return log


def test_processes_share_time_and_take_turns() -> None:
    """Each instant they run in the order in which they came to be, a turn each."""
    assert [
        (0.0, "a", 0),
        (0.0, "b", 0),
        (0.0, "c", 0),
        (0.0, "a", 1),
        (0.0, "c", 1),
        (1.0, "a", 2),
        (1.0, "b", 1),
        (1.0, "b", 2),
        (1.0, "b", 3),
        (2.0, "c", 2),
        (2.5, "b", 4),
        (3.0, "a", 3),
    ] == interleaved("seed")


def test_the_order_of_turns_depends_on_nothing_else() -> None:
    """Life after life, whatever the seed and whatever is in memory."""
    assert 1 == len({tuple(interleaved(str(seed))) for seed in range(5)})


def test_the_test_and_its_processes_share_one_time() -> None:
    """A home loop sleeps beside its processes, and each sees only its own tasks and loop."""
    world = World()
    log: list[tuple[str, float]] = []

    async def worker() -> int:
        for _ in range(3):
            await asyncio.sleep(1)
            log.append(("worker", asyncio.get_running_loop().time()))
        return len(asyncio.all_tasks())

    async def home() -> tuple[int, int]:
        task = world.spawn().start(worker())
        await asyncio.sleep(1.5)
        log.append(("home", asyncio.get_running_loop().time()))
        await asyncio.sleep(2)
        return task.result(), len(asyncio.all_tasks())

    with isolated(world, "seed"), asyncio.Runner(loop_factory=lambda: VirtualLoop(world)) as runner:
        assert (1, 1) == runner.run(home())
    assert [("worker", 1.0), ("home", 1.5), ("worker", 2.0), ("worker", 3.0)] == log


# -- branches --------------------------------------------------------------------------------


def branches(delays: tuple[float, ...]) -> dict[str, str]:
    """Live a program of gathers and groups, and return the branch each part of it was on."""
    seen: dict[str, str] = {}

    async def part(name: str, delay: float) -> None:
        await asyncio.sleep(delay)
        seen[name] = current_branch()
        await asyncio.sleep(delay)

    async def nested(name: str) -> None:
        await asyncio.gather(part(f"{name}.x", delays[0]), part(f"{name}.y", delays[1]))
        await part(name, delays[2])
        async with asyncio.TaskGroup() as group:
            group.create_task(part(f"{name}.g", delays[3]))
            group.create_task(part(f"{name}.h", delays[0]))

    async def program() -> None:
        await part("main", 0)
        await asyncio.gather(nested("p"), part("q", delays[1]), nested("r"))
        async with asyncio.TaskGroup() as group:
            group.create_task(nested("s"))
            await part("still main", delays[2])
            group.create_task(part("t", delays[3]))
        await asyncio.wait_for(part("w", 0), 60)

    world = World()
    with isolated(world, "seed"):
        task = world.spawn().start(program())
        world.drive(None, task.done)
    task.result()
    return seen


def test_a_branch_is_the_path_of_creations() -> None:
    """`""` for the first task, then the number of each task among those its parent created."""
    # wait_for makes a task of its own on 3.11 only.
    waited_for = "5" if sys.version_info < (3, 12) else ""
    assert {
        "main": "",
        "still main": "",
        "p": "0",
        "p.x": "0.0",
        "p.y": "0.1",
        "p.g": "0.2",
        "p.h": "0.3",
        "q": "1",
        "r": "2",
        "r.x": "2.0",
        "r.y": "2.1",
        "r.g": "2.2",
        "r.h": "2.3",
        "s": "3",
        "s.x": "3.0",
        "s.y": "3.1",
        "s.g": "3.2",
        "s.h": "3.3",
        "t": "4",
        "w": waited_for,
    } == branches((1, 2, 3, 4))


def test_a_branch_does_not_depend_on_timing() -> None:
    """Whichever part is faster, it keeps its name."""
    expected = branches((0, 0, 0, 0))
    for delays in itertools.permutations((0, 1, 2, 2.5)):
        assert expected == branches(delays)


def test_processes_and_callbacks_begin_branches_of_their_own(live: Live) -> None:
    """Every first task is the root of its program; a callback's is a branch of who set it up."""

    async def branch() -> str:
        return current_branch()

    async def program(world: World) -> list[str]:
        loop = asyncio.get_running_loop()
        made: list[Any] = []
        loop.call_soon(lambda: made.append(loop.create_task(branch())))
        other = world.spawn().start(branch())
        own = loop.create_task(branch())
        await asyncio.sleep(1)
        return [await made[0], other.result(), own.result()]

    assert ["callback/0", "", "0"] == live(program)


def test_a_branch_does_not_depend_on_who_makes_the_tasks(live: Live) -> None:
    """Tasks of a factory are on branches of their own, and so are the tasks that they create."""

    class Own(asyncio.Task[Any]):
        pass

    async def part() -> list[str]:
        return [current_branch(), *await asyncio.gather(leaf(), leaf())]

    async def leaf() -> str:
        return current_branch()

    async def program(_world: World) -> list[list[str]]:
        loop = asyncio.get_running_loop()
        loop.set_task_factory(lambda loop, coro, **kwargs: Own(coro, loop=loop, **kwargs))
        return list(await asyncio.gather(part(), part()))

    assert [["0", "0.0", "0.1"], ["1", "1.0", "1.1"]] == live(program)


@pytest.mark.parametrize(
    ("given", "eager"),
    [
        ("none", False),
        ("a copy", False),
        ("the running one", False),
        ("none", True),
        ("a copy", True),  # Python itself cannot enter the running one for an eager task
    ],
)
def test_a_factory_may_be_given_a_context(live: Live, given: str, *, eager: bool) -> None:
    """Whatever it does with the context, an eager task included."""
    eager = eager and sys.version_info >= (3, 12)

    async def leaf() -> str:
        return current_branch()

    async def program(_world: World) -> str:
        loop = asyncio.get_running_loop()
        how = {"eager_start": True} if eager else {}
        loop.set_task_factory(
            lambda loop, coro, **given: asyncio.Task(coro, loop=loop, **how, **given)
        )
        context = contextvars.copy_context()
        if given == "none":
            return await loop.create_task(leaf())
        if given == "a copy":
            return await loop.create_task(leaf(), context=context)
        return await context.run(lambda: loop.create_task(leaf(), context=context))

    assert live(program) == ("" if given == "the running one" else "0")


def test_what_callbacks_create_shifts_no_number(live: Live) -> None:
    """They come when they come, a generator's finalizer too."""

    async def leaf() -> str:
        return current_branch()

    async def numbers() -> AsyncIterator[int]:
        yield 1
        yield 2

    async def program(_world: World) -> list[str]:
        loop = asyncio.get_running_loop()
        late: list[Any] = []
        async for _ in numbers():
            break
        loop.call_later(1, lambda: late.append(loop.create_task(leaf())))
        await asyncio.sleep(2)
        return [*await asyncio.gather(leaf(), leaf()), await late[0]]

    assert ["0", "1", "callback/1"] == live(program)


def test_what_is_not_done_in_every_attempt_shifts_no_number(live: Live) -> None:
    """A step's body has a room of its own, in every branch."""

    async def leaf() -> str:
        return current_branch()

    async def part() -> list[str]:
        outside = enter(room_for("charge:0"))
        inner = [*await asyncio.gather(leaf(), leaf())]
        enter(outside)
        return [*inner, await asyncio.ensure_future(leaf())]

    async def program(_world: World) -> list[list[str]]:
        return [await part(), *await asyncio.gather(part())]

    assert [["charge:0/0", "charge:0/1", "0"], ["1.charge:0/0", "1.charge:0/1", "1.0"]] == live(
        program
    )


def test_a_task_in_the_context_that_is_running_is_on_its_branch(live: Live) -> None:
    """A context can be entered once; who runs a task in their own shares their branch with it."""

    async def leaf() -> str:
        return current_branch()

    async def program(_world: World) -> str:
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await context.run(lambda: loop.create_task(leaf(), context=context))

    assert "" == live(program)


def test_time_can_pass_with_every_request() -> None:
    """What was due meanwhile comes as soon as it can, late, and time never goes back."""
    world = World()
    world.pace = 2.0
    log: list[tuple[str, float]] = []

    async def program() -> None:
        asyncio.get_running_loop().call_later(3, lambda: log.append(("timer", world.now)))
        for number in range(3):
            world.ask()
            log.append((str(number), world.now))
        await asyncio.sleep(1)
        log.append(("slept", world.now))

    with isolated(world, "seed"):
        world.drive(None, world.spawn().start(program()).done)
    assert [("0", 2.0), ("1", 4.0), ("2", 6.0), ("timer", 6.0), ("slept", 7.0)] == log
    assert 7_000_000_000 == world.since_start_ns()


def test_a_task_factory_is_respected(live: Live) -> None:
    """A program that makes its own tasks gets them, and their names."""

    class Own(asyncio.Task[Any]):
        pass

    async def program(world: World) -> tuple[bool, str]:
        loop = asyncio.get_running_loop()
        loop.set_task_factory(lambda loop, coro, **kwargs: Own(coro, loop=loop, **kwargs))
        task = asyncio.create_task(asyncio.sleep(1), name="mine")
        await task
        return isinstance(task, Own), task.get_name()

    assert (True, "mine") == live(program)


# -- how a process ends ----------------------------------------------------------------------


@pytest.mark.parametrize("place", ["task", "callback", "to_thread"])
def test_system_exit_is_the_exit_of_its_process(place: str) -> None:
    """The process is over, its other tasks run no further line, and the others go on."""
    world = World()
    log: list[str] = []
    exits: list[tuple[Process, object, float]] = []

    async def beside() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            log.append("finally of a task beside it")

    async def exits_there() -> None:
        waits = asyncio.ensure_future(beside())
        await asyncio.sleep(1)
        try:
            if place == "callback":
                asyncio.get_running_loop().call_soon(sys.exit, 3)
                await asyncio.sleep(1)
            elif place == "to_thread":
                await asyncio.to_thread(sys.exit, 3)
            else:
                sys.exit(3)
        finally:
            log.append("its own finally")
        await waits

    with isolated(world, "seed"):
        process, other = world.spawn(), world.spawn()
        process.on_exit = lambda gone: exits.append((gone, gone.exited.code, world.now))  # type: ignore[union-attr]
        process.start(exits_there())
        task = other.start(asyncio.sleep(20, "lives"))
        world.drive(None, task.done)
    assert [(process, 3, 1.0)] == exits
    assert (True, False, "lives") == (process.dead, other.dead, task.result())
    assert ([] if place == "callback" else ["its own finally"]) == log


def test_a_blocking_function_may_raise_anything(live: Live) -> None:
    """What it raises is raised where it is awaited, as from a real executor."""

    def raises(error: BaseException) -> None:
        raise error

    async def program(world: World) -> list[str]:
        seen = []
        for error in (
            ValueError("v"),
            asyncio.CancelledError("c"),
            SystemExit(4),
            GeneratorExit("g"),
        ):
            try:
                await asyncio.to_thread(raises, error)
            except BaseException as raised:  # noqa: BLE001 - whatever comes
                seen.append(repr(raised))
        return seen

    assert [
        "ValueError('v')",
        "CancelledError('c')",
        "SystemExit(4)",
        "GeneratorExit('g')",
    ] == live(program)


@pytest.mark.parametrize("place", ["task", "to_thread"])
def test_an_interrupt_goes_to_whoever_drives_the_world(place: str) -> None:
    """Ctrl-C stops the test and not only the program, and the world knows that nobody runs.

    In a blocking function it is not for the program to swallow.
    """
    world = World()

    def interrupted() -> None:
        raise KeyboardInterrupt

    async def program() -> None:
        if place == "task":
            interrupted()
        try:
            await asyncio.to_thread(interrupted)
        except BaseException:  # noqa: BLE001 - that is the point
            return

    with isolated(world, "seed"):
        process, other = world.spawn(), world.spawn()
        process.start(program())
        task = other.start(asyncio.sleep(5, "lives"))
        with pytest.raises(KeyboardInterrupt):
            world.drive(None, task.done)
        assert (None, True) == (world.current, process.dead)
        world.drive(None, task.done)
    assert "lives" == task.result()


def test_leaving_a_world_says_what_was_left_to_do() -> None:
    """A process with tasks is killed; one without may simply go."""
    world = World()
    with isolated(world, "seed"):
        busy, idle = world.spawn(), world.spawn()
        busy.start(asyncio.sleep(10))
        task = idle.start(asyncio.sleep(1))
        world.drive(None, task.done)
        left = world.leave(busy)
        assert (1, [], True, False) == (len(left), world.leave(idle), busy.dead, idle.dead)
    assert left[0].startswith("worker 1: task sleep waits for a Future nobody has set")


def test_a_process_that_leaves_is_freed() -> None:
    """Tens of thousands of lives leave nothing behind: the process, its loop and stack are gone."""

    def leave() -> list[Any]:
        world = World()
        with isolated(world, "seed"):
            process = world.spawn()
            task = process.start(asyncio.to_thread(time.sleep, 1))
            world.drive(None, task.done)
            world.leave(process)
            return [weakref.ref(each) for each in (world, process, process.loop, process.stack())]

    gone = leave()
    gc.collect()
    assert [None] * 4 == [reference() for reference in gone]


def test_an_error_nobody_awaited_is_kept() -> None:
    """It does not end the life; the world hands it to the history."""
    world = World()
    with isolated(world, "seed"):
        process = world.spawn()
        process.loop.call_soon(lambda: 1 / 0)
        task = process.start(asyncio.sleep(1))
        world.drive(None, task.done)
    ((loop, context),) = world.unhandled_errors
    assert (process.loop, "division by zero") == (loop, str(context["exception"]))


# -- turns that are skipped ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beside", "skipped"),
    [("nothing", True), ("task", False), ("job", False), ("process", False), ("cancelled", False)],
)
def test_a_turn_is_skipped_where_nobody_else_would_run(beside: str, skipped: bool) -> None:
    """It counts as one; a task that was cancelled is to learn of it, so it must wait."""
    world = World()
    seen: list[tuple[bool, int]] = []

    async def program() -> None:
        await asyncio.sleep(1)
        if beside == "task":
            other = asyncio.ensure_future(asyncio.sleep(0))
        elif beside == "job":
            other = asyncio.ensure_future(asyncio.to_thread(int))
            await asyncio.sleep(0)
        elif beside == "cancelled":
            asyncio.current_task().cancel()  # type: ignore[union-attr]
        before = world.turns
        seen.append((process.skip_turn(), world.turns - before))
        if beside in {"task", "job"}:
            await other

    with isolated(world, "seed"):
        process = world.spawn()
        if beside == "process":
            world.spawn()
        task = process.start(program())
        world.drive(None, task.done)
    assert [(skipped, int(skipped))] == seen


@pytest.mark.skipif(sys.version_info < (3, 12), reason="there are no eager tasks yet")
def test_no_turn_is_skipped_in_a_task_that_begins_in_another_ones(live: Live) -> None:
    """One that a program makes itself, past the loop; whoever makes it waits meanwhile."""
    skipped: list[bool] = []

    async def eager(world: World) -> None:
        skipped.append(next(iter(world._processes)).skip_turn())

    async def program(world: World) -> None:
        skipped.append(next(iter(world._processes)).skip_turn())
        await asyncio.Task(eager(world), loop=asyncio.get_running_loop(), eager_start=True)  # type: ignore[call-arg]

    live(program)
    assert [True, False] == skipped


def test_a_test_that_blocks_lets_all_clocks_go_on() -> None:
    """`time.sleep` on the loop of the test itself: the wall clock and the loop's agree."""

    async def home() -> tuple[float, float]:
        wall, loop = time.time(), asyncio.get_running_loop().time()
        time.sleep(5)
        return time.time() - wall, asyncio.get_running_loop().time() - loop

    world = World()
    with isolated(world, "seed"), asyncio.Runner(loop_factory=lambda: VirtualLoop(world)) as runner:
        assert (5.0, 5.0) == runner.run(home())


def test_a_test_beside_the_program_has_its_turn() -> None:
    """Where a loop at home drives the world, somebody else may always be there."""
    world = World()
    process = world.spawn()

    async def program() -> bool:
        await asyncio.sleep(1)
        return process.skip_turn()

    async def home() -> None:
        task = process.start(program())
        await asyncio.sleep(2)
        assert task.result() is False

    with (
        isolated(world, "seed"),
        asyncio.Runner(loop_factory=lambda: VirtualLoop(world)) as runner,
    ):
        runner.run(home())
