"""No network, no processes: what a program reaches for is refused, and the life ends with it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from agnt5_sim.errors import OutsideTouched
from agnt5_sim.world import VirtualLoop, World, isolated
from agnt5_sim.world.clock import real_monotonic

NOWHERE = "/nowhere/at/all"
HERE = ("127.0.0.1", 9)


def _connect() -> None:
    with socket.socket() as sock:
        sock.connect(HERE)


def _connect_ex() -> None:
    with socket.socket() as sock:
        sock.connect_ex(HERE)


def _sendto() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", HERE)


def _sendmsg() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.sendmsg([b"x"], [], 0, HERE)


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _forkpty() -> None:
    pid, terminal = os.forkpty()
    if pid == 0:
        os._exit(0)
    os.close(terminal)
    os.waitpid(pid, 0)


# What is called, and how the error names it. None of them does harm should it be let through.
BLOCKING: dict[str, tuple[Callable[[], Any], str]] = {
    "socket.connect": (_connect, "socket.connect(('127.0.0.1', 9))"),
    "socket.connect_ex": (_connect_ex, "socket.connect(('127.0.0.1', 9))"),
    "socket.sendto": (_sendto, "socket.sendto(('127.0.0.1', 9))"),
    "socket.sendmsg": (_sendmsg, "socket.sendmsg(('127.0.0.1', 9))"),
    "create_connection": (
        lambda: socket.create_connection(HERE),
        "socket.getaddrinfo('127.0.0.1', 9)",
    ),
    "getaddrinfo": (
        lambda: socket.getaddrinfo("localhost", 80),
        "socket.getaddrinfo('localhost', 80)",
    ),
    "gethostbyname": (
        lambda: socket.gethostbyname("localhost"),
        "socket.gethostbyname('localhost')",
    ),
    "gethostbyname_ex": (
        lambda: socket.gethostbyname_ex("localhost"),
        "socket.gethostbyname('localhost')",
    ),
    "gethostbyaddr": (
        lambda: socket.gethostbyaddr("127.0.0.1"),
        "socket.gethostbyaddr('127.0.0.1')",
    ),
    "getnameinfo": (lambda: socket.getnameinfo(HERE, 0), "socket.getnameinfo(('127.0.0.1', 9))"),
    "urlopen": (
        lambda: urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            "http://localhost:9"
        ),
        "socket.getaddrinfo('localhost', 9)",
    ),
    "Popen": (
        lambda: subprocess.Popen([NOWHERE, "x"]),
        f"subprocess.Popen('{NOWHERE}', ['{NOWHERE}', 'x'])",
    ),
    "subprocess.run": (
        lambda: subprocess.run([NOWHERE], check=False),
        f"subprocess.Popen('{NOWHERE}'",
    ),
    "os.system": (lambda: os.system("true"), "os.system(b'true')"),  # noqa: S605, S607
    "os.popen": (lambda: os.popen("true").close(), "subprocess.Popen('/bin/sh', ["),  # noqa: S605, S607
    "os.fork": (_fork, "os.fork()"),
    "os.forkpty": (_forkpty, "os.forkpty()"),
    "os.spawnv": (lambda: os.spawnv(os.P_WAIT, NOWHERE, [NOWHERE]), "os.fork()"),  # noqa: S606
    "os.posix_spawn": (
        lambda: os.posix_spawn(NOWHERE, [NOWHERE], {}),
        f"os.posix_spawn('{NOWHERE}'",
    ),
    "os.posix_spawnp": (
        lambda: os.posix_spawnp(NOWHERE, [NOWHERE], {}),
        f"os.posix_spawn('{NOWHERE}'",
    ),
    "os.execv": (lambda: os.execv(NOWHERE, [NOWHERE]), f"os.exec('{NOWHERE}'"),  # noqa: S606
}

AWAITED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "loop.create_connection": (
        lambda loop: loop.create_connection(asyncio.Protocol, *HERE),
        "loop.create_connection",
    ),
    "loop.create_server": (
        lambda loop: loop.create_server(asyncio.Protocol, *HERE),
        "loop.create_server",
    ),
    "loop.create_unix_connection": (
        lambda loop: loop.create_unix_connection(asyncio.Protocol, NOWHERE),
        "loop.create_unix_connection",
    ),
    "loop.create_unix_server": (
        lambda loop: loop.create_unix_server(asyncio.Protocol, NOWHERE),
        "loop.create_unix_server",
    ),
    "loop.create_datagram_endpoint": (
        lambda loop: loop.create_datagram_endpoint(asyncio.DatagramProtocol, HERE),
        "loop.create_datagram_endpoint",
    ),
    "loop.sock_connect": (lambda loop: loop.sock_connect(None, HERE), "loop.sock_connect"),
    "loop.getaddrinfo": (lambda loop: loop.getaddrinfo(*HERE), "loop.getaddrinfo"),
    "loop.getnameinfo": (lambda loop: loop.getnameinfo(HERE), "loop.getnameinfo"),
    "open_connection": (lambda loop: asyncio.open_connection(*HERE), "loop.create_connection"),
    "start_server": (lambda loop: asyncio.start_server(print, *HERE), "loop.create_server"),
    "create_subprocess_exec": (
        lambda loop: asyncio.create_subprocess_exec(NOWHERE),
        "loop.subprocess_exec",
    ),
    "create_subprocess_shell": (
        lambda loop: asyncio.create_subprocess_shell("true"),
        "loop.subprocess_shell",
    ),
}


def refusal(program: Callable[[], Any]) -> tuple[str, World, bool]:
    """Live `program` in a process, and return the refusal, the world and whether it was killed."""
    world = World()
    with isolated(world, "seed"):
        process = world.spawn()
        task = process.start(program())
        with pytest.raises(OutsideTouched) as raised:
            world.drive(None, task.done)
    return str(raised.value), world, process.dead


HERE_ONLY = [
    pytest.param(
        call,
        marks=pytest.mark.skipif(
            call.startswith("os.") and not hasattr(os, call[3:]), reason=f"there is no {call} here"
        ),
    )
    for call in BLOCKING
]


@pytest.mark.parametrize("call", HERE_ONLY)
def test_a_blocking_call_is_refused(call: str) -> None:
    """The error names the call, the line it was made from, and the way out."""
    make, named = BLOCKING[call]

    async def step_that_calls() -> None:
        await asyncio.sleep(1)
        make()

    message, _, dead = refusal(step_that_calls)
    assert message.startswith(named)
    assert __file__ in message
    assert "in step_that_calls: make()" in message
    assert "sim.stub(" in message
    assert dead


@pytest.mark.parametrize("call", AWAITED)
def test_an_awaited_call_is_refused(call: str) -> None:
    """The loop's own ways out are refused like the blocking ones."""
    make, named = AWAITED[call]

    async def step_that_awaits() -> None:
        await make(asyncio.get_running_loop())

    message, _, dead = refusal(step_that_awaits)
    assert message.startswith(f"{named} was called")
    assert "in step_that_awaits: await make(asyncio.get_running_loop())" in message
    assert dead


