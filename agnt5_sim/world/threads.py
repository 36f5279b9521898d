"""The threads that a program starts, and the locks it makes, are its world's for a life."""

from __future__ import annotations

import _thread
import itertools
import queue
import sys
import threading
from asyncio import events
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agnt5_sim.world.primitives import Lock, RLock, SimpleQueue, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agnt5_sim.world.world import World

_STAND_INS = {
    "Lock": (threading.Lock, Lock),
    "_allocate_lock": (_thread.allocate_lock, Lock),
    "allocate_lock": (_thread.allocate_lock, Lock),
    "RLock": (threading.RLock, RLock),
    "SimpleQueue": (queue.SimpleQueue, SimpleQueue),
}
_start: Any = threading.Thread.start
_holders: list[tuple[dict[str, Any], str]] = []
_searched = 0


@contextmanager
def threaded(world: World) -> Iterator[None]:
    """Run threads of programs under `world`'s control until the block ends."""
    _search()
    had = [(names, name) for names, name in _holders if names.get(name) is _STAND_INS[name][0]]
    for names, name in had:
        names[name] = _STAND_INS[name][1]
    clocks: list[tuple[Any, str]] = [(queue, "time"), (threading, "_time")]
    told = [(module, name, getattr(module, name)) for module, name in clocks]
    for module, name, genuine in told:
        setattr(module, name, _telling(world, genuine))
    numbers = threading._counter, _pool_numbers()  # type: ignore[attr-defined]

    def start(thread: threading.Thread) -> None:
        if world.in_program():
            world.blocking.start_thread(thread, _start)
            return
        _start(thread)
        if getattr(events._get_running_loop(), "world", None) is world:
            world.blocking.outsiders.append(thread)

    kind: Any = threading.Thread
    before, kind.start = kind.start, start
    waits = serve(world)
    _number_from(itertools.count(1).__next__, itertools.count().__next__)
    try:
        yield
    finally:
        _number_from(*numbers)
        serve(waits)
        kind.start = before
        for module, name, genuine in told:
            setattr(module, name, genuine)
        for names, name in had:
            names[name] = _STAND_INS[name][0]


def _telling(world: World, genuine: Callable[[], float]) -> Callable[[], float]:
    """Return the clock that time-outs of queues and conditions are counted by."""
    return lambda: world.now if world.in_program() else genuine()


def _search() -> None:
    """Find where modules hold what is stood in for, if any were loaded since."""
    global _searched  # noqa: PLW0603 - the modules are the whole process's
    if len(sys.modules) == _searched:
        return
    _searched = len(sys.modules)
    _holders[:] = [
        (names, name)
        for module in tuple(sys.modules.values())
        if module not in {_thread, sys.modules["_queue"]}
        for names in (getattr(module, "__dict__", None),)
        if type(names) is dict
        for name, (genuine, _) in _STAND_INS.items()
        if names.get(name) is genuine
    ]


def _pool_numbers() -> Any:
    pools = sys.modules.get("concurrent.futures.thread")
    return None if pools is None else pools.ThreadPoolExecutor._counter


def _number_from(threads: Any, pools: Any) -> None:
    """Let the names that threads and pools are given be numbered so."""
    threading._counter = threads  # type: ignore[attr-defined]
    module = sys.modules.get("concurrent.futures.thread")
    if module is not None and pools is not None:
        module.ThreadPoolExecutor._counter = pools
