"""Who is to blame: the causes by which known defects of the SDK are recognised."""

from __future__ import annotations

from .defect import Defect
from .defects import DEFECTS, defect, find_defect

__all__ = ["DEFECTS", "Defect", "defect", "find_defect"]
