"""Where somebody has set the clock: a `freeze_time` of freezegun's, a `travel` of time-machine's.

Inside a life each sets the life's wall clock, for the test and the workers alike: it stands at
that instant, and goes on from there with virtual time, for nothing else passes in a life. What
was set around a life is what it begins with, and what it is moved to in a life is forgotten at
its end. The last that was set counts; when it ends, the one before it does, and in the end the
life's own clock.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agnt5_sim.world.zone import local_zone, set_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agnt5_sim.world.host import Host as World
    from agnt5_sim.world.host import Stacks as Process

NODE = 0x02_00_00_00_00_01
"""The network address that `uuid1` finds in a life: of no real machine, and the same on each."""

_AS_FOUND: dict[str, Any] = {
    **{name: None for name in vars(uuid) if name.startswith("_last_timestamp")},
    "_node": NODE,
}
"""What a process finds in `uuid` that has made none yet."""

steps = False
"""Whether every reading moves the clock on."""


class Setting:
    """A clock that somebody has set.

    Args:
        holder: what the user moves it by.
        owner: what was started and is to be stopped.
        base: returns what it was set to outside of any life, in nanoseconds since 1970.
        outside: returns what it reads outside of any life.
        zone: the local time zone it brings; "" for none.
        leaps: whether moving it moves the monotonic clocks too.
        step: moves it on after a reading; None for a clock that readings do not move.
        let_go: called when a life, or the process that started it, ends before it does.

    Attributes:
        epoch_ns: what it would have read when the present life began.
        process: the process that started it, or None.
    """

    def __init__(
        self,
        holder: Any,
        owner: Any,
        *,
        base: Callable[[], int],
        outside: Callable[[], int],
        zone: str = "",
        leaps: bool = False,
        step: Callable[[], Any] | None = None,
        let_go: Callable[[], None] = lambda: None,
    ) -> None:
        self.holder = holder
        self.owner = owner
        self.base = base
        self.outside = outside
        self.zone = zone
        self.leaps = leaps
        self.step = step
        self.let_go = let_go
        self.epoch_ns = 0
        self.process: Process | None = None
        self._zone_before: str | None = None

    def now_ns(self) -> int:
        """Return what it is set to now."""
        return self.base() if _world is None else self.epoch_ns + _world.since_start_ns()

    def enter_zone(self) -> None:
        """Make its zone the local one."""
        if self.zone:
            self._zone_before = set_zone(self.zone)

    def leave_zone(self) -> None:
        """Make the zone before it the local one again."""
        if self.zone:
            set_zone(self._zone_before)


_settings: list[Setting] = []
_by_holder: dict[int, Setting] = {}
_world: World | None = None
_own_ns = 0
"""When the present life began by its own clock."""
_leapt_ns = 0
"""How far the monotonic clocks of the present life were moved."""


# -- reading -------------------------------------------------------------------------------


def outside_ns(real: Callable[[], int]) -> int:
    """Return what time it is outside of any life: what was set there, or else `real()`."""
    return _settings[-1].outside() if _settings else real()


def monotonic_ns(world: World) -> int:
    """Return the nanoseconds since a life began, with those that its clock was moved on by."""
    return world.since_start_ns() + _leapt_ns


def stepped(now_ns: int) -> int:
    """Return a reading of the clock, after which it moves on."""
    step = _settings[-1].step
    if step is not None:
        step()
    return now_ns


# -- setting -------------------------------------------------------------------------------


def begin(setting: Setting) -> None:
    """Let a setting count from now on."""
    _settings.append(setting)
    _by_holder[id(setting.holder)] = setting
    setting.enter_zone()
    if _world is not None:
        setting.process = _world.current
        setting.epoch_ns = setting.base() - _world.since_start_ns()
    _apply()


def end(setting: Setting) -> None:
    """Let a setting count no more."""
    _settings.remove(setting)
    del _by_holder[id(setting.holder)]
    setting.leave_zone()
    _apply()


def take_over(settings: list[Setting]) -> None:
    """Let these be all that was set so far."""
    _settings[:] = settings
    _by_holder.clear()
    _by_holder.update((id(setting.holder), setting) for setting in settings)


def held_by(holder: Any) -> Setting | None:
    """Return what is moved by `holder`."""
    return _by_holder.get(id(holder))


def of_holder(holder: Any) -> Setting | None:
    """Return what is moved by `holder` in the present life; None outside of any."""
    return None if _world is None else _by_holder.get(id(holder))


def of_owner(owner: Any) -> Setting | None:
    """Return the last setting that `owner` has started."""
    return next((setting for setting in reversed(_settings) if setting.owner is owner), None)


def move(setting: Setting, to_ns: int) -> None:
    """Set the clock of the present life anew."""
    global _leapt_ns  # noqa: PLW0603 - there is one clock to a process
    assert _world is not None  # noqa: S101 - `of_holder` has found it
    if setting.leaps and setting is _settings[-1]:
        _leapt_ns += max(0, to_ns - setting.now_ns())
    setting.epoch_ns = to_ns - _world.since_start_ns()
    _apply()


def let_go(process: Process) -> None:
    """End what a process that was killed had set: it can end nothing any more."""
    for setting in tuple(_settings):
        if setting.process is process:
            end(setting)
            setting.let_go()


def _apply() -> None:
    global steps  # noqa: PLW0603
    steps = bool(_settings) and _settings[-1].step is not None
    if _world is not None:
        _world.epoch_ns = _settings[-1].epoch_ns if _settings else _own_ns


# -- living --------------------------------------------------------------------------------


@contextmanager
def lived_by(world: World) -> Iterator[None]:
    """Let what is set count for the life of `world`, until the block ends."""
    global _world, _own_ns, _leapt_ns
    before = _world, _own_ns, _leapt_ns
    around = [(setting, setting.epoch_ns, setting.now_ns()) for setting in _settings]
    _world, _own_ns, _leapt_ns = world, world.epoch_ns, 0
    for setting, _, now_ns in around:
        setting.epoch_ns = now_ns - world.since_start_ns()
    _apply()
    zone = next((setting.zone for setting in reversed(_settings) if setting.zone), "UTC")
    try:
        with local_zone(zone), _uuids():
            yield
    finally:
        known = {id(setting) for setting, _, _ in around}
        for setting in [setting for setting in _settings if id(setting) not in known]:
            _settings.remove(setting)
            del _by_holder[id(setting.holder)]
            setting.let_go()
        world.epoch_ns = _own_ns
        _world, _own_ns, _leapt_ns = before
        for setting, epoch_ns, _ in around:
            setting.epoch_ns = epoch_ns
        _apply()


@contextmanager
def _uuids() -> Iterator[None]:
    """Let time-ordered uuids know neither the machine nor an earlier life, until the block ends."""
    names = vars(uuid)
    kept = {name: names[name] for name in _AS_FOUND}
    names.update(_AS_FOUND)
    try:
        yield
    finally:
        names.update(kept)
