"""Locks and queues that a program waits on in virtual time.

While a life lasts they stand where `threading` and `queue` have the interpreter's own, of which
everything else there is made: conditions, events, semaphores, queues, futures. To whoever is no
program they are what they are made of.
"""

from __future__ import annotations

import _queue
import _thread
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from agnt5_sim.world.strands import strand_of

if TYPE_CHECKING:
    from agnt5_sim.world.waiting import Waiter

_allocate = _thread.allocate_lock


class Waits(Protocol):
    """Whoever can let a stack wait: the blocking calls of a world."""

    def can_wait(self) -> bool:
        """Tell whether the caller is a program, which waits in virtual time."""

    def wait(self, waiters: deque[Waiter], timeout: float | None) -> bool:
        """Wait to be woken; tell whether that was before the time-out."""

    def me(self) -> object:
        """Return what a lock is owned by: the caller's stack."""

    def check_in(self) -> None:
        """Let a thread that went adrift wait for its turn."""


class Serves(Protocol):
    """A world, as its locks see it."""

    @property
    def current(self) -> object:
        """The process that is running, if one is."""

    @property
    def blocking(self) -> Waits:
        """Lets its programs wait."""


_world: Serves | None = None
_genuine = 0


def serve(world: Serves | None) -> Serves | None:
    """Let the programs of a world wait in its time from now on; return whose did before."""
    global _world
    before, _world = _world, world
    return before


class Genuine:
    """Make the interpreter's own locks until the block ends."""

    def __enter__(self) -> None:
        global _genuine  # noqa: PLW0603 - see above
        _genuine += 1

    def __exit__(self, *_error: object) -> None:
        global _genuine  # noqa: PLW0603 - see above
        _genuine -= 1


def _waits() -> Waits | None:
    """Return what lets the caller wait in virtual time, or None if it is no program."""
    if _world is None or (_world.current is None and strand_of() is None):
        return None
    waits = _world.blocking
    return waits if waits.can_wait() else None


def _wanted() -> bool:
    return not _genuine and _waits() is not None


def _me() -> object:
    waits = _waits()
    return _thread.get_ident() if waits is None else waits.me()


def _wake(waiters: deque[Waiter]) -> None:
    """Wake the first that still waits."""
    if waiters and _world is not None:
        _world.blocking.check_in()
    while waiters:
        if waiters.popleft().wake():
            return


class _Like(type):
    """The type of a stand-in, of which the genuine ones count as instances."""

    genuine: Any = ()

    def __instancecheck__(cls, thing: object) -> bool:
        return type.__instancecheck__(cls, thing) or isinstance(thing, cls.genuine)


class Lock(metaclass=_Like):
    """A lock; made by whoever is no program, it is the interpreter's own."""

    genuine = type(_allocate())

    def __new__(cls) -> Any:
        """Make one, which is the interpreter's own for whoever is no program."""
        return cls.made() if _wanted() else _allocate()

    @classmethod
    def made(cls) -> Lock:
        """Make one, whoever asks."""
        lock = object.__new__(cls)
        lock._lock = _allocate()
        lock._waiters = deque()
        return lock

    _lock: Any
    _waiters: deque[Waiter]

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002 - as the interpreter's
        """Take it, or wait for that."""
        return bool(self._lock.acquire(blocking=False)) or _acquire(self, blocking, timeout)

    def release(self) -> None:
        """Let it go."""
        self._lock.release()
        if self._waiters:
            _wake(self._waiters)

    def locked(self) -> bool:
        """Tell whether it is taken."""
        return bool(self._lock.locked())

    def _at_fork_reinit(self) -> None:
        self._lock = _allocate()
        self._waiters.clear()

    __enter__ = acquire

    def __exit__(self, *_error: object) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"<{'locked' if self.locked() else 'unlocked'} lock in virtual time>"


