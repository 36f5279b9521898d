"""What a worker process remembers, and forgets when it is killed.

In one interpreter the globals of a module outlive a killed worker; in production they do not.
A life notes which globals of its workflows' modules a killed worker had changed. A second life
of the same plan, in which they are put back to what they were at the kill, then shows whether
the run leaned on them (`world.memory`).
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from agnt5_sim.history.values import freeze
from agnt5_sim.world.remembering.reach import reached

if TYPE_CHECKING:
    from collections.abc import Iterable

_DATA = (list, dict, set, bytearray, int, float, str, bytes, tuple, frozenset, type(None))


class Memory:
    """The data in module globals that programs can reach, as it was when this was made.

    Args:
        programs: functions; what they name, and what the functions they name name, is reached.
        externals: objects of the outside world that lie there too.
    """

    def __init__(self, programs: Iterable[Any], externals: Iterable[Any] = ()) -> None:
        outside = {id(thing) for thing in externals}
        self._kept: list[tuple[dict[str, Any], str, Any, bytes, Any]] = [
            (space, name, value, freeze(value), _copied(value))
            for space, name, value, _ in reached(programs)
            if isinstance(value, _DATA) and id(value) not in outside
        ]

    def leave_out(self, thing: Any) -> None:
        """Look at an object no more: it belongs to the outside world."""
        self._kept = [kept for kept in self._kept if kept[2] is not thing]

    def changed(self) -> tuple[str, ...]:
        """Return the names of the globals that are not what they were."""
        return tuple(
            f"{space.get('__name__', '?')}.{name}"
            for space, name, original, frozen, _ in self._kept
            if space.get(name) is not original or freeze(original) != frozen
        )

    def restore(self) -> None:
        """Make every global what it was; a container stays the same object."""
        for space, name, original, frozen, kept in self._kept:
            if freeze(original) != frozen:
                _refill(original, _copied(kept))
            space[name] = original


def _copied(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 - something in it cannot be copied; keep what it holds
        return copy.copy(value)


def _refill(container: Any, content: Any) -> None:
    if isinstance(container, (list, bytearray)):
        container[:] = content
    elif isinstance(container, (dict, set)):
        container.clear()
        container.update(content)
