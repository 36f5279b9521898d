"""The wall clock every program of a world reads.

`freezegun` puts the clock in place: it replaces `time` and `datetime` wherever a module has
already taken a reference. Behind its fakes stand our own readings of the world's virtual
time, which are exact to the nanosecond (freezegun's own `time_ns` rounds through a float) and
cost a fraction of them; and `datetime` hands out genuine `datetime` objects, since a
`FakeDatetime` is refused by orjson and spoils a snapshot. A `freeze_time` of somebody else's
goes before ours while it lasts. Local time is UTC inside a life, wherever the machine stands.

It is held for as long as lives follow one another, since a start has some hundred references
to replace.
"""

from __future__ import annotations

import datetime as _datetime
import os
import time as _time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import freezegun
from freezegun import api as _freezegun

from agnt5_sim.world.references import Loaded, held_by, real_sleep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NS = 1_000_000_000

# The real clocks are asked of freezegun by name (`_freezegun.real_time`): a reference kept here
# would be replaced by a `freeze_time` that is running, like everybody else's.
_EPOCH = _freezegun.real_datetime(1970, 1, 1)

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

    def wall_ns(self) -> int:
        """Return the nanoseconds since 1970."""

    def since_start_ns(self) -> int:
        """Return the nanoseconds since the life began."""

    def sleep_blocking(self, seconds: float) -> None:
        """Block the calling program for so many seconds."""


_keeper: Timekeeper | None = None
_held = 0
_level = 0
"""How many `freeze_time`s were running when the present life began."""
_place = 0
"""Where among the running `freeze_time`s ours is, counted from 1."""
_freezer: Any = None
_undo: list[tuple[Any, str, Any]] = []
_ABSENT = object()


def _frozen() -> bool:
    """Tell whether somebody's own `freeze_time` goes before us."""
    running = len(_freezegun.freeze_factories)
    return running > (_level if _keeper is not None else bool(_held))


# -- readings ------------------------------------------------------------------------------


def time_ns() -> int:
    """Read virtual time in nanoseconds inside a life, real time outside."""
    if _frozen():
        return _fake_time_ns()
    return _freezegun.real_time_ns() if _keeper is None else _keeper.wall_ns()


def _virtual_time() -> float:
    if _frozen():
        return _fake_time()
    return _freezegun.real_time() if _keeper is None else _keeper.wall_ns() / NS


def _virtual_monotonic() -> float:
    if _frozen():
        return _fake_monotonic()
    return _freezegun.real_monotonic() if _keeper is None else _keeper.since_start_ns() / NS


def _virtual_monotonic_ns() -> int:
    if _frozen():
        return _fake_monotonic_ns()
    return _freezegun.real_monotonic_ns() if _keeper is None else _keeper.since_start_ns()


def _virtual_perf_counter() -> float:
    if _frozen():
        return _fake_perf_counter()
    return _freezegun.real_perf_counter() if _keeper is None else _keeper.since_start_ns() / NS


def _virtual_perf_counter_ns() -> int:
    if _frozen():
        return _fake_perf_counter_ns()
    return _freezegun.real_perf_counter_ns() if _keeper is None else _keeper.since_start_ns()


def _virtual_gmtime(seconds: float | None = None) -> _time.struct_time:
    if seconds is None and _frozen():
        return _fake_gmtime()
    return _freezegun.real_gmtime(_virtual_time() if seconds is None else seconds)


def _virtual_localtime(seconds: float | None = None) -> _time.struct_time:
    if seconds is None and _frozen():
        return _fake_localtime()
    return _freezegun.real_localtime(_virtual_time() if seconds is None else seconds)


def sleep(seconds: float, /) -> None:
    """Block for virtual seconds inside a life, for real ones outside (`time.sleep`)."""
    if _keeper is None:
        real_sleep(seconds)
    else:
        _keeper.sleep_blocking(seconds)