@pytest.mark.parametrize("call", HERE_ONLY)
def test_a_program_cannot_swallow_the_refusal(call: str) -> None:
    """It never sees it: it is killed where it stands, and the error is the caller's."""
    make, _ = BLOCKING[call]
    log: list[str] = []

    async def program() -> None:
        while True:
            try:
                make()
                log.append("went on")
            except BaseException:  # noqa: BLE001 - that is the point
                log.append("swallowed")
            finally:
                log.append("finally")
            await asyncio.sleep(1)

    _, _, dead = refusal(program)
    assert ([], True) == (log, dead)


@pytest.mark.parametrize("kind", ["to_thread", "run_in_executor", "executor of its own"])
def test_a_thread_of_a_program_is_refused(kind: str) -> None:
    """A blocking function is the program, on whatever thread it runs, and whatever it swallows."""

    def step_in_a_thread(world: World | None = None) -> None:
        if world is not None:  # wait until no process has its turn
            deadline = real_monotonic() + 10
            while world.current is not None and real_monotonic() < deadline:
                pass
        try:
            socket.getaddrinfo("localhost", 80)
        except BaseException:  # noqa: BLE001 - that is the point
            return

    async def program() -> None:
        loop = asyncio.get_running_loop()
        if kind == "to_thread":
            await asyncio.to_thread(step_in_a_thread)
        elif kind == "run_in_executor":
            await loop.run_in_executor(None, step_in_a_thread)
        else:
            with ThreadPoolExecutor(1) as executor:
                await loop.run_in_executor(executor, step_in_a_thread, loop.world)  # type: ignore[attr-defined]

    message, *_ = refusal(program)
    assert message.startswith("socket.getaddrinfo('localhost', 80)")
    assert "in step_in_a_thread: socket.getaddrinfo" in message


