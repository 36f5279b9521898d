"""The kinds of fault, a file a family. A new family is a file here, and a line in this table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import process, replies

if TYPE_CHECKING:
    from agnt5_sim.faults.kind import Kind

FAMILIES: Final = (process, replies)
KINDS: Final[dict[str, Kind]] = {kind.name: kind for family in FAMILIES for kind in family.KINDS}
DEFAULT: Final = ("kill",)
"""The kinds that are tried when nobody says which."""
