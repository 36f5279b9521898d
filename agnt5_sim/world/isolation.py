"""Everything a program could notice the real world by, replaced for the length of a life."""

from __future__ import annotations

import gc
import signal
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from . import clock, entropy, guard
from .errors import Spinning
from .stacks import describe_stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from .scheduler import World

DEFAULT_STALL_S = 10.0


@contextmanager
def isolated(world: World, seed: str, *, stall: float = DEFAULT_STALL_S) -> Iterator[None]:
    """Live in `world`: its clock, its entropy, no network, and a limit on spinning.

    Args:
        world: whose time everybody reads.
        seed: what all randomness comes from.
        stall: seconds of processor time one turn may take before its program is stopped.
    """
    with ExitStack() as stack:
        stack.enter_context(_uncollected(world))
        stack.enter_context(clock.kept_by(world))
        stack.enter_context(entropy.seeded(seed))
        stack.enter_context(guard.guarding(world))
        stack.enter_context(_watched(world, stall))
        yield


@contextmanager
def _uncollected(world: World) -> Iterator[None]:
    """Collect no garbage until the block ends.

    When a collection comes depends on all the process ever did, and it runs finalizers, which
    would then be events of the life. Afterwards the dead, which are kept for ever, are put out
    of the collector's sight; else every collection to come looks through all of them.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        if world.has_dead:
            gc.freeze()


@contextmanager
def _watched(world: World, stall: float) -> Iterator[None]:
    """Stop a program that never gives up control: processor time is counted while one runs."""
    if (
        not stall
        or not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
        or signal.getitimer(signal.ITIMER_VIRTUAL)[0]
    ):
        yield
        return
    tick = stall / 4
    seen = world.turns
    still = 0

    def look(_signal: int, frame: FrameType | None) -> None:
        nonlocal seen, still
        if world.turns != seen or world.current is None:
            seen, still = world.turns, 0
            return
        still += 1
        if still * tick < stall:
            return
        msg = (
            f"a program ran for {stall:g} s of processor time without ever awaiting, at virtual"
            f" time {world.now:g} s. It was stopped here:\n{describe_stack(frame)}"
        )
        world.fail(Spinning(msg))

    handler = signal.signal(signal.SIGVTALRM, look)
    signal.setitimer(signal.ITIMER_VIRTUAL, tick, tick)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, handler if handler is not None else signal.SIG_DFL)
