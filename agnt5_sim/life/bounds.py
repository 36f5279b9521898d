"""When a run is given up: its attempts come no further, or there is no end of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agnt5_sim.platform import Dispatch

_ROUNDS = 20
"""So many times the attempts that come no further are those a run may take in all."""


class Bounds:
    """How many attempts the runs of one life may take.

    Args:
        most: attempts of one run that come no further than it was before.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._progress: dict[str, tuple[set[Any], int]] = {}

    def passed_by(self, dispatch: Dispatch) -> str:
        """Say why a run is given up with an attempt; "" where it is not."""
        futile = self._futile(dispatch)
        if futile >= self._most:
            return f"given up: {futile} attempts in a row came no further"
        if dispatch.attempt >= self._most * _ROUNDS:
            return f"given up: it has been resumed {dispatch.attempt} times and does not end"
        return ""

    def _futile(self, dispatch: Dispatch) -> int:
        """Count the attempts of a run since it was first resumed from where it is resumed now."""
        resume = dispatch.resume
        place = None if resume is None else (resume.pause_index, resume.timer_key)
        been, since = self._progress.setdefault(dispatch.run_id, (set(), 0))
        if place not in been:
            been.add(place)
            since = dispatch.attempt
            self._progress[dispatch.run_id] = been, since
        return dispatch.attempt - since
