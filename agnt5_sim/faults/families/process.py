"""Faults of a worker's process: it dies, or it stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from agnt5_sim.faults.argument import DURATION, PART
from agnt5_sim.faults.decision import DELIVER, Decision
from agnt5_sim.faults.kind import AFTER, BEFORE, DURING, Kind, Place
from agnt5_sim.faults.point import Sort

if TYPE_CHECKING:
    from agnt5_sim.faults.kind import Hands

_AROUND: Final = Place(may=(BEFORE, AFTER), swept=(BEFORE, AFTER))
_PLACES: Final = {
    Sort.REQUEST: _AROUND,
    Sort.SENT: _AROUND,
    Sort.BODY: _AROUND,
    Sort.AWAIT: Place(may=(BEFORE, AFTER), swept=(BEFORE,)),  # what follows is a point itself
    Sort.SLEEP: Place(may=(BEFORE, AFTER, DURING), swept=(DURING,)),
}


def _kill(fault: Any, hands: Hands) -> Decision:
    hands.kill(str(fault))
    return DELIVER


def _stall(fault: Any, hands: Hands) -> Decision:
    hands.stall(str(fault), fault.argument)
    return DELIVER


KINDS: Final = (
    Kind(
        name="kill",
        family="process",
        meaning="the worker process dies; nothing of it runs any more",
        places=_PLACES,
        act=_kill,
        argument=PART,
        argument_at=(DURING,),
        excludes="the process",
    ),
    Kind(
        name="stall",
        family="process",
        meaning="the worker process stands still for so long, and renews no lease meanwhile",
        places={
            sort: Place(tuple(m for m in place.may if m != DURING), ())
            if sort is Sort.SLEEP
            else place
            for sort, place in _PLACES.items()
        },
        act=_stall,
        argument=DURATION,
        needs_argument=True,
        tries=(400.0,),  # longer than any lease that is granted by default
        excludes="the process",
    ),
)