def test_a_refused_process_is_the_only_one_killed() -> None:
    """The others are left as they were, and the world can be driven on to look at them."""
    world = World()
    with isolated(world, "seed"):
        bystander, culprit = world.spawn(), world.spawn()
        task = bystander.start(asyncio.sleep(5, "lives"))

        async def touches() -> None:
            await asyncio.sleep(1)
            socket.gethostbyname("localhost")

        culprit.start(touches())
        with pytest.raises(OutsideTouched):
            world.drive(None, task.done)
        world.drive(None, task.done)
    assert ("lives", False, True) == (task.result(), bystander.dead, culprit.dead)


def use_the_outside() -> list[str]:
    """Resolve a name, connect to a server of our own, and start a process."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
        server.accept()[0] as peer,
    ):
        client.sendall(b"hello")
        received = peer.recv(5).decode()
    printed = subprocess.run(  # noqa: S602 - as simple a process as can be
        "echo started",  # noqa: S607
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [received, printed.strip()]


@pytest.mark.skipif(sys.platform == "win32", reason="uses a POSIX shell")
def test_outside_of_a_process_everything_is_allowed() -> None:
    """A test may use the outside in a life, in an action of the world, beside it, and after it."""
    world = World()
    seen: list[list[str]] = []
    with isolated(world, "seed"):
        seen.append(use_the_outside())
        world.at(1.0, lambda: seen.append(use_the_outside()))
        process = world.spawn()
        process.start(asyncio.sleep(2))
        world.drive(None, lambda: world.now >= 2.0)
        thread = threading.Thread(target=lambda: seen.append(use_the_outside()))
        thread.start()
        thread.join()
    seen.append(use_the_outside())
    assert [["hello", "started"]] * 4 == seen


@pytest.mark.skipif(sys.platform == "win32", reason="uses a POSIX shell")
def test_the_home_loop_is_not_a_process() -> None:
    """The test itself, on the virtual loop, may use the outside, its threads as well."""
    world = World()

    async def home() -> list[list[str]]:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as executor:
            return [
                use_the_outside(),
                await asyncio.to_thread(use_the_outside),
                await loop.run_in_executor(executor, use_the_outside),
            ]

    with isolated(world, "seed"), asyncio.Runner(loop_factory=lambda: VirtualLoop(world)) as runner:
        assert [["hello", "started"]] * 3 == runner.run(home())


def test_a_life_in_a_life_is_guarded_by_its_own_world() -> None:
    """The inner world refuses, and afterwards the outer one does again."""
    outer, inner = World(), World()
    message = ""

    async def touches() -> None:
        socket.gethostbyname("localhost")

    async def program() -> None:
        nonlocal message
        with isolated(inner, "inner"):
            task = inner.spawn().start(touches())
            with pytest.raises(OutsideTouched) as raised:
                inner.drive(None, task.done)
            message = str(raised.value)
        await touches()

    with isolated(outer, "outer"):
        process = outer.spawn()
        task = process.start(program())
        with pytest.raises(OutsideTouched):
            outer.drive(None, task.done)
    assert message.startswith("socket.gethostbyname")
    assert process.dead
