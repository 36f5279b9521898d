"""What a process holds in the system: transactions, locks of files, ports.

A worker that is killed in production lets go of all that. Here its objects are kept from being
taken apart, so it is let go of one by one, through the interpreter's own calls and no line of the
program's. An audit hook tells what is taken; numbers of descriptors are not closed, since a number
is used again.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import ref

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = frozenset({"fcntl.flock", "fcntl.lockf", "socket.bind", "sqlite3.connect/handle"})


class Holdings:
    """What one process has taken."""

    def __init__(self) -> None:
        self._databases: set[int] = set()
        self._sockets: list[ref[Any]] = []
        self._files: set[tuple[str, int, int, int]] = set()

    def took(self, event: str, args: tuple[Any, ...]) -> None:
        """Note what an audit event tells: one of `EVENTS`."""
        if event == "sqlite3.connect/handle":
            self._databases.add(id(args[0]))
        elif event == "socket.bind":
            self._sockets.append(ref(args[0]))
        else:
            with suppress(OSError):
                status = os.fstat(args[0])
                self._files.add((event, args[0], status.st_dev, status.st_ino))

    def let_go(self, elsewhere: Callable[[Callable[[], None]], None]) -> None:
        """Let go of everything.

        Args:
            elsewhere: calls a function in each thread of the process: a connection may be closed
                by its own thread only.
        """
        for reference in self._sockets:
            socket = reference()
            if socket is not None:
                with suppress(OSError):
                    sys.modules["_socket"].socket.close(socket)
        for event, number, device, inode in self._files:
            with suppress(OSError):
                status = os.fstat(number)
                if (status.st_dev, status.st_ino) == (device, inode):  # not used again meanwhile
                    _unlock(event, number)
        if self._databases:
            self._close_databases()
            if self._databases:
                elsewhere(self._close_databases)

    def _close_databases(self) -> None:
        """Close the calling thread's; a statement that is left open would keep its locks."""
        sqlite3 = sys.modules["sqlite3"]
        kinds = sqlite3.Connection, sqlite3.Cursor
        things = [thing for thing in gc.get_objects() if issubclass(type(thing), kinds)]
        for thing in things:
            if isinstance(thing, sqlite3.Cursor) and id(thing.connection) in self._databases:
                with suppress(sqlite3.Error):  # another thread's
                    sqlite3.Cursor.close(thing)
        for thing in things:
            if id(thing) in self._databases:
                with suppress(sqlite3.Error):
                    sqlite3.Connection.rollback(thing)
                    if not _is_global(thing):
                        sqlite3.Connection.close(thing)
                    self._databases.discard(id(thing))


def _is_global(thing: Any) -> bool:
    """Tell whether a module holds it, in which the successor will find it: a new one it is not."""
    spaces = [getattr(module, "__dict__", {}) for module in tuple(sys.modules.values())]
    return any(each is thing for space in spaces for each in tuple(space.values()))


def _unlock(event: str, number: int) -> None:
    import fcntl

    call: Any = getattr(fcntl, event.partition(".")[2])
    call(number, fcntl.LOCK_UN)
