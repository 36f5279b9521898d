"""The wall clock every program of a world reads.

time-machine puts it in place, at the level of C: no class is swapped, and a reference that was
taken before is the same genuine function. What it leaves real is answered for by us
(`agnt5_sim.world.natives`). Both ask here, where a life's own threads are told the world's
virtual time, exact to the nanosecond, and everybody else real time. Local time is UTC inside a
life, wherever the machine stands. Whoever freezes time or travels in it sets the clock of the
life (`agnt5_sim.world.freezing`).
"""

from __future__ import annotations

import sys
import time as _time
from contextlib import contextmanager
from threading import get_ident
from typing import TYPE_CHECKING, Any

from agnt5_sim.world import freezing, generators, libraries
from agnt5_sim.world.belonging import belongs
from agnt5_sim.world.natives import Native
from agnt5_sim.world.zone import local_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agnt5_sim.world.host import Host as World

NS = 1_000_000_000

_world: World | None = None
_held = 0


def _living() -> World | None:
    """Return the world of the life the calling thread belongs to, or None."""
    world = _world
    if world is None or get_ident() == world.hub_thread or belongs(world):
        return world
    return None


# -- readings ------------------------------------------------------------------------------


def time_ns() -> int:
    """Read virtual time in nanoseconds inside a life; outside, what time it is there."""
    world = _living()
    if world is not None:
        return freezing.stepped(world.wall_ns()) if freezing.steps else world.wall_ns()
    return (
        freezing.outside_ns(libraries.real_time_ns) if _world is None else libraries.real_time_ns()
    )


def _monotonic_ns() -> int:
    world = _living()
    return _real["monotonic_ns"]() if world is None else freezing.monotonic_ns(world)


def _monotonic() -> float:
    world = _living()
    return _real["monotonic"]() if world is None else freezing.monotonic_ns(world) / NS


def _perf_counter_ns() -> int:
    world = _living()
    return _real["perf_counter_ns"]() if world is None else freezing.monotonic_ns(world)


def _perf_counter() -> float:
    world = _living()
    return _real["perf_counter"]() if world is None else freezing.monotonic_ns(world) / NS


def _unspent(name: str, nothing: float) -> Callable[[], float]:
    """Return a clock of processor time: in a life work takes no time of any kind."""

    def unspent() -> float:
        return nothing if _living() is not None else _real[name]()

    return unspent


def _ctime(*args: Any) -> Any:
    if args in {(), (None,)} and (_world is None or _living() is not None):
        args = (time_ns() // NS,)
    return _real["ctime"](*args)


def _asctime(*args: Any) -> Any:
    if not args and (_world is None or _living() is not None):
        args = (_time.localtime(time_ns() // NS),)
    return _real["asctime"](*args)


_SYSTEM_CLOCKS = {
    getattr(_time, name): clock
    for name, clock in (
        ("CLOCK_REALTIME", "time_ns"),
        ("CLOCK_REALTIME_COARSE", "time_ns"),
        ("CLOCK_TAI", "time_ns"),
        ("CLOCK_MONOTONIC", "monotonic_ns"),
        ("CLOCK_MONOTONIC_COARSE", "monotonic_ns"),
        ("CLOCK_MONOTONIC_RAW", "monotonic_ns"),
        ("CLOCK_BOOTTIME", "monotonic_ns"),
        ("CLOCK_PROCESS_CPUTIME_ID", "process_time_ns"),
        ("CLOCK_THREAD_CPUTIME_ID", "thread_time_ns"),
    )
    if hasattr(_time, name)
}


def _reads(kind: int) -> str:
    """Return which clock of `time` the system's clock of this number is; "" for a real one."""
    clock = _SYSTEM_CLOCKS.get(kind, "")
    outside = clock == "time_ns" if _world is None else _living() is not None
    return clock if outside else ""


def _clock_gettime_ns(kind: int, /) -> Any:
    clock = _reads(kind)
    return getattr(_time, clock)() if clock else _real["clock_gettime_ns"](kind)


def _clock_gettime(kind: int, /) -> Any:
    clock = _reads(kind)
    return getattr(_time, clock)() / NS if clock else _real["clock_gettime"](kind)


def sleep(seconds: float, /) -> None:
    """Block for virtual seconds inside a life, for real ones outside (`time.sleep`)."""
    if _world is None:
        real_sleep(seconds)
    else:
        _world.sleep_blocking(seconds)


# -- putting it in place -------------------------------------------------------------------

_ANSWERS: dict[str, Callable[..., Any]] = {
    "monotonic": _monotonic,
    "monotonic_ns": _monotonic_ns,
    "perf_counter": _perf_counter,
    "perf_counter_ns": _perf_counter_ns,
    "process_time": _unspent("process_time", 0.0),
    "process_time_ns": _unspent("process_time_ns", 0),
    "thread_time": _unspent("thread_time", 0.0),
    "thread_time_ns": _unspent("thread_time_ns", 0),
    "clock_gettime": _clock_gettime,
    "clock_gettime_ns": _clock_gettime_ns,
    "ctime": _ctime,
    "asctime": _asctime,
    "sleep": sleep,
}
_natives = [Native(name, answer) for name, answer in _ANSWERS.items() if hasattr(_time, name)]
_real: dict[str, Any] = {native.real.__name__: native.real for native in _natives}

real_sleep: Callable[[float], None] = _real["sleep"]
real_monotonic: Callable[[], float] = _real["monotonic"]
real_process_time: Callable[[], float] = _real["process_time"]


@contextmanager
def held() -> Iterator[None]:
    """Keep the clock, and UTC, in place; outside a life it still reads real time.

    It is held for as long as lives follow one another, and what they share is put back then.
    """
    global _held  # noqa: PLW0603 - there is one clock to a process
    if _held:
        _held += 1
        try:
            yield
        finally:
            _held -= 1
        return
    with libraries.served(time_ns), _answered(), local_zone("UTC"), generators.put_back():
        _held = 1
        try:
            yield
        finally:
            _held = 0


@contextmanager
def kept_by(world: World) -> Iterator[None]:
    """Let `world` say what time it is, until the block ends."""
    global _world  # noqa: PLW0603
    with held(), freezing.lived_by(world):
        before, _world = _world, world
        try:
            yield
        finally:
            _world = before


@contextmanager
def _answered() -> Iterator[None]:
    """Answer for what time-machine leaves real; pytest goes on timing its tests in real time."""
    for native in _natives:
        native.replace()
    timing: Any = sys.modules.get("_pytest.timing")
    kept = dict(vars(timing)) if timing is not None else {}
    real = {**_real, "time": libraries.real_time}
    for name in ("time", "perf_counter", "sleep"):
        if name in kept:
            setattr(timing, name, real[name])
    try:
        yield
    finally:
        for name in ("time", "perf_counter", "sleep"):
            if name in kept:
                setattr(timing, name, kept[name])
        for native in _natives:
            native.restore()
