"""Stopping programs that never give up control: they spin, or they block for ever.

One timer counts processor time and finds the spinning, another counts real time and finds those
that wait for what only somebody else could bring. Both look whether the world has had a turn
since they last looked; neither decides anything about a program that ever awaits.
"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from .errors import Spinning
from .stacks import describe_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from .scheduler import World

_LOOKS = 4
"""How often a turn is looked at before it counts as taking for ever."""
BLOCKED_S = 10.0
"""So many seconds of real time a turn may do nothing."""
_IDLE = 0.02
"""Who uses less than this part of real time does nothing."""
_DEBUGGERS = frozenset({"IPython", "_pydevd_bundle", "bdb", "debugpy", "pdb", "pydevd"})


@contextmanager
def watched(world: World, stall: float) -> Iterator[None]:
    """Stop what never gives up control, until the block ends.

    Timers belong to the main thread, and one that somebody else has set is left alone.

    Args:
        world: whose turns are watched.
        stall: seconds of processor time one turn may take; 0 for no limit of any kind.
    """
    if not stall or threading.current_thread() is not threading.main_thread():
        yield
        return
    with ExitStack() as stack:
        stack.enter_context(_ticking("VIRTUAL", "VTALRM", stall / _LOOKS, _spinning(world, stall)))
        stack.enter_context(_ticking("REAL", "ALRM", BLOCKED_S / _LOOKS, _blocked(world)))
        yield


@contextmanager
def _ticking(
    timer: str, alarm: str, every: float, look: Callable[[FrameType | None], None]
) -> Iterator[None]:
    which = getattr(signal, f"ITIMER_{timer}", None)
    if which is None or signal.getitimer(which)[0]:
        yield
        return
    number = getattr(signal, f"SIG{alarm}")
    before = signal.signal(number, lambda _number, frame: look(frame))
    signal.setitimer(which, every, every)
    try:
        yield
    finally:
        signal.setitimer(which, 0)
        signal.signal(number, before if before is not None else signal.SIG_DFL)


def _spinning(world: World, stall: float) -> Callable[[FrameType | None], None]:
    seen, looks = world.turns, 0

    def look(frame: FrameType | None) -> None:
        nonlocal seen, looks
        if world.turns != seen or world.current is None:
            seen, looks = world.turns, 0
            return
        looks += 1
        if looks >= _LOOKS:
            _stop(world, frame, f"ran for {stall:g} s of processor time without ever awaiting")

    return look


def _blocked(world: World) -> Callable[[FrameType | None], None]:
    seen, looks, used = world.turns, 0, time.process_time()

    def look(frame: FrameType | None) -> None:
        nonlocal seen, looks, used
        before, used = used, time.process_time()
        busy = used - before > _IDLE * BLOCKED_S / _LOOKS
        if busy or world.turns != seen or world.current is None or _debugged(frame):
            seen, looks = world.turns, 0
            return
        looks += 1
        if looks >= _LOOKS:
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
            f"{describe_stack(frame)}"
        )
    )
