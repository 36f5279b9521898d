"""What a known defect of the SDK is: by which violations it shows, and in which releases."""

from __future__ import annotations

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