def _acquire(lock: Any, blocking: bool, timeout: float) -> bool:  # noqa: FBT001 - as the interpreter's
    if not blocking:
        return False
    waits = _waits()
    if waits is None:
        return bool(lock._lock.acquire(timeout=timeout))
    until = None if timeout < 0 else timeout
    while not lock._lock.acquire(blocking=False):
        if not waits.wait(lock._waiters, until):
            return bool(lock._lock.acquire(blocking=False))
    return True


class RLock(metaclass=_Like):
    """A lock that its owner may take again; the owner is a stack, of which a thread has one."""

    genuine = type(_thread.RLock())

    def __new__(cls) -> Any:
        """Make one, which is the interpreter's own for whoever is no program."""
        return cls.made() if _wanted() else _thread.RLock()

    @classmethod
    def made(cls) -> RLock:
        """Make one, whoever asks."""
        lock = object.__new__(cls)
        lock._lock = _allocate()
        lock._waiters = deque()
        lock._owner = None
        lock._count = 0
        return lock

    _lock: Any
    _waiters: deque[Waiter]
    _owner: Any
    _count: int

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002 - as the interpreter's
        """Take it once more, or wait for that."""
        me = _me()
        if self._owner == me:
            self._count += 1
            return True
        if bool(self._lock.acquire(blocking=False)) or _acquire(self, blocking, timeout):
            self._owner, self._count = me, 1
            return True
        return False

    def release(self) -> None:
        """Let it go once."""
        if self._owner != _me():
            msg = "cannot release un-acquired lock"
            raise RuntimeError(msg)
        self._count -= 1
        if not self._count:
            self._release_save()

    def _release_save(self) -> tuple[int, Any]:
        state = self._count, self._owner
        self._count, self._owner = 0, None
        self._lock.release()
        if self._waiters:
            _wake(self._waiters)
        return state

    def _acquire_restore(self, state: tuple[int, Any]) -> None:
        self.acquire()
        self._count, self._owner = state

    def _is_owned(self) -> bool:
        return bool(self._owner == _me())

    def _recursion_count(self) -> int:
        return self._count if self._is_owned() else 0

    def locked(self) -> bool:
        """Tell whether it is taken."""
        return bool(self._lock.locked())

    def _at_fork_reinit(self) -> None:
        self._lock = _allocate()
        self._waiters.clear()
        self._owner, self._count = None, 0

    __enter__ = acquire

    def __exit__(self, *_error: object) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"<{'locked' if self.locked() else 'unlocked'} reentrant lock in virtual time>"


class SimpleQueue(metaclass=_Like):
    """A queue without an end."""

    genuine = _queue.SimpleQueue

    def __new__(cls) -> Any:
        """Make one, which is the interpreter's own for whoever is no program."""
        if not _wanted():
            return _queue.SimpleQueue()
        queue = object.__new__(cls)
        queue._queue = _queue.SimpleQueue()
        queue._waiters = deque()
        return queue

    def __class_getitem__(cls, item: Any) -> Any:
        return _queue.SimpleQueue[item]

    _queue: Any
    _waiters: deque[Waiter]

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:  # noqa: ARG002, FBT001, FBT002 - as the interpreter's
        """Put an item in."""
        self._queue.put(item)
        if self._waiters:
            _wake(self._waiters)

    put_nowait = put

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: FBT001, FBT002 - as the interpreter's
        """Take the first item out, or wait for one."""
        waits = _waits()
        if not block or waits is None:
            return self._queue.get(block, timeout)
        while self._queue.empty():
            if not waits.wait(self._waiters, timeout):
                break
        return self._queue.get_nowait()

    def get_nowait(self) -> Any:
        """Take the first item out.

        Raises:
            queue.Empty: there is none.
        """
        return self._queue.get_nowait()

    def empty(self) -> bool:
        """Tell whether nothing is in it."""
        return bool(self._queue.empty())

    def qsize(self) -> int:
        """Tell how much is in it."""
        return int(self._queue.qsize())
