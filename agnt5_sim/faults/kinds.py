"""The kinds of fault, and where each may strike.

One table: the plan's reader, the injector, the options and the sweep all go by it. A family
that comes later is a row here and a branch in the injector.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Kind(NamedTuple):
    """A kind of fault.

    Attributes:
        name: as plans write it.
        family: of `platform.md` §2.
        moments: where it may strike relative to a point.
        argument: what the number in parentheses means, or "" where none is allowed.
        meaning: for help texts.
    """

    name: str
    family: str
    moments: tuple[str, ...]
    argument: str
    meaning: str


BEFORE: Final = "before"
AFTER: Final = "after"
DURING: Final = "during"

KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind(
            name="kill",
            family="process",
            moments=(BEFORE, AFTER, DURING),
            argument="with `during`: the part of the sleep that has passed, 0 to 1",
            meaning="the worker process dies; nothing of it runs any more",
        ),
    )
}
MOMENTS: Final = (BEFORE, AFTER, DURING)
