"""Where modules have taken references to the real clocks.

`freezegun` looks through every loaded module at every start, which is nearly all a start costs.
Here each module is looked through once, and again when it is replaced or the number of its
names changes; freezegun is shown the few that hold something, and what is loaded later.
"""

from __future__ import annotations

import operator
import sys
import time
from typing import TYPE_CHECKING, Any

from freezegun import api as _freezegun

if TYPE_CHECKING:
    from collections.abc import Iterator

Held = list[tuple[str, Any]]

real_sleep = time.sleep
_SOUGHT = _freezegun._real_time_object_ids | {id(real_sleep)}

_holders: dict[str, Held] = {}
_known: list[Any] = []
_names: list[dict[str, Any]] = []
_sizes: list[int] = []


def _search() -> None:
    """Bring what is known of the modules up to date."""
    items = tuple(sys.modules.items())
    modules = [module for _, module in items]
    if (
        len(modules) == len(_known)
        and not any(map(operator.is_not, modules, _known))
        and list(map(len, _names)) == _sizes
    ):
        return
    before = {id(module): size for module, size in zip(_known, _sizes, strict=True)}
    _known[:] = modules
    _names[:] = [_namespace(module) for module in modules]
    _sizes[:] = map(len, _names)
    for key in _holders.keys() - sys.modules.keys():
        del _holders[key]
    for (key, module), names, size in zip(items, _names, _sizes, strict=True):
        if before.get(id(module)) == size:
            continue
        found = [(name, value) for name, value in tuple(names.items()) if id(value) in _SOUGHT]
        if found:
            _holders[key] = found
        else:
            _holders.pop(key, None)


def _namespace(module: Any) -> dict[str, Any]:
    names = getattr(module, "__dict__", None)
    return names if type(names) is dict else {}


def held_by(module: Any) -> Held:
    """Return the references to real clocks a module holds, by name: what freezegun replaces."""
    names = vars(module)
    known = _holders.get(getattr(module, "__name__", ""), ())
    return [(name, value) for name, value in known if names.get(name) is value]


class Loaded:
    """What freezegun sees in place of `sys`.

    At its start `modules` are those that hold a clock. At its stop they are those and all that
    were loaded meanwhile, which may have taken its fake for the real thing.

    Args:
        ignored: how the names of modules begin that are left alone.
    """

    def __init__(self, ignored: tuple[str, ...]) -> None:
        _search()
        self._before = frozenset(sys.modules)
        self._shown = {
            name: sys.modules[name]
            for name in _holders
            if name in sys.modules and not name.startswith(ignored)
        }

    @property
    def modules(self) -> dict[str, Any]:
        """The modules to look through."""
        if sys.modules.keys() != self._before:
            for name in sys.modules.keys() - self._before:
                self._shown.setdefault(name, sys.modules[name])
        return self._shown

    def sleepers(self) -> Iterator[tuple[Any, str]]:
        """Go through the references to `time.sleep`, which freezegun leaves alone."""
        for module in tuple(self._shown.values()):
            for name, value in held_by(module):
                if value is real_sleep:
                    yield module, name
