"""Virtual time: what it is, and what is to happen when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agnt5_sim.world.clock import NS
from agnt5_sim.world.timers import Reply, Timers, WorldTimer

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from agnt5_sim.world.timers import TimedLoop, Timer

DEFAULT_EPOCH_NS = 1_767_225_600 * NS  # 2026-01-01T00:00:00Z


class VirtualTime:
    """The one time of all loops of a world.

    Args:
        epoch_ns: the wall-clock instant at which it begins, in nanoseconds since 1970.

    Attributes:
        now: virtual seconds since it began.
    """

    def __init__(self, epoch_ns: int) -> None:
        self.now = 0.0
        self.epoch_ns = epoch_ns
        self._since_ns = 0
        self._timers = Timers()
        self.add_timer = self._timers.add
        self.next_timer = self._timers.next
        self.timers_of = self._timers.of
        self.forget = self._timers.forget

    def wall_ns(self) -> int:
        """Return the wall clock in nanoseconds since 1970."""
        return self.epoch_ns + self._since_ns

    def since_start_ns(self) -> int:
        """Return virtual time in nanoseconds since the world began."""
        return self._since_ns

    def set_time(self, now: float) -> None:
        """Let it be so many virtual seconds since the world began."""
        self.now = now
        self._since_ns = round(now * NS)

    def at(self, when: float, action: Callable[[], None]) -> WorldTimer:
        """Let the world itself do `action` at virtual time `when`, outside every process."""
        timer = WorldTimer(action)
        self.add_timer(max(when, self.now), timer, None)
        return timer

    def reply_at(
        self,
        when: float,
        action: Callable[[], object],
        label: str,
        loop: TimedLoop | None = None,
    ) -> WorldTimer | asyncio.TimerHandle:
        """Let a reply arrive at virtual time `when`; a schedule sees it with its label.

        Args:
            when: virtual seconds; what is past arrives now.
            action: what takes it.
            label: which reply it is, in words that are the same in every life: the crossing's
                name and the run's id.
            loop: where `action` is a callback, which dies with its process; None for the world
                itself, outside every process.

        Returns:
            The timer, which can be cancelled.
        """
        when = max(when, self.now)
        timer: Any
        if loop is None:
            timer = WorldTimer(action, label)  # type: ignore[arg-type]  # nobody asks what it returns
        else:
            timer = Reply(label, when, action, loop)
            timer._scheduled = True
        self.add_timer(when, timer, loop)
        return timer  # type: ignore[no-any-return]

    def due(self) -> list[Timer]:
        """Return the timers that are due, first in, first out."""
        return self._timers.due(self.now)

    def pop_due(self) -> Timer | None:
        """Take the first timer that is due, or return None."""
        return self._timers.pop_due(self.now)

    def take(self, timer: Timer) -> None:
        """Take one of those that are due out of its turn."""
        self._timers.take(timer)
