"""Faults of replies: one comes late, or never."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from agnt5_sim.faults.argument import DURATION
from agnt5_sim.faults.decision import DROP, Decision, delay
from agnt5_sim.faults.kind import AFTER, Kind, Place
from agnt5_sim.faults.point import Sort

if TYPE_CHECKING:
    from agnt5_sim.faults.kind import Hands

_REPLIES: Final = {Sort.REQUEST: Place(may=(AFTER,), swept=(AFTER,))}


def _slow(fault: Any, hands: Hands) -> Decision:
    hands.note("fault.slow", str(fault))
    return delay(fault.argument)


def _lost(fault: Any, hands: Hands) -> Decision:
    hands.note("fault.lost", str(fault))
    return DROP


KINDS: Final = (
    Kind(
        name="slow",
        family="replies",
        meaning="the request takes effect at once, and its reply comes so much later",
        places=_REPLIES,
        act=_slow,
        argument=DURATION,
        needs_argument=True,
        tries=(2.0,),  # less than any time-out of a worker's
        excludes="the reply",
    ),
    Kind(
        name="lost",
        family="replies",
        meaning="the request takes effect, and its reply never comes: the worker's own time-out"
        " decides what follows",
        places=_REPLIES,
        act=_lost,
        excludes="the reply",
    ),
)
