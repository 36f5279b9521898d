"""Timers: `(run, timer key) → ready_at`. Registering again never moves `ready_at`."""

from __future__ import annotations


class Timers:
    """All timers ever registered."""

    def __init__(self) -> None:
        """Start with no timer."""
        self._ready: dict[tuple[str, str], float] = {}

    def register(self, now: float, run_id: str, key: str, delay: float) -> tuple[float, bool]:
        """Register a timer that is ready `delay` seconds after `now` (seconds).

        Returns:
            when it is ready, and whether it is new; a timer registered before keeps
            its time.
        """
        new = now + delay
        size = len(self._ready)
        return self._ready.setdefault((run_id, key), new), len(self._ready) > size

    def ready_at(self, run_id: str, key: str) -> float | None:
        """When (seconds) a timer is ready; None when it was never registered."""
        return self._ready.get((run_id, key))
