"""Libraries that bring threads of their own, inside steps: lives are equal, and kills are exact."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiosqlite
import anyio.from_thread
import anyio.to_thread
from agnt5 import workflow
from sdk_cases import defects_of, swept

from agnt5_sim import explore, simulate


async def count() -> int:
    """Ask a database, whose connection lives in a thread."""
    async with (
        aiosqlite.connect(":memory:") as database,
        database.execute("select 41 + 1") as cursor,
    ):
        row = await cursor.fetchone()
        return row[0]


async def book(path: str) -> int:
    """Write to a database, and take a second over it."""
    async with aiosqlite.connect(path, timeout=0) as database:
        await database.execute("create table if not exists t (n primary key)")
        await database.execute("insert or replace into t values (1)")
        await asyncio.sleep(1)
        await database.commit()
    return 1


async def forth_and_back() -> int:
    """Go to a thread, and from there back to the loop."""

    async def back(number: int) -> int:
        await anyio.sleep(1)
        return number + 1

    return await anyio.to_thread.run_sync(lambda: anyio.from_thread.run(back, 41))


async def pooled() -> list[int]:
    """Hand work to a pool, and wait for its futures."""
    with ThreadPoolExecutor(2) as pool:
        futures = [asyncio.wrap_future(pool.submit(pow, number, 2)) for number in range(5)]
        return [await future for future in futures]


async def answered() -> int:
    """Start a thread that answers the loop."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    threading.Thread(target=lambda: loop.call_soon_threadsafe(done.set_result, 42)).start()
    return await done


async def forgotten() -> None:
    """Start a thread that waits for ever, and wait for it."""
    threading.Thread(target=threading.Event().wait, name="forgotten").start()
    await asyncio.get_running_loop().create_future()


@workflow
async def sdk_threads(ctx) -> list:
    """Use a database, an anyio thread, a pool and a thread, a step each."""
    return [
        await ctx.step("count", count),
        await ctx.step("forth_and_back", forth_and_back),
        await ctx.step("pooled", pooled),
        await ctx.step("answered", answered),
    ]


@workflow
async def sdk_booking(ctx, path: str) -> int:
    """Book in a database."""
    return await ctx.step("book", book, path)


@workflow
async def sdk_forgotten(ctx) -> None:
    """Wait for a thread that never answers."""
    await ctx.step("forgotten", forgotten)


def test_libraries_with_threads_work_and_lives_are_equal(profile):
    """A hundred lives of all of them give one digest."""
    outcome = simulate(sdk_threads, profile=profile)
    assert ("completed", [42, 42, [0, 1, 4, 9, 16], 42]) == (outcome.status, outcome.output)
    digests = {simulate(sdk_threads, profile=profile).history.digest for _ in range(100)}
    assert {outcome.history.digest} == digests


def test_a_kill_at_every_point_is_survived(profile):
    """Threads of the dead answer nobody, and the successor has threads of its own."""
    exploration = explore(sdk_threads, profile=profile)
    assert exploration.runs > 40
    assert set() == defects_of(exploration)


def test_a_transaction_of_the_dead_is_no_obstacle(profile, tmp_path):
    """The successor can write at once, wherever its predecessor was killed; so can the test."""
    path = tmp_path / "orders.db"
    assert not {
        found for found in swept(sdk_booking, profile, {"path": str(path)}) if found[2] == "none"
    }
    connection = sqlite3.connect(path, timeout=0)
    connection.execute("insert or replace into t values (2)")
    assert [(1,), (2,)] == sorted(connection.execute("select n from t").fetchall())
    connection.close()


def test_the_step_whose_thread_holds_a_run_up_is_named(profile):
    """With the thread's name, and where it was started and stands."""
    outcome = simulate(sdk_forgotten, profile=profile)
    (stuck,) = (entry.name for entry in outcome.history if entry.kind == "life.stuck")
    (line,) = (line for line in stuck.splitlines() if ": thread " in line)
    assert "thread 'forgotten', started by " in line
    assert "forgotten" in line.partition("started by ")[2].partition(" at ")[0]
    assert Path(__file__).name in line
