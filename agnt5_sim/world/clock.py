"""The wall clock every program of a world reads.

`freezegun` puts the clock in place: it replaces `time` and `datetime` wherever a module has
already taken a reference. Behind its fakes stand our own readings of the world's virtual
time, which are exact to the nanosecond (freezegun's own `time_ns` rounds through a float) and
cost a fraction of them; and `datetime` hands out genuine `datetime` objects, since a
`FakeDatetime` is refused by orjson and spoils a snapshot.

Starting it means looking through every loaded module, so it is held for as long as lives
follow one another, and never started for a single simulated run if that can be helped.
"""

from __future__ import annotations

import datetime as _datetime
import time as _time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import freezegun
from freezegun import api as _freezegun

NS = 1_000_000_000

_EPOCH = _datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - freezegun wants naive UTC
_real_time = _time.time
_real_time_ns = _time.time_ns
_real_monotonic = _time.monotonic
_real_monotonic_ns = _time.monotonic_ns
_real_perf_counter = _time.perf_counter
_real_perf_counter_ns = _time.perf_counter_ns
_real_datetime = _datetime.datetime

# Packages that read the clock for themselves (durations of tests, search budgets) or are
# large and never look at it. Everything else is searched for captured references.
_IGNORED = (
    "_pytest.",
    "agnt5_sim.",
    "asyncio.",
    "attr.",
    "concurrent.",
    "email.",
    "encodings.",
    "execnet.",
    "http.",
    "hypothesis.",
    "importlib.",
    "logging.",
    "multiprocessing.",
    "opentelemetry.",
    "pluggy.",
    "pydantic.",
    "pydantic_core.",
    "pygments.",
    "pytest_asyncio.",
    "sentry_sdk.",
    "sortedcontainers.",
    "syrupy.",
    "test.",
    "unittest.",
    "xdist.",
    "xml.",
)


class Timekeeper(Protocol):
    """Whoever can say what time it is, in nanoseconds since the Unix epoch."""

    def wall_ns(self) -> int: ...

    def since_start_ns(self) -> int: ...


_keeper: Timekeeper | None = None


def time_ns() -> int:
    """Read virtual time in nanoseconds inside a life, real time outside."""
    return _real_time_ns() if _keeper is None else _keeper.wall_ns()


def _virtual_time() -> float:
    return _real_time() if _keeper is None else _keeper.wall_ns() / NS


def _virtual_monotonic() -> float:
    return _real_monotonic() if _keeper is None else _keeper.since_start_ns() / NS


def _virtual_monotonic_ns() -> int:
    return _real_monotonic_ns() if _keeper is None else _keeper.since_start_ns()


def _virtual_perf_counter() -> float:
    return _real_perf_counter() if _keeper is None else _keeper.since_start_ns() / NS


def _virtual_perf_counter_ns() -> int:
    return _real_perf_counter_ns() if _keeper is None else _keeper.since_start_ns()


def _utcnow() -> _datetime.datetime:
    return _EPOCH + _datetime.timedelta(microseconds=time_ns() // 1000)


def _genuine_datetime(cls: type, *args: Any, **kwargs: Any) -> Any:
    if cls is _freezegun.FakeDatetime:
        return _real_datetime(*args, **kwargs)
    return _real_datetime.__new__(cls, *args, **kwargs)


def _genuine_date(cls: type, *args: Any, **kwargs: Any) -> Any:
    if cls is _freezegun.FakeDate:
        return _freezegun.real_date(*args, **kwargs)
    return _freezegun.real_date.__new__(cls, *args, **kwargs)


def _itself(value: Any) -> Any:
    return value


_found: dict[str, tuple[int, int, list[tuple[str, Any]]]] = {}


def _captured(module: Any) -> list[tuple[str, Any]]:
    """Return the references to clocks a module holds, looked up again when its names change.

    freezegun's own cache compares the sorted names of every module at every start, which is
    nearly all a start costs.
    """
    names = vars(module)
    key = getattr(module, "__name__", "")
    identity, size, found = _found.get(key, (0, 0, []))
    if identity == id(module) and size == len(names):
        return found
    found = [(n, v) for n, v in tuple(names.items()) if id(v) in _freezegun._real_time_object_ids]  # noqa: SLF001
    _found[key] = (id(module), len(names), found)
    return found


_OURS: dict[str, Callable[..., Any]] = {
    "_get_cached_module_attributes": _captured,
    "fake_time": _virtual_time,
    "fake_time_ns": time_ns,
    "fake_monotonic": _virtual_monotonic,
    "fake_monotonic_ns": _virtual_monotonic_ns,
    "fake_perf_counter": _virtual_perf_counter,
    "fake_perf_counter_ns": _virtual_perf_counter_ns,
    "datetime_to_fakedatetime": _itself,
    "date_to_fakedate": _itself,
}

_held = 0
_freezer: Any = None
_before: dict[str, Any] = {}


@contextmanager
def held() -> Iterator[None]:
    """Keep the fake clock in place; outside a life it still reads real time."""
    global _held  # noqa: PLW0603 - there is one clock to a process
    if _held == 0:
        _start()
    _held += 1
    try:
        yield
    finally:
        _held -= 1
        if _held == 0:
            _stop()


@contextmanager
def kept_by(keeper: Timekeeper) -> Iterator[None]:
    """Let `keeper` say what time it is, until the block ends."""
    global _keeper  # noqa: PLW0603 - there is one clock to a process
    with held():
        before, _keeper = _keeper, keeper
        try:
            yield
        finally:
            _keeper = before


def _start() -> None:
    global _freezer  # noqa: PLW0603
    for name, ours in _OURS.items():
        _before[name] = getattr(_freezegun, name)
        setattr(_freezegun, name, ours)
    _before["call_stack_inspection_limit"] = _freezegun.call_stack_inspection_limit
    # With a limit, freezegun walks the stack on every reading and shows executor threads real time.
    _freezegun.call_stack_inspection_limit = 0
    for fake, new in ((_freezegun.FakeDatetime, _genuine_datetime), (_freezegun.FakeDate, _genuine_date)):
        _before[fake.__name__] = fake.__dict__.get("__new__")
        fake.__new__ = new  # type: ignore[assignment]
    _freezer = freezegun.freeze_time(_EPOCH, ignore=list(_IGNORED))
    _freezer.start()
    _freezegun.freeze_factories[-1] = _utcnow  # type: ignore[call-overload]


def _stop() -> None:
    _freezer.stop()
    for name in (*_OURS, "call_stack_inspection_limit"):
        setattr(_freezegun, name, _before.pop(name))
    for fake in (_freezegun.FakeDatetime, _freezegun.FakeDate):
        old = _before.pop(fake.__name__)
        if old is None:
            del fake.__new__
        else:
            fake.__new__ = old
