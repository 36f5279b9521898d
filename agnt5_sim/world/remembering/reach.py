"""What programs can reach through the globals of modules."""

from __future__ import annotations

import inspect
import os
import sys
import sysconfig
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OURS = frozenset({"agnt5", "agnt5_sim"})
_STDLIB = tuple(
    os.path.join(sysconfig.get_path(name), "")  # noqa: PTH118 - a prefix of texts, not a path
    for name in ("stdlib", "platstdlib")
)
_INSTALLED = frozenset({"site-packages", "dist-packages"})


class Reached(NamedTuple):
    """A global that is reached.

    Attributes:
        space: the globals of its module.
        name: its name.
        value: what it is.
        own: whether its module is the user's own.
    """

    space: dict[str, Any]
    name: str
    value: Any
    own: bool


def reached(programs: Iterable[Any]) -> Iterator[Reached]:
    """Find the globals that functions name, and that the functions and classes they name do.

    Names are looked up in a function's own module and in the user's modules that it names.

    Args:
        programs: the functions; what is none is passed over.
    """
    queue = [program for program in programs if isinstance(program, FunctionType)]
    homes = frozenset(_top(function.__globals__) for function in queue)
    functions: set[int] = set()
    found: set[tuple[int, str]] = set()
    while queue:
        function = queue.pop()
        if id(function) in functions:
            continue
        functions.add(id(function))
        for global_ in _named(function, homes):
            queue += _functions_of(global_.value)
            key = (id(global_.space), global_.name)
            if key not in found:
                found.add(key)
                yield global_


def _named(function: FunctionType, homes: frozenset[str]) -> Iterator[Reached]:
    names = sorted(_names(function.__code__))
    spaces = [function.__globals__]
    for space in spaces:  # grows: a module may hold modules
        own = is_own(space, homes)
        for name in names:
            if name not in space:
                continue
            value = space[name]
            if not isinstance(value, ModuleType):
                yield Reached(space, name, value, own)
            elif is_own(vars(value), homes) and not any(vars(value) is known for known in spaces):
                spaces.append(vars(value))


def _functions_of(value: Any) -> list[FunctionType]:
    if isinstance(value, type):
        return [member for member in vars(value).values() if isinstance(member, FunctionType)]
    inner = inspect.unwrap(value) if callable(value) else None
    return [inner] if isinstance(inner, FunctionType) else []


def _names(code: CodeType) -> set[str]:
    """Return the global names a function's code uses, that of its inner functions included."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _names(constant)
    return names


def is_own(space: dict[str, Any], homes: frozenset[str]) -> bool:
    """Tell whether the globals of a module are of the user's own.

    Args:
        space: the globals.
        homes: top-level packages that are the user's own even if they are installed.
    """
    top = _top(space)
    if top in _OURS:
        return False
    file = space.get("__file__") or next(iter(space.get("__path__") or ()), None)
    if not isinstance(file, str):
        return top not in sys.stdlib_module_names
    return not _in_stdlib(file) and (top in homes or not _is_installed(file))


def _top(space: dict[str, Any]) -> str:
    return str(space.get("__name__", "")).partition(".")[0]


@cache
def _is_installed(file: str) -> bool:
    return not _INSTALLED.isdisjoint(file.replace("\\", "/").split("/"))


@cache
def _in_stdlib(file: str) -> bool:
    return file.startswith(_STDLIB) and not _is_installed(file)
