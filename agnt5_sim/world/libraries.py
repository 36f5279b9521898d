"""The two libraries by which people set the clock, made to set the clock of a life.

While our clock is held, freezegun swaps no class: each `freeze_time` is a setting of our clock,
and so is each `travel` of time-machine's. One that runs already is set aside until the clock is
let go. Otherwise both do what they always do.
"""

from __future__ import annotations

import datetime
import gc
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from freezegun import api as _freezegun

from agnt5_sim.errors import WorldError
from agnt5_sim.world import freezing
from agnt5_sim.world.freezing import Setting
from agnt5_sim.world.zone import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_EPOCH = _freezegun.real_datetime(1970, 1, 1)
_TICK = datetime.timedelta(microseconds=1)
# What freezegun keeps of the freezes that run, in step with each other.
_RUNNING: tuple[list[Any], ...] = (
    _freezegun.freeze_factories,
    _freezegun.tz_offsets,
    _freezegun.ignore_lists,
    _freezegun.tick_flags,
)
_FACTORIES = (
    _freezegun.FrozenDateTimeFactory,
    _freezegun.TickingDateTimeFactory,
    _freezegun.StepTickTimeFactory,
)

_machine: Any = None
_serving: Callable[[], int] | None = None
_patcher: Any = None
"""The `freeze_time` that has swapped the classes."""
_genuine: dict[str, Any] = {}


def real_time_ns() -> int:
    """Return the real time, in nanoseconds since 1970, while the clock is held."""
    return _machine._time_machine.original_time_ns()  # type: ignore[no-any-return]


def real_time() -> float:
    """Return the real time, in seconds since 1970, while the clock is held."""
    return _machine._time_machine.original_time()  # type: ignore[no-any-return]


class _Reading:
    """What time-machine asks for the time: it lies below every traveller, and never ends."""

    def __init__(self, time_ns: Callable[[], int]) -> None:
        self.time_ns = time_ns

    def _stop(self) -> None:
        """Be stopped by nobody."""


@contextmanager
def served(time_ns: Callable[[], int]) -> Iterator[None]:
    """Let `time_ns` say what time it is to everybody, until the block ends."""
    global _serving  # noqa: PLW0603 - there is one clock to a process
    patcher = _thaw()
    _watch()  # now that the classes are genuine: time-machine takes them as it finds them
    stack = _machine.traveller_stack
    freezing.take_over(
        [
            *map(_travelled, stack),
            *map(_frozen, _freezegun.freeze_factories, _freezegun.tz_offsets),
        ]
    )
    reading, starter = _Reading(time_ns), _machine.travel(0)
    first = _genuine["travel.start"](starter)
    stack.remove(first)
    stack.insert(0, reading)
    _serving = time_ns
    try:
        yield
    finally:
        _serving = None
        freezing.take_over([])
        stack.remove(reading)
        if not stack:
            stack.append(first)
            _genuine["travel.stop"](starter)
        _refreeze(patcher)


def _watch() -> None:
    """Come between the libraries and whoever sets the clock by them, once."""
    global _machine  # noqa: PLW0603
    if _machine is not None:
        return
    _machine = _import_time_machine()
    for owner, name, ours in (
        (_freezegun._freeze_time, "freeze.start", _start_freeze),
        (_freezegun._freeze_time, "freeze.stop", _stop_freeze),
        (_machine.travel, "travel.start", _start_travel),
        (_machine.travel, "travel.stop", _stop_travel),
        (_machine.Traveller, "traveller.time_ns", _traveller_time_ns),
    ):
        attribute = name.partition(".")[2]
        _genuine[name] = getattr(owner, attribute)
        setattr(owner, attribute, ours)
    for factory in _FACTORIES:
        setattr(factory, _Base.FREEZE, _Base(_Base.FREEZE, _ns_of, _datetime_of))
    setattr(_freezegun.TickingDateTimeFactory, "start", _Start())  # noqa: B010 - not for mypy
    setattr(_machine.Traveller, _Base.TRAVEL, _Base(_Base.TRAVEL, int, int))


def _import_time_machine() -> Any:
    """Import time-machine, which would import all of pytest into a script that needs none of it."""
    absent = "pytest" not in sys.modules
    if absent:
        sys.modules["pytest"] = None  # type: ignore[assignment]
    try:
        import time_machine
    finally:
        if absent:
            del sys.modules["pytest"]
    return time_machine


class _Base:
    """The instant that somebody's clock is set to: in a life, what it reads there."""

    FREEZE = "time_to_freeze"
    TRAVEL = "_destination_timestamp_ns"

    def __init__(self, name: str, ns_of: Callable[[Any], int], of_ns: Callable[[int], Any]) -> None:
        self._name = name
        self._ns_of = ns_of
        self._of_ns = of_ns

    def __get__(self, holder: Any, _owner: Any = None) -> Any:
        if holder is None:
            return self
        setting = freezing.of_holder(holder)
        return vars(holder)[self._name] if setting is None else self._of_ns(setting.now_ns())

    def __set__(self, holder: Any, instant: Any) -> None:
        setting = freezing.of_holder(holder)
        if setting is not None:
            freezing.move(setting, self._ns_of(instant))
            return
        vars(holder)[self._name] = instant
        vars(holder).pop(_SINCE, None)
        if _serving is not None and vars(holder).get(_LET_GO) is not None:
            _revive(holder)


class _Start:
    """The real instant from which a ticking freeze counts: no life moves it."""

    def __get__(self, holder: Any, _owner: Any = None) -> Any:
        return self if holder is None else vars(holder)["start"]

    def __set__(self, holder: Any, instant: Any) -> None:
        if freezing.of_holder(holder) is None:
            vars(holder)["start"] = instant


