"""Workflows whose steps wait for one another at locks and queues of their module."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import defaultdict

import lock_store
from agnt5 import workflow

SEMAPHORE = asyncio.Semaphore(2)
ALONE = asyncio.Semaphore(1)
LOCK = asyncio.Lock()
TOKENS: asyncio.Queue[str] = asyncio.Queue()
TOKENS.put_nowait("token")
KEYED: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
LATER: asyncio.Lock | None = None
EVENT = asyncio.Event()
THREADS = threading.Lock()
CONDITION = threading.Condition(THREADS)
COUNTED = threading.BoundedSemaphore(1)
JOBS: queue.Queue[str] = queue.Queue()
JOBS.put("job")


class Limiter:
    """Keeps its locks to itself."""

    shared = threading.Lock()

    def __init__(self) -> None:
        self.one = asyncio.Semaphore(1)


LIMITER = Limiter()


async def _second_within(lock) -> int:
    async with lock:
        await asyncio.sleep(1)
    return 1


async def _semaphore() -> int:
    return await _second_within(SEMAPHORE)


async def _alone() -> int:
    return await _second_within(ALONE)


async def _lock() -> int:
    return await _second_within(LOCK)


async def _keyed() -> int:
    return await _second_within(KEYED["key"])


async def _limiter() -> int:
    return await _second_within(LIMITER.one)


async def _later() -> int:
    global LATER  # noqa: PLW0603 - made when it is first needed, as programs do
    LATER = LATER or asyncio.Lock()
    return await _second_within(LATER)


async def _token() -> int:
    taken = await TOKENS.get()
    await asyncio.sleep(1)
    TOKENS.put_nowait(taken)
    return 1


async def _second_without_waiting(lock) -> int:
    if not lock.acquire(blocking=False):
        raise RuntimeError("it would block for ever")
    try:
        await asyncio.sleep(1)
    finally:
        lock.release()
    return 1


async def _threads() -> int:
    return await _second_without_waiting(THREADS)


async def _condition() -> int:
    return await _second_without_waiting(CONDITION)


async def _counted() -> int:
    return await _second_without_waiting(COUNTED)


async def _of_the_class() -> int:
    return await _second_without_waiting(Limiter.shared)


async def _job() -> int:
    taken = JOBS.get(block=False)
    await asyncio.sleep(1)
    JOBS.put(taken)
    return 1


async def _event() -> int:
    if EVENT.is_set():
        raise RuntimeError("somebody else is at it")
    EVENT.set()
    await asyncio.sleep(1)
    EVENT.clear()
    return 1


@workflow(name="lock_together")
async def together(ctx, which: str) -> int:
    """Do a step three times at once."""
    bodies = {
        "semaphore": _semaphore,
        "alone": _alone,
        "lock": _lock,
        "keyed": _keyed,
        "limiter": _limiter,
        "later": _later,
        "token": _token,
    }
    return sum(await asyncio.gather(*(ctx.step(f"{which}-{i}", bodies[which]) for i in range(3))))


@workflow(name="lock_in_turn")
async def in_turn(ctx, which: str) -> int:
    """Do a step twice, one after the other."""
    bodies = {
        "threads": _threads,
        "condition": _condition,
        "counted": _counted,
        "of_the_class": _of_the_class,
        "job": _job,
        "event": _event,
    }
    return sum([await ctx.step(f"{which}-{i}", bodies[which]) for i in range(2)])


@workflow(name="lock_store_leaks")
async def store_leaks(ctx) -> int:
    """Lean on what a module of another name remembers."""
    await ctx.step("note", lambda: lock_store.SEEN.append(1))
    await ctx.step("after", lambda: 2)
    return len(lock_store.SEEN)


@workflow(name="lock_store_notes")
async def store_notes(ctx) -> int:
    """Lean on it by a function of that module."""
    await ctx.step("note", lock_store.note)
    return await ctx.step("look", lambda: len(lock_store.SEEN))


@workflow(name="lock_takes_a_job")
async def takes_a_job(ctx) -> str:
    """Take something out of a queue."""
    return await ctx.step("take", lambda: JOBS.get(block=False))
