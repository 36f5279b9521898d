"""Which threads are a life's: its own, and what they start.

The session has threads of its own (exporters, profilers, a plugin's). They go on beside a life
and are no part of it: they read real time, and what they reach for is nobody's fault.
"""

from __future__ import annotations

import threading
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.world.host import Host as World

_started: weakref.WeakKeyDictionary[threading.Thread, tuple[World, bool]] = (
    weakref.WeakKeyDictionary()
)
"""The threads that were started in a life: by which world's, and whether by a program of it."""


def belongs(world: World) -> bool:
    """Tell whether the calling thread is of a world's life."""
    return (
        threading.get_ident() == world.hub_thread
        or world.blocking.thread_of() is not None
        or _origin(world) is not None
    )


def works_for_program(world: World) -> bool:
    """Tell whether the calling thread was started by a program of a world."""
    return _origin(world) is True


def _origin(world: World) -> bool | None:
    """Tell whether a program has started the calling thread; None if no thread of the life has."""
    thread = threading._active.get(threading.get_ident())  # type: ignore[attr-defined]
    whose, by_program = (None, False) if thread is None else _started.get(thread, (None, False))
    return by_program if whose is world else None


@contextmanager
def noting_threads(world: World) -> Iterator[None]:
    """Keep in mind who starts a thread, until the block ends."""
    start = threading.Thread.start

    def noted(self: threading.Thread) -> None:
        if belongs(world):
            _started[self] = world, world.in_program()
        start(self)

    threading.Thread.start = noted  # type: ignore[method-assign]
    try:
        yield
    finally:
        threading.Thread.start = start  # type: ignore[method-assign]