# -- freezegun -----------------------------------------------------------------------------


_SINCE = "_agnt5_sim_since"
"""Where what ticks keeps since when it does."""


def _ns_of(instant: datetime.datetime) -> int:
    return (instant - _EPOCH) // _TICK * 1000


def _datetime_of(ns: int) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(microseconds=ns // 1000)


def _frozen(factory: Any, offset: datetime.timedelta, owner: Any = None) -> Setting:
    steps = isinstance(factory, _freezegun.StepTickTimeFactory)
    ticks = isinstance(factory, _freezegun.TickingDateTimeFactory)

    def ticking() -> int:
        passed: int = real_time_ns() - vars(factory).setdefault(_SINCE, real_time_ns())
        return _ns_of(vars(factory)[_Base.FREEZE]) + passed

    return Setting(
        factory,
        owner,
        base=lambda: _ns_of(vars(factory)[_Base.FREEZE]),
        # What ticks would ask us for the real time.
        outside=ticking if ticks else lambda: _ns_of(factory()),
        zone=zone_of(offset),
        leaps=True,
        step=factory.tick if steps else None,
    )


def _start_freeze(freeze: Any) -> Any:
    global _patcher  # noqa: PLW0603
    if _serving is None:
        if not _freezegun.freeze_factories:
            _patcher = freeze
        return _genuine["freeze.start"](freeze)
    factories: list[Any] = _freezegun.freeze_factories
    factories.append(None)  # where one runs already, another swaps no class
    try:
        factory = _genuine["freeze.start"](freeze)
        for running in _RUNNING:
            running.pop()
    finally:
        factories.pop()
    freezing.begin(_frozen(factory, freeze.tz_offset, freeze))
    return factory


def _stop_freeze(freeze: Any) -> None:
    setting = freezing.of_owner(freeze)
    if setting is not None:
        freezing.end(setting)
    elif _freezegun.freeze_factories and _serving is None:
        _genuine["freeze.stop"](freeze)
    elif _freezegun.freeze_factories:  # begun before the clock was held
        around = freezing.held_by(_freezegun.freeze_factories[-1])
        for running in _RUNNING:
            running.pop()
        if around is not None:
            freezing.end(around)


def _thaw() -> Any:
    """Put the genuine classes back where a `freeze_time` has swapped them."""
    if not _freezegun.freeze_factories:
        return None
    patcher = _patcher if _patcher is not None and _patcher.modules_at_start else _find_patcher()
    kept = [list(running) for running in _RUNNING]
    for running in _RUNNING:
        del running[1:]
    _genuine.get("freeze.stop", _freezegun._freeze_time.stop)(patcher)
    for running, before in zip(_RUNNING, kept, strict=True):
        running[:] = before
    return patcher


def _find_patcher() -> Any:
    """Find the `freeze_time` that swapped the classes before we were there to see it."""
    if gc.get_freeze_count():
        gc.unfreeze()  # what is out of the collector's sight is out of ours
    for thing in gc.get_objects():
        if type(thing) is _freezegun._freeze_time and thing.modules_at_start:
            return thing
    msg = "freezegun has frozen time, and nothing is left of the `freeze_time` that did: stop it"
    raise WorldError(msg)


def _refreeze(patcher: Any) -> None:
    if patcher is None or not _freezegun.freeze_factories:
        return
    kept = [list(running) for running in _RUNNING]
    for running in _RUNNING:
        running.clear()
    _genuine["freeze.start"](patcher)
    for running, before in zip(_RUNNING, kept, strict=True):
        running[:] = before


# -- time-machine --------------------------------------------------------------------------

_LET_GO = "_agnt5_sim_let_go"
"""Where a traveller that a life's end has stopped keeps the `travel` it is of."""


def _travelled(traveller: Any, owner: Any = None) -> Setting:
    def let_go() -> None:
        _machine.traveller_stack.remove(traveller)
        traveller._stop()
        traveller._destination_tzname = None  # it is not to leave its zone twice
        vars(traveller)[_LET_GO] = owner

    return Setting(
        traveller,
        owner,
        base=lambda: vars(traveller)[_Base.TRAVEL],
        outside=lambda: _genuine["traveller.time_ns"](traveller),
        # It sets the zone by itself; a life that begins later has to be told of it.
        zone=traveller._destination_tzname or "",
        let_go=let_go,
    )


def _start_travel(travel: Any) -> Any:
    traveller = _genuine["travel.start"](travel)
    if _serving is not None:
        freezing.begin(_travelled(traveller, travel))
    return traveller


def _stop_travel(travel: Any) -> None:
    stack = _machine.traveller_stack
    setting = freezing.of_owner(travel)
    if setting is None:
        # One that was started before the clock was held, or has been stopped by the end of a life.
        if not stack or isinstance(stack[-1], _Reading):
            return
        around = freezing.held_by(stack[-1])
    else:
        around = setting
        stack.remove(setting.holder)
        stack.append(setting.holder)
    if around is not None:
        freezing.end(around)
    _genuine["travel.stop"](travel)


def _revive(traveller: Any) -> None:
    """Let a traveller go on that the end of an earlier life has stopped, and that is moved now."""
    owner = vars(traveller).pop(_LET_GO)
    _machine.traveller_stack.append(traveller)
    freezing.begin(_travelled(traveller, owner))


def _traveller_time_ns(traveller: Any) -> int:
    if _serving is None:
        return _genuine["traveller.time_ns"](traveller)  # type: ignore[no-any-return]
    return _serving()
