"""Defects of the SDK that are known to break guarantees, by id.

Each is written up, with its cause in the SDK's source and the way around it, in
`docs/sdk-defects.md`, and reproduced by a test that fails when the defect is gone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import attrs
from packaging.version import InvalidVersion, Version


@attrs.frozen
class Defect:
    """A known defect.

    Attributes:
        id: as `accept` takes it.
        summary: what is wrong.
        way_around: what a workflow can do.
        breaks: guarantee and cause of the violations it leads to.
        releases: the first and the last release known to have it.
        profiles: the profiles it shows in.
        harmless: whether it only blemishes what observers read, with no effect on what runs.
            Such a defect is listed and never fails a sweep: nobody who writes a workflow can
            do anything about it.
    """

    id: str
    summary: str
    way_around: str
    breaks: tuple[tuple[str, str], ...]
    releases: tuple[str, str]
    profiles: tuple[str, ...]
    harmless: bool = False

    def concerns(self, guarantee: str, cause: str, version: str, profile: str) -> bool:
        """Tell whether a violation of that kind, under that SDK, is this defect's."""
        if (guarantee, cause) not in self.breaks or profile not in self.profiles:
            return False
        try:
            first, last = map(Version, self.releases)
            return first <= Version(version) <= last
        except InvalidVersion:
            return False


_SEED = ("0.3.0a11", "0.3.2a1")
_CURRENT = ("0.11.0b1", "0.14.5")

DEFECTS: Final[tuple[Defect, ...]] = (
    Defect(
        id="A01",
        summary="an attempt that recovers before any step completed announces itself as a start",
        way_around="none is needed: only the event's is_replay is wrong",
        breaks=(("events.started", "nothing-completed"),),
        releases=_SEED,
        profiles=("seed",),
        harmless=True,
    ),
    Defect(
        id="E01",
        summary=(
            "an attempt that recovers after workflow.completed but before run.completed emits its"
            " events under the workflow that has completed already"
        ),
        way_around="none is needed: only the events' parent is wrong",
        breaks=(("events.parent", "closed-by-the-dead"),),
        releases=_CURRENT,
        profiles=("activation", "compat"),
        harmless=True,
    ),
)


@lru_cache(maxsize=1024)
def find_defect(guarantee: str, cause: str, version: str, profile: str) -> Defect | None:
    """Return the known defect that explains a violation, or None."""
    return next((d for d in DEFECTS if d.concerns(guarantee, cause, version, profile)), None)


def defect(identity: str) -> Defect | None:
    """Return a known defect by id."""
    return next((known for known in DEFECTS if known.id == identity), None)
