"""Who waits: a stack of a process that is left until somebody wakes it or its time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Cancels(Protocol):
    """A timer."""

    def cancel(self) -> None:
        """Forget it."""


class Waiter:
    """One wait of one stack.

    Args:
        number: the how manieth of its world.
        process: whose stack it is.
        stack: the greenlet or the strand.
        frame: where it waits.
        resume: lets it go on, called by the hub.
    """

    def __init__(
        self, number: int, process: Any, stack: Any, frame: Any, resume: Callable[[], None]
    ) -> None:
        self.number = number
        self.process = process
        self.stack = stack
        self.frame = frame
        self.timer: Cancels | None = None
        self.is_over = False
        self.expired = False
        self._resume = resume

    def wake(self) -> bool:
        """Let it go on when its turn comes; tell whether it still waited, and lives."""
        if self.is_over or self.process.dead or getattr(self.stack, "abandoned", False):
            return False
        self.is_over = True
        if self.timer is not None:
            self.timer.cancel()
        self.process.loop.jobs.append(Resumption(self._resume, self.frame.f_code.co_qualname))
        return True

    def expire(self) -> None:
        """Let it go on now: its time is over."""
        if not self.is_over:
            self.is_over = self.expired = True
            self._resume()


class Resumption:
    """A stack that goes on, among the blocking functions that begin.

    Args:
        resume: lets it go on, called by the hub.
        name: what goes on, as a schedule is told.
    """

    def __init__(self, resume: Callable[[], None], name: str) -> None:
        self.resume = resume
        self.__qualname__ = name

    def __call__(self) -> None:
        """Let it go on."""
        self.resume()
