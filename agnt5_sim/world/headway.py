"""Whether the programs of a world get anywhere, or run on and on in place."""

from __future__ import annotations

from typing import Any, Protocol

from agnt5_sim.errors import Spinning

_POLLING = 20
"""So many times the turns of spinning in place are a program's that lets time pass."""


class Counts(Protocol):
    """What a world counts.

    Attributes:
        now: virtual seconds since it began.
        turns: the callbacks that have run.
        asked: the requests made of the platform.
        turn_limit: how many callbacks may run with neither moving on.
    """

    now: float
    turns: int
    asked: int
    turn_limit: int

    def describe_waits(self, home: Any) -> str:
        """Say what everything waits for, the test's loop included."""


class Headway:
    """What is known of the progress of a world's programs."""

    def __init__(self) -> None:
        self._turns_at_progress = 0
        self._turns_at_jump = 0
        self._asked_before = 0

    def look(self, counts: Counts, home: Any) -> None:
        """Look whether this instant ever ends.

        Raises:
            Spinning: too many callbacks have run in it.
        """
        passed = counts.turns - self._turns_at_jump
        if passed <= counts.turn_limit or self._got_somewhere(counts):
            return
        msg = (
            f"{counts.turn_limit} loop turns passed at {counts.now:g} s without virtual time moving"
            " or anything being asked of the platform. A loop that only yields never ends here:"
            " wait for something, or let time pass (asyncio.sleep(0.1) instead of sleep(0)).\n"
        )
        self._turns_at_jump = counts.turns  # whoever cleans up has turns to do it in
        raise Spinning(msg + counts.describe_waits(home))

    def jumped(self, counts: Counts, home: Any) -> None:
        """Look, when time has moved, whether that brings anything.

        Raises:
            Spinning: it has moved again and again, and nothing was asked of the platform.
        """
        self._turns_at_jump = counts.turns
        most = counts.turn_limit * _POLLING
        if counts.turns - self._turns_at_progress <= most or self._got_somewhere(counts):
            return
        msg = (
            f"{most} loop turns passed, up to virtual time {counts.now:g} s,"
            " without anything being asked of the platform: something looks again and again for"
            " what never comes. Wait for it, or give the wait an end.\n"
        )
        self._turns_at_progress = counts.turns
        raise Spinning(msg + counts.describe_waits(home))

    def _got_somewhere(self, counts: Counts) -> bool:
        """Tell whether anything was asked of the platform since this was last looked at."""
        if counts.asked == self._asked_before:
            return False
        self._asked_before = counts.asked
        self._turns_at_progress = self._turns_at_jump = counts.turns
        return True
