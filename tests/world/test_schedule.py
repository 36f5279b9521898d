"""Who is next is the schedule's to say: what it is asked, and what it may not change."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from agnt5_sim.world import Process, VirtualLoop, World, isolated
from agnt5_sim.world.choosing import Choosing, Option, Recorded
from agnt5_sim.world.schedule import Schedule

Log = list[Any]


class LastStepFirst(Choosing):
    """Of the steps that are ready the one that came last is next, and nothing else is changed."""

    def choose(self, options: tuple[Option, ...]) -> int:
        return len(options) - 1 if options[0].kind == "step" else 0


class LastReplyFirst(Choosing):
    """Of the replies that are due the last is first."""

    def choose(self, options: tuple[Option, ...]) -> int:
        return len(options) - 1 if options[0].kind == "reply" else 0


class LastFirst(Choosing):
    """Of everything what came last is next."""

    def choose(self, options: tuple[Option, ...]) -> int:
        return len(options) - 1


def lived(
    schedule: Schedule | None, *programs: Callable[[World, Log], Coroutine[Any, Any, Any]]
) -> Log:
    """Live programs, a process each, and return what they logged."""
    world = World(schedule=schedule)
    log: Log = []
    with isolated(world, "seed"):
        tasks = [world.spawn().start(program(world, log)) for program in programs]
        world.drive(None, lambda: all(task.done() for task in tasks))
    for task in tasks:
        task.result()
    return log


# -- steps -----------------------------------------------------------------------------------


async def three(_world: World, log: Log) -> None:
    """Three tasks, two steps each."""

    async def part(name: str) -> None:
        log.append(name)
        await asyncio.sleep(0)
        log.append(name.upper())

    await asyncio.gather(part("a"), part("b"), part("c"))


def test_the_default_is_first_in_first_out() -> None:
    """As asyncio promises, and as a schedule does that always takes the first."""
    assert ["a", "b", "c", "A", "B", "C"] == lived(None, three)
    assert ["a", "b", "c", "A", "B", "C"] == lived(Recorded(()), three)


def test_a_schedule_may_let_the_last_step_go_first() -> None:
    """It is a class of one method."""
    assert ["c", "C", "b", "B", "a", "A"] == lived(LastStepFirst(), three)


def test_what_was_chosen_is_data() -> None:
    """Each choice names what could have been next, and reads as a sentence."""
    schedule = LastStepFirst()
    lived(schedule, three)
    part = "three.<locals>.part"
    first = schedule.choices[0]
    assert (2, tuple(Option("step", 1, part, branch) for branch in "012")) == first
    assert f"step {part} [2] of 1 before step {part} [0] of 1, step {part} [1] of 1" == str(first)
    assert len(schedule.choices) > 2


@pytest.mark.parametrize("kind", [LastStepFirst, LastFirst])
def test_what_was_chosen_can_be_lived_again(kind: type[Choosing]) -> None:
    """From its numbers alone: the same order, and the same choices."""
    schedule = kind()
    log = lived(schedule, three, three)
    again = Recorded(choice.taken for choice in schedule.choices)
    assert log == lived(again, three, three)
    assert schedule.choices == again.choices
    assert log != lived(None, three, three)


def test_what_was_chosen_of_more_than_there_are_now_is_the_last() -> None:
    """A program that has changed since is lived on, as near to what was as can be."""
    assert lived(LastStepFirst(), three) == lived(Recorded([9] * 9), three)


def test_every_order_can_be_reached() -> None:
    """Going through all numbers goes through all interleavings of two steps of three tasks."""
    orders: set[str] = set()
    stack: list[tuple[int, ...]] = [()]
    while stack:
        taken = stack.pop()
        schedule = Recorded(taken)
        orders.add("".join(lived(schedule, three)))
        for place in range(len(taken), len(schedule.choices)):
            before = tuple(choice.taken for choice in schedule.choices[:place])
            others = range(1, len(schedule.choices[place].options))
            stack += [(*before, other) for other in others]
    every = {
        "".join(order)
        for order in itertools.permutations("aAbBcC")
        if all(order.index(name) < order.index(name.upper()) for name in "abc")
    }
    assert every == orders


def test_callbacks_keep_their_places() -> None:
    """Only steps overtake each other: a callback runs when as many have run before it as ever."""

    async def program(_world: World, log: Log) -> None:
        loop = asyncio.get_running_loop()

        async def part(name: str) -> None:
            log.append(name)

        tasks = []
        for name in "abc":
            tasks.append(loop.create_task(part(name)))
            loop.call_soon(log.append, name.upper())
        await asyncio.gather(*tasks)

    assert ["a", "A", "b", "B", "c", "C"] == lived(None, program)
    assert ["c", "A", "b", "B", "a", "C"] == lived(LastStepFirst(), program)


def test_a_method_of_a_task_that_is_no_step_is_a_callback() -> None:
    """`task.cancel`, say, which keeps its place."""

    async def program(_world: World, log: Log) -> None:
        loop = asyncio.get_running_loop()

        async def part(name: str) -> None:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                log.append(f"{name} cancelled")

        tasks = [loop.create_task(part(name)) for name in "ab"]
        await asyncio.sleep(0.5)
        for task in tasks:
            loop.call_soon(task.cancel)
        loop.call_soon(log.append, "both")
        await asyncio.gather(*tasks)

    assert ["both", "a cancelled", "b cancelled"] == lived(None, program)
    assert ["both", "b cancelled", "a cancelled"] == lived(LastStepFirst(), program)


@pytest.mark.parametrize("schedule", [None, Recorded(())])
def test_every_callback_that_ran_is_counted(schedule: Schedule | None) -> None:
    """By either kind, so that a program that gets nowhere is found out; one that is cancelled is not."""
    world = World(schedule=schedule)
    process = world.spawn()
    for _ in range(3):
        process.loop.call_soon(lambda: None)
    process.loop.call_soon(lambda: None).cancel()
    log: Log = []
    world.at(1.0, lambda: log.append(1))
    world.drive(None, lambda: bool(log))
    assert 3 == world.turns


def test_one_step_alone_is_no_choice() -> None:
    """Nothing is asked where there is nothing to choose."""

    async def program(_world: World, log: Log) -> None:
        for number in range(3):
            await asyncio.sleep(0)
            log.append(number)

    schedule = LastFirst()
    assert [0, 1, 2] == lived(schedule, program)
    assert [] == schedule.choices


def test_a_number_that_no_option_has_is_refused() -> None:
    """A mistake of a schedule does not pass for a choice."""

    class Wrong(Choosing):
        def choose(self, options: tuple[Option, ...]) -> int:
            return len(options)

    with pytest.raises(IndexError, match="there is no option 3 of 3"):
        lived(Wrong(), three)


# -- processes, and what blocks --------------------------------------------------------------


def test_a_schedule_says_whose_turn_it_is() -> None:
    """Among the processes and the test itself, where more than one has something to run."""

    def program(name: str) -> Callable[[World, Log], Coroutine[Any, Any, Any]]:
        async def say(_world: World, log: Log) -> None:
            for _ in range(2):
                log.append(name)
                await asyncio.sleep(0)

        return say

    assert list("abab") == lived(None, program("a"), program("b"))
    schedule = LastFirst()
    assert list("bbaa") == lived(schedule, program("a"), program("b"))
    assert (1, (Option("turn", 1), Option("turn", 2))) == schedule.choices[0]


def test_the_test_itself_takes_its_turns_among_them() -> None:
    """Its own loop is worker 0 to the schedule."""
    schedule = LastFirst()
    world = World(schedule=schedule)
    log: Log = []

    async def say(name: str) -> None:
        for _ in range(2):
            log.append(name)
            await asyncio.sleep(0)

    async def home() -> None:
        world.spawn().start(say("process"))
        await say("test")

    with isolated(world, "seed"), asyncio.Runner(loop_factory=lambda: VirtualLoop(world)) as runner:
        runner.run(home())
    assert ["test", "process", "process", "test"] == log
    assert (1, (Option("turn", 0), Option("turn", 1))) == schedule.choices[0]


def test_who_has_nothing_to_run_has_no_turn() -> None:
    """A process that sleeps is no option."""

    async def sleeps(_world: World, _log: Log) -> None:
        await asyncio.sleep(1)

    async def works(_world: World, log: Log) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        log.append("done")

    schedule = Recorded(())
    assert ["done"] == lived(schedule, sleeps, works)
    turns = [choice for choice in schedule.choices if choice.options[0].kind == "turn"]
    assert 1 == len(turns)


def test_a_schedule_says_which_blocking_function_begins() -> None:
    """Threads begin when they like."""

    async def program(_world: World, log: Log) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(None, log.append, name) for name in "abc"))

    assert list("abc") == lived(None, program)
    schedule = LastFirst()
    assert list("cba") == lived(schedule, program)
    assert (2, (Option("job", 1, "list.append"),) * 3) == schedule.choices[0]


# -- replies and timers ----------------------------------------------------------------------


def asking(name: str, delay: float = 1.0) -> Callable[[World, Log], Coroutine[Any, Any, Any]]:
    """Return a program that asks twice, and gets its reply `delay` seconds later."""

    async def program(world: World, log: Log) -> None:
        loop = asyncio.get_running_loop()
        for number in range(2):
            reply = loop.create_future()

            def take(reply: asyncio.Future[int] = reply, number: int = number) -> None:
                reply.set_result(number)

            world.reply_at(world.now + delay, take, f"checkpoint {name}{number}", loop)  # type: ignore[arg-type]
            log.append(f"{name}{await reply} at {world.now:g}")

    return program


def test_replies_of_one_instant_come_in_the_order_in_which_they_were_asked_for() -> None:
    """That is the default."""
    assert ["a0 at 1", "b0 at 1", "a1 at 2", "b1 at 2"] == lived(None, asking("a"), asking("b"))


def test_a_schedule_sees_the_replies_that_are_due_and_says_which_is_first() -> None:
    """By their labels; the one it leaves comes when what the first brought about is done."""
    schedule = LastReplyFirst()
    log = lived(schedule, asking("a", 0.0), asking("b", 0.0))
    assert ["b0 at 0", "b1 at 0", "a0 at 0", "a1 at 0"] == log
    assert [
        "reply checkpoint b0 of 2 before reply checkpoint a0 of 1",
        "reply checkpoint b1 of 2 before reply checkpoint a0 of 1",
    ] == [str(choice) for choice in schedule.choices if choice.options[0].kind == "reply"]


def test_timers_of_one_instant_may_come_in_any_order_and_those_of_two_may_not() -> None:
    """A stock loop leaves ties open, and nothing else."""

    async def program(world: World, log: Log) -> None:
        loop = asyncio.get_running_loop()
        for number, when in enumerate((1, 1, 2, 2, 1.5)):
            loop.call_at(when, log.append, (when, number))
        await asyncio.sleep(3)

    assert [(1, 0), (1, 1), (1.5, 4), (2, 2), (2, 3)] == lived(None, program)
    assert [(1, 1), (1, 0), (1.5, 4), (2, 3), (2, 2)] == lived(LastFirst(), program)


def test_a_reply_that_is_late_may_be_overtaken_by_what_was_due_after_it() -> None:
    """Where time went on while a program blocked, only timers are held to their instants."""
    schedule = LastFirst()
    world = World(schedule=schedule)
    log: Log = []
    world.at(1.0, lambda: log.append("timer at 1"))
    world.at(2.0, lambda: log.append("timer at 2"))
    world.reply_at(3.0, lambda: log.append("reply at 3"), "checkpoint of run-1")
    world.set_time(4.0)
    world.drive(None, lambda: len(log) == 3)
    assert ["reply at 3", "timer at 1", "timer at 2"] == log
    assert ["action", "reply"] == [option.kind for option in schedule.choices[0].options]


def test_a_reply_to_a_dead_process_does_not_come() -> None:
    """It is the process's, as its timers are; one of the world's own comes all the same."""
    world = World()
    log: Log = []

    async def program(process: Process) -> None:
        world.reply_at(2.0, lambda: log.append("to the dead"), "a", process.loop)
        world.reply_at(2.0, lambda: log.append("to nobody"), "b")
        world.reply_at(2.0, lambda: log.append("cancelled"), "c").cancel()
        await asyncio.sleep(10)

    process = world.spawn()
    process.start(program(process))
    world.at(1.0, lambda: world.kill(process))
    world.drive(None, lambda: world.next_timer() is None)
    assert (["to nobody"], 2.0) == (log, world.now)


def test_a_reply_of_the_past_comes_now() -> None:
    """Time never goes backwards."""
    world = World()
    log: list[float] = []
    world.set_time(5.0)
    world.reply_at(1.0, lambda: log.append(world.now), "late")
    world.drive(None, lambda: bool(log))
    assert [5.0] == log
