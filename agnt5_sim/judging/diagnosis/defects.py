"""Defects of the SDK that are known to break guarantees, by id.

Each is written up, with its cause in the SDK's source and the way around it, in
`docs/sdk-defects.md`, and reproduced by a test that fails when the defect is gone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from . import generation_a, generation_e

if TYPE_CHECKING:
    from .defect import Defect

DEFECTS: Final[tuple[Defect, ...]] = (*generation_a.DEFECTS, *generation_e.DEFECTS)


@lru_cache(maxsize=1024)
def find_defect(guarantee: str, cause: str, version: str, profile: str) -> Defect | None:
    """Return the known defect that explains a violation, or None."""
    return next((d for d in DEFECTS if d.concerns(guarantee, cause, version, profile)), None)


def defect(identity: str) -> Defect | None:
    """Return a known defect by id."""
    return next((known for known in DEFECTS if known.id == identity), None)
