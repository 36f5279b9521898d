"""Which broken guarantees count, and what is raised for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .arguments import wrong
from .guarantees import DEFECTS, defect

if TYPE_CHECKING:
    from .guarantees.registry import Violation
    from .history import History


_HARMLESS = frozenset(known.id for known in DEFECTS if known.harmless)


class UnknownDefect(ValueError):
    """An id to accept is no known defect of the SDK; the message lists those that are."""


class SimulationFailed(AssertionError):
    """The lives are no evidence; the message says why.

    The life without faults ended otherwise than it was meant to, so there is nothing to hold
    others against; the plan that was to be lived did not come about; or no fault was tried.
    """


class GuaranteeBroken(AssertionError):
    """A guarantee was broken.

    Attributes:
        violations: what was broken.
        history: the life it was broken in, where there is one.
    """

    def __init__(
        self,
        violations: Iterable[Violation],
        history: History | None = None,
        replay: str | None = None,
    ) -> None:
        from .report.text import describe

        self.violations = tuple(violations)
        self.history = history
        super().__init__("\n\n".join(describe(v, replay=replay) for v in self.violations))


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
    from .faults import unknown

    words = (accept,) if isinstance(accept, str) else accept
    if not isinstance(words, Iterable):
        raise UnknownDefect(wrong("accept", accept, "ids of known defects"))
    ids = frozenset(words)
    for identity in sorted(ids, key=str):
        if defect(identity) is None:
            raise UnknownDefect(unknown("defect", identity, [known.id for known in DEFECTS]))
    return ids
