"""Which broken guarantees count, and what is raised for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from agnt5_sim.arguments.checks import wrong
from agnt5_sim.errors import UnknownDefect
from agnt5_sim.judging.diagnosis import DEFECTS, defect

if TYPE_CHECKING:
    from agnt5_sim.judging.violation import Violation


_HARMLESS = frozenset(known.id for known in DEFECTS if known.harmless)


def accepted_split(
    violations: Iterable[Violation], accept: Iterable[str] = ()
) -> tuple[tuple[Violation, ...], tuple[Violation, ...]]:
    """Part violations into those that count, and those put down to an accepted defect.

    A defect counts as accepted when its id is in `accept`, or when it is harmless: one that
    changes nothing but what observers read, and that no workflow can avoid.

    Raises:
        UnknownDefect: an id to accept is none.
    """
    ids = check_accept(accept) | _HARMLESS
    counting: list[Violation] = []
    put_up_with: list[Violation] = []
    for violation in violations:
        (put_up_with if violation.defect in ids else counting).append(violation)
    return tuple(counting), tuple(put_up_with)


def check_accept(accept: Iterable[str]) -> frozenset[str]:
    """Return the ids to accept, each of them known.

    Raises:
        UnknownDefect: one is not.
    """
    from agnt5_sim.arguments.words import unknown

    words = (accept,) if isinstance(accept, str) else accept
    if not isinstance(words, Iterable):
        raise UnknownDefect(wrong("accept", accept, "ids of known defects"))
    ids = frozenset(words)
    for identity in sorted(ids, key=str):
        if defect(identity) is None:
            raise UnknownDefect(unknown("defect", identity, [known.id for known in DEFECTS]))
    return ids
