"""The guarantees by id, and what it is to break one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from agnt5_sim.judging.reading.lives import Reading, read
from agnt5_sim.judging.violation import Broken, Violation, name_violation

if TYPE_CHECKING:
    from agnt5_sim.history import History


Check = Callable[[Reading], Iterator[Broken]]
GUARANTEES: Final[dict[str, Check]] = {}


def guarantee(name: str) -> Callable[[Check], Check]:
    """Register a function over a reading as the guarantee of that id."""

    def register(check: Check) -> Check:
        GUARANTEES[name] = check
        return check

    return register


def judge(history: History, only: Iterable[str] | None = None) -> tuple[Violation, ...]:
    """Return what a history breaks, in the order of the guarantees.

    Args:
        history: of one life.
        only: ids of the guarantees to hold it to; None for all.
    """
    reading = read(history)
    names = GUARANTEES if only is None else only
    return tuple(
        name_violation(name, broken, reading)
        for name in names
        for broken in GUARANTEES[name](reading)
    )