def _utcnow() -> _datetime.datetime:
    return _EPOCH + _datetime.timedelta(microseconds=time_ns() // 1000)


def _factory() -> _datetime.datetime:
    """Stand among freezegun's own clocks; the one below us goes on outside a life."""
    if _keeper is None and _place > 1:
        return _freezegun.freeze_factories[_place - 2]()
    keeper_ns = _freezegun.real_time_ns() if _keeper is None else _keeper.wall_ns()
    return _EPOCH + _datetime.timedelta(microseconds=keeper_ns // 1000)


# -- datetime ------------------------------------------------------------------------------


def _datetime_now(cls: type, tz: _datetime.tzinfo | None = None) -> _datetime.datetime:
    if _frozen():
        return _fake_now(cls, tz)  # type: ignore[no-any-return]
    if _keeper is None:
        return _freezegun.real_datetime.now(tz)
    now = _utcnow()
    return now if tz is None else tz.fromutc(now.replace(tzinfo=tz))


def _datetime_utcnow(cls: type) -> _datetime.datetime:
    return _fake_utcnow(cls) if _frozen() else _utcnow()


def _datetime_fromtimestamp(
    cls: type, t: float, tz: _datetime.tzinfo | None = None
) -> _datetime.datetime:
    if _frozen():
        return _fake_fromtimestamp(cls, t, tz)  # type: ignore[no-any-return]
    return _freezegun.real_datetime.fromtimestamp(t, tz)


def _date_today(cls: type) -> _datetime.date:
    return _freezegun.real_datetime.date(_datetime_now(cls))


def _genuine_datetime(cls: type, *args: Any, **kwargs: Any) -> Any:
    if cls is _freezegun.FakeDatetime:
        return _freezegun.real_datetime(*args, **kwargs)
    return _freezegun.real_datetime.__new__(cls, *args, **kwargs)


def _genuine_date(cls: type, *args: Any, **kwargs: Any) -> Any:
    if cls is _freezegun.FakeDate:
        return _freezegun.real_date(*args, **kwargs)
    return _freezegun.real_date.__new__(cls, *args, **kwargs)


def _itself(value: Any) -> Any:
    return value


def restored_datetime(*state: Any) -> _datetime.datetime:
    """Unpickle a `datetime`."""
    return _freezegun.real_datetime(*state)


def restored_date(*state: Any) -> _datetime.date:
    """Unpickle a `date`."""
    return _freezegun.real_date(*state)


def _reduce_datetime(value: _datetime.datetime) -> tuple[Any, ...]:
    # By name `datetime.datetime` is the fake while the clock is held, and pickle goes by name.
    return restored_datetime, _freezegun.real_datetime.__reduce_ex__(value, 4)[1]


def _reduce_date(value: _datetime.date) -> tuple[Any, ...]:
    return restored_date, _freezegun.real_date.__reduce__(value)[1]


# -- putting it in place -------------------------------------------------------------------


_fake_time = _freezegun.fake_time
_fake_time_ns = _freezegun.fake_time_ns
_fake_monotonic = _freezegun.fake_monotonic
_fake_monotonic_ns = _freezegun.fake_monotonic_ns
_fake_perf_counter = _freezegun.fake_perf_counter
_fake_perf_counter_ns = _freezegun.fake_perf_counter_ns
_fake_gmtime = _freezegun.fake_gmtime
_fake_localtime = _freezegun.fake_localtime
_fake_now: Callable[..., Any] = _freezegun.FakeDatetime.now.__func__  # type: ignore[attr-defined]
_fake_utcnow: Callable[..., Any] = _freezegun.FakeDatetime.utcnow.__func__  # type: ignore[attr-defined]
_fake_fromtimestamp: Callable[..., Any] = _freezegun.FakeDatetime.fromtimestamp.__func__  # type: ignore[attr-defined]

_OURS: dict[str, Any] = {
    "_get_cached_module_attributes": held_by,
    # With a limit, freezegun walks the stack on every reading and shows executor threads real time.
    "call_stack_inspection_limit": 0,
    "fake_time": _virtual_time,
    "fake_time_ns": time_ns,
    "fake_monotonic": _virtual_monotonic,
    "fake_monotonic_ns": _virtual_monotonic_ns,
    "fake_perf_counter": _virtual_perf_counter,
    "fake_perf_counter_ns": _virtual_perf_counter_ns,
    "fake_gmtime": _virtual_gmtime,
    "fake_localtime": _virtual_localtime,
    "datetime_to_fakedatetime": _itself,
    "pickle_fake_datetime": _reduce_datetime,
    "pickle_fake_date": _reduce_date,
}
_OUR_DATETIME: dict[str, Any] = {
    "__new__": _genuine_datetime,
    "min": _freezegun.real_datetime.min,
    "max": _freezegun.real_datetime.max,
    "now": classmethod(_datetime_now),
    "utcnow": classmethod(_datetime_utcnow),
    "fromtimestamp": classmethod(_datetime_fromtimestamp),
}
_OUR_DATE: dict[str, Any] = {
    "__new__": _genuine_date,
    "min": _freezegun.real_date.min,
    "max": _freezegun.real_date.max,
    "today": classmethod(_date_today),
}

# What to put where a real clock was captured out of freezegun's sight, by the clock's id.
CAPTURED: dict[int, Callable[..., Any]] = {
    id(_freezegun.real_time): _virtual_time,
    id(_freezegun.real_time_ns): time_ns,
    id(_freezegun.real_monotonic): _virtual_monotonic,
    id(_freezegun.real_monotonic_ns): _virtual_monotonic_ns,
    id(_freezegun.real_perf_counter): _virtual_perf_counter,
    id(_freezegun.real_perf_counter_ns): _virtual_perf_counter_ns,
}


@contextmanager
def held() -> Iterator[None]:
    """Keep the fake clock, and UTC, in place; outside a life it still reads real time."""
    global _held  # noqa: PLW0603 - there is one clock to a process
    if _held:
        _held += 1
        try:
            yield
        finally:
            _held -= 1
        return
    with _utc():
        _start()
        _held = 1
        try:
            yield
        finally:
            _held = 0
            _stop()


@contextmanager
def kept_by(keeper: Timekeeper) -> Iterator[None]:
    """Let `keeper` say what time it is, until the block ends."""
    global _keeper, _level
    with held(), _utc():  # again: a program may have set another zone in an earlier life
        before = _keeper, _level
        _keeper, _level = keeper, len(_freezegun.freeze_factories)
        try:
            yield
        finally:
            _keeper, _level = before


@contextmanager
def _utc() -> Iterator[None]:
    """Make UTC the local time, so that a life is the same on every machine."""
    before = os.environ.get("TZ")
    if before == "UTC" or not hasattr(_time, "tzset"):
        yield
        return
    os.environ["TZ"] = "UTC"
    _time.tzset()
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("TZ", None)
        else:
            os.environ["TZ"] = before
        _time.tzset()


def _replace(owner: Any, name: str, new: Any) -> None:
    _undo.append((owner, name, vars(owner).get(name, _ABSENT)))
    setattr(owner, name, new)


def _start() -> None:
    global _freezer, _place  # noqa: PLW0603
    for owner, ours in (
        (_freezegun, _OURS),
        (_freezegun.FakeDatetime, _OUR_DATETIME),
        (_freezegun.FakeDate, _OUR_DATE),
    ):
        for name, new in ours.items():
            _replace(owner, name, new)
    _freezer = freezegun.freeze_time(_EPOCH, ignore=list(_IGNORED))
    loaded = Loaded(_freezer.ignore)
    _replace(_freezegun, "sys", loaded)
    _freezer.start()
    _freezegun.freeze_factories[-1] = _factory  # type: ignore[call-overload]
    _place = len(_freezegun.freeze_factories)
    _replace(_time, "sleep", sleep)
    for module, name in loaded.sleepers():
        _replace(module, name, sleep)


def _stop() -> None:
    global _place  # noqa: PLW0603
    _freezer.stop()
    _place = 0
    while _undo:
        owner, name, old = _undo.pop()
        if old is _ABSENT:
            delattr(owner, name)
        else:
            setattr(owner, name, old)
