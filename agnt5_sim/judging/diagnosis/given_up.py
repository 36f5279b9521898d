"""What follows when a worker has given up waiting for a reply to a request that took effect.

What the platform has on record and what the worker takes for failed are two things from then
on: the worker reports a failure of what has succeeded, and the run ends as failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agnt5_sim.history import Entry
    from agnt5_sim.judging.reading import Run

CAUSE: Final = "given-up"
_OF_EVENTS: Final = frozenset(
    {"events.paired", "events.parent", "quiet.after", "result.agrees", "world.awaited"}
)
_OF_ENDS: Final = frozenset({"result.same", "state.replay"})


def put_down(guarantee: str, entry: Entry | None, run: Run | None) -> bool:
    """Tell whether a breach follows from a request that was given up.

    Args:
        guarantee: what was broken.
        entry: where.
        run: the run it was broken in.
    """
    if entry is None or run is None:
        return False
    given_up = [
        gave for attempt in run.attempts for gave in attempt.entries_of("request.unanswered")
    ]
    if guarantee in _OF_EVENTS:
        return any(gave.attempt == entry.attempt for gave in given_up)
    if guarantee == "memo.value":
        return any(gave.data["error"] in entry.data.get("error", "") for gave in given_up)
    if guarantee in _OF_ENDS and run.ended is not None and run.ended.name == "failed":
        error = run.ended.data["error"]
        return any(gave.data["error"] in error for gave in given_up)
    return False
