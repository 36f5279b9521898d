"""Stopping programs that never give up control: they spin, or they block for ever.

A timer looks in now and then whether the world has had a turn since it looked last. A turn that
has used too much processor time meanwhile spins; one that has used none to speak of waits for
what only somebody else could bring. Neither decides anything about a program that ever awaits.
"""

from __future__ import annotations

import math
import signal
import threading
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agnt5_sim.errors import Spinning
from agnt5_sim.world.clock import real_process_time
from agnt5_sim.world.stacks import describe_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from agnt5_sim.world.world import World

_LOOKS = 4
"""How often a turn is looked at before it counts as taking for ever."""
BLOCKED_S = 10.0
"""So many seconds of real time a turn may do nothing."""
_SOONEST_S = 0.1
"""To look takes processor time too."""
_IDLE = 0.02
"""Who uses less than this part of real time does nothing."""
_DEBUGGERS = frozenset({"IPython", "_pydevd_bundle", "bdb", "debugpy", "pdb", "pydevd"})
_TIMERS = (("ITIMER_REAL", "SIGALRM"), ("ITIMER_VIRTUAL", "SIGVTALRM"))
"""The timers of a process, the better first: one of processor time sees nobody block."""


@contextmanager
def watched(world: World, stall: float) -> Iterator[None]:
    """Stop what never gives up control, until the block ends.

    Timers belong to the main thread, and one that somebody else has set is left alone.

    Args:
        world: whose turns are watched.
        stall: seconds of processor time one turn may take; 0 for no limit of any kind.
    """
    free = _free_timer() if stall and _in_main_thread() else None
    if free is None:
        yield
        return
    timer, alarm = free
    every = max(_SOONEST_S, min(stall, BLOCKED_S) / _LOOKS)
    before = signal.signal(alarm, _look(world, stall, every))
    signal.setitimer(timer, every, every)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(alarm, before if before is not None else signal.SIG_DFL)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _free_timer() -> tuple[int, int] | None:
    for timer, alarm in _TIMERS:
        number = getattr(signal, timer, None)
        if number is not None and not signal.getitimer(number)[0]:
            return number, getattr(signal, alarm)
    return None


def _look(world: World, stall: float, every: float) -> Callable[[int, FrameType | None], None]:
    """Return what looks at the world's turn, `every` so many seconds."""
    looks = math.ceil(BLOCKED_S / every)
    used = deque([real_process_time()], looks + 1)
    seen, spent = world.turns, 0.0

    def look(_alarm: int, frame: FrameType | None) -> None:
        nonlocal seen, spent
        now, before = real_process_time(), used[-1]
        if world.turns != seen or world.current is None or _debugged(frame):
            seen, spent = world.turns, 0.0
            used.clear()
        used.append(now)
        if len(used) > 1 and now - before > _IDLE * every:
            spent += now - before
        if spent >= stall:
            _stop(world, frame, f"ran for {stall:g} s of processor time without ever awaiting")
        elif len(used) > looks and now - used[0] <= _IDLE * BLOCKED_S:
            _stop(
                world,
                frame,
                f"has waited for {BLOCKED_S:g} s of real time without awaiting, and while it does"
                " nobody can bring what it waits for (await an asyncio.Event, Lock or Queue instead"
                " of blocking on a threading one)",
            )

    return look


def _debugged(frame: FrameType | None) -> bool:
    """Tell whether a person sits at a debugger's prompt, and may take their time."""
    while frame is not None:
        if frame.f_globals.get("__name__", "").partition(".")[0] in _DEBUGGERS:
            return True
        frame = frame.f_back
    return False


def _stop(world: World, frame: FrameType | None, what: str) -> None:
    world.fail(
        Spinning(
            f"a program {what}, at virtual time {world.now:g} s. It was stopped here:\n"
            f"{describe_stack(world.blocking.stands_at(frame))}"
        )
    )
