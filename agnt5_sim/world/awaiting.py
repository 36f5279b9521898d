"""Waiting: a program's stack is left until somebody wakes it, or its time is over."""

from __future__ import annotations

import sys
import threading
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any

import greenlet

from agnt5_sim.world.strands import Signal, Strand, strand_of
from agnt5_sim.world.waiting import Waiter

if TYPE_CHECKING:
    from agnt5_sim.world.host import Hub


class Awaiting:
    """Who waits in a world, and lets who does not go on.

    Args:
        world: whose time it takes.
    """

    def __init__(self, world: Hub) -> None:
        self._world: Hub = weakref.proxy(world)  # of which it is a part
        self._waiting: set[Waiter] = set()
        self._waits = 0
        self._woken = Signal()

    def can_wait(self) -> bool:
        """Tell whether the caller is a program, which waits in virtual time."""
        if strand_of() is not None:
            return True
        world = self._world
        if world.current is None or threading.get_ident() != world.hub_thread:
            return False
        return world.current.root(greenlet.getcurrent()) is not None

    def me(self) -> object:
        """Return what a lock is owned by: the caller's stack."""
        strand = strand_of()
        if strand is not None:
            return strand
        world = self._world
        if world.current is None or threading.get_ident() != world.hub_thread:
            return threading.get_ident()
        return world.current.root(greenlet.getcurrent()) or threading.get_ident()

    def wait(self, waiters: deque[Waiter] | None, timeout: float | None) -> bool:
        """Leave the calling stack until it is woken.

        Args:
            waiters: where it is to be found by who wakes it; None for nobody.
            timeout: virtual seconds after which it goes on by itself; None for never.

        Returns:
            Whether it was woken.
        """
        self.check_in()
        world, strand = self._world, strand_of()
        process: Any = world.current if strand is None else strand.process
        stack = process.root(greenlet.getcurrent()) if strand is None else strand
        blocks_loop = stack is process.stack()
        here = stack if strand is not None else greenlet.getcurrent()

        def resume() -> None:
            self._waiting.discard(waiter)
            if blocks_loop:
                process.blocked = False
            world.enter(process, here, on_loop=blocks_loop)
            process.resumed()

        self._waits += 1
        waiter = Waiter(self._waits, process, stack, sys._getframe(1), resume)
        if waiters is not None:
            waiters.append(waiter)
            self._waiting.add(waiter)
        if timeout is not None:
            waiter.timer = world.at(world.now + timeout, waiter.expire)
        process.blocked = process.blocked or blocks_loop
        if strand is None:
            world.hub.switch()
        else:
            strand.leave()
        return not waiter.expired

    def blocked_for_ever(self) -> Waiter | None:
        """Return a wait of a living program that has no end, threads apart; or None."""
        for waiter in sorted(self._waiting, key=lambda waiter: waiter.number):
            if not waiter.process.dead and not isinstance(waiter.stack, Strand):
                return waiter
        return None

    def check_in(self) -> None:
        """Let a thread that went adrift wait for its turn."""
        strand = strand_of()
        if strand is not None:
            strand.check_in()

    def wake(self) -> None:
        """Tell a world that waits for a real thread to look again."""
        self._woken.give()
