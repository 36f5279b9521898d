"""No network and no processes: what a program under simulation reaches for is refused.

An audit hook sees every way there, the ones written in C too. It is installed with the first
life and says nothing outside one. It also tells the world what its programs take of the system.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agnt5_sim.world.holdings import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.world.world import World

_REFUSED = {
    "os.exec": "os.exec",
    "os.fork": "os.fork",
    "os.forkpty": "os.forkpty",
    "os.posix_spawn": "os.posix_spawn",
    "os.system": "os.system",
    "socket.connect": "socket.connect",
    "socket.getaddrinfo": "socket.getaddrinfo",
    "socket.gethostbyaddr": "socket.gethostbyaddr",
    "socket.gethostbyname": "socket.gethostbyname",
    "socket.getnameinfo": "socket.getnameinfo",
    "socket.sendmsg": "socket.sendmsg",
    "socket.sendto": "socket.sendto",
    "subprocess.Popen": "subprocess.Popen",
}

_SEEN = EVENTS.union(_REFUSED)

_world: World | None = None
_installed = False


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if _world is None or event not in _SEEN:
        return
    world = _world
    if not world.in_program():  # a test may do as it likes; a worker may not
        return
    if event in EVENTS:
        world.took(event, args)
        return
    world.touched(f"{_REFUSED[event]}({_what(event, args)})")


def _what(event: str, args: tuple[Any, ...]) -> str:
    if event.startswith("socket.") and args and hasattr(args[0], "fileno"):
        args = args[1:]  # the socket itself says nothing
    return ", ".join(repr(arg) for arg in args[:2])


@contextmanager
def guarding(world: World) -> Iterator[None]:
    """Refuse network and processes to the programs of `world` until the block ends."""
    global _world, _installed  # noqa: PLW0603 - an audit hook is for the whole process
    if not _installed:
        sys.addaudithook(_audit)
        _installed = True
    before, _world = _world, world
    try:
        yield
    finally:
        _world = before
