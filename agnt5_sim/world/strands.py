"""Real threads that take turns: one of them, or the hub, runs at a time.

A thread that a program starts is genuine, with its own locals and its own name, but it runs only
while it has the *baton*. The hub gives it, and gets it back when the thread waits for something
that the world can see (a lock, a condition, a queue, a sleep) or ends. So threads are as
deterministic as everything else, and one whose process is killed is simply never given it again:
it is a daemon, parked where it waits, until the operating-system process ends.

What a thread waits for may be out of sight: a queue that was made before the life began, a file.
Then the hub sees that it sleeps, goes on without the baton, and the thread is *adrift*. It runs
on by itself when what it waited for comes, until it hands something back: there it asks for the
baton, and gets it when nobody else has anything to do.
"""

from __future__ import annotations

import _thread
import ctypes
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from agnt5_sim.world.sleepers import sleeps

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from agnt5_sim.world.process import Process

_BLINK_S = 0.0005
"""So long, in real seconds, a thread may be silent before it is looked at; most never are."""

_ERRAND_S = 10.0
"""So many real seconds an errand of ours may take in a thread, on a machine that is busy."""

_own = threading.local()
_allocate = _thread.allocate_lock


class Signal:
    """Something that is given once or more, and then taken once."""

    def __init__(self) -> None:
        self._lock = _taken()

    def give(self) -> None:
        """Let whoever waits for it go on; may be called from any thread."""
        with suppress(RuntimeError):  # it was given already
            self._lock.release()

    def wait(self, seconds: float) -> bool:
        """Wait for it in real time; tell whether it was given."""
        return bool(self._lock.acquire(timeout=seconds))


class Strand:
    """A thread of a process.

    Args:
        process: whose it is.
        thread: the thread, about to be started.
        origin: where it was started, in words.
        failing: tells whether the life is to end, in which case nothing is waited for.
    """

    def __init__(
        self, process: Process, thread: threading.Thread, origin: str, failing: Callable[[], bool]
    ) -> None:
        self.process = process
        self.thread = thread
        self.origin = origin
        self.done = False
        self.adrift = False
        self.wants_baton = False
        self.abandoned = False
        self.has_baton = False
        self.on_call: Callable[[], None] = _nothing
        self._failing = failing
        self._go = _taken()
        self._back = _taken()
        self._changing = _allocate()
        self._errand: Callable[[], None] | None = None

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"thread {self.thread.name!r}"

    def frame(self) -> FrameType | None:
        """Return the innermost frame it is in, or None."""
        return sys._current_frames().get(self.thread.ident or 0)

    # -- on the hub's side -------------------------------------------------------------

    def switch(self) -> None:
        """Give it the baton, and wait until it comes back, or is seen to sleep."""
        if self.abandoned:
            return
        self.adrift = self.wants_baton = False
        self.has_baton = True
        self._go.release()
        try:
            self._wait_for_baton()
        finally:
            self.has_baton = False

    def _wait_for_baton(self) -> None:
        wait = _BLINK_S
        look: tuple[int, ...] | None = None
        while not self._back.acquire(timeout=wait):
            before, look = look, sleeps(self.thread)
            asleep = look is not None and look == before
            if (asleep or self._failing()) and self._let_go():
                return
            wait = min(wait * 2, 0.01)

    def _let_go(self) -> bool:
        """Go on without the baton; tell whether it has not come back meanwhile."""
        with self._changing:
            if self._back.acquire(blocking=False):
                return False
            self.adrift = True
        if self._failing():
            self.abandon()
        return True

    def abandon(self) -> None:
        """Let it never go on: it waits for the baton for ever, or is stopped at its next line."""
        self.abandoned = True
        if self.adrift and not self.wants_baton and not self.done:
            ident = ctypes.c_ulong(self.thread.ident or 0)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(_Stopped))

    def does(self, errand: Callable[[], None]) -> bool:
        """Let a thread that is parked do something of ours before it is parked for good.

        Returns:
            Whether it could: one that is adrift waits in code that is not ours.
        """
        if self.adrift or self.done or self.thread.ident is None:
            return False
        self._errand = errand
        self._go.release()
        return bool(self._back.acquire(timeout=_ERRAND_S))

    # -- on the thread's side ----------------------------------------------------------

    def live(self, run: Callable[[], None]) -> None:
        """Run what the thread is for, once it has the baton."""
        _own.strand = self
        self._wait()
        try:
            run()
        except SystemExit:
            pass
        except BaseException:  # noqa: BLE001 - whatever a thread ends with goes to the hook
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), self.thread)))
        self.check_in()
        self.done = True
        self.on_call()
        self._back.release()

    def leave(self) -> None:
        """Give the baton back, and wait for it."""
        self._back.release()
        self._wait()

    def check_in(self) -> None:
        """Wait for the baton if it went adrift: what comes now is to be in its order."""
        with self._changing:
            if not self.adrift:
                return
            self.wants_baton = True
        self.on_call()
        self._wait()

    def stop_here(self) -> None:
        """Give the baton back for good; this never returns."""
        self.abandoned = True
        self.leave()

    def _wait(self) -> None:
        self._go.acquire()
        while (errand := self._errand) is not None:
            self._errand = None
            errand()
            self._back.release()
            self._go.acquire()


class _Stopped(BaseException):
    """Raised in a thread to stop it, and never comes to be: making it takes for ever."""

    def __new__(cls, *_args: object) -> Any:
        while True:
            _taken().acquire()


def strand_of() -> Strand | None:
    """Return the strand the caller runs on, or None if it is no thread of a program."""
    strand: Strand | None = getattr(_own, "strand", None)
    return strand


def _taken() -> Any:
    lock = _allocate()
    lock.acquire()
    return lock


def _nothing() -> None:
    pass
