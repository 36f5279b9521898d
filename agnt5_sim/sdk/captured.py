"""Clocks the SDK captured when it was imported.

A dataclass field declared with `default_factory=time.time_ns` keeps the real clock in the
closure of its `__init__`, where freezegun, which looks through the names of modules, does not
find it. The cell is given our reading of the clock instead: virtual inside a life, real
outside of one. Once is enough for a class.
"""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, Any

from agnt5_sim.world import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

_seen: set[str] = set()
_modules = 0


def release_clocks() -> None:
    """Look through the SDK's dataclasses that were imported since the last call."""
    global _modules  # noqa: PLW0603 - a class is looked through once in a process
    if len(sys.modules) == _modules:
        return
    _modules = len(sys.modules)
    names = [
        name for name in sys.modules if name.partition(".")[0] == "agnt5" and name not in _seen
    ]
    for name in names:
        _seen.add(name)
        for cell in _cells(sys.modules[name]):
            replacement = clock.CAPTURED.get(id(cell.cell_contents))
            if replacement is not None:
                cell.cell_contents = replacement


def _cells(module: Any) -> Iterator[Any]:
    for value in tuple(vars(module).values()):
        if isinstance(value, type) and dataclasses.is_dataclass(value):
            for cell in getattr(value.__init__, "__closure__", None) or ():
                try:
                    cell.cell_contents  # noqa: B018 - raises while the cell is empty
                except ValueError:
                    continue
                yield cell
