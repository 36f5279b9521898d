"""The public names with all that others may lean on: `python tests/public_face.py` prints them.

`tests/public_face.txt` is what it printed when somebody last meant to change them.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

LIST = Path(__file__).with_suffix(".txt")


def face() -> str:
    """Return a line for every public name, and for every public member of a class or module."""
    import agnt5_sim

    lines = []
    for name in sorted(agnt5_sim.__all__):
        lines.extend(_lines(name, getattr(agnt5_sim, name)))
    return "\n".join(lines) + "\n"


def _lines(name: str, thing: Any) -> Iterator[str]:
    if isinstance(thing, ModuleType):
        yield f"module {name}"
        for member in sorted(thing.__all__):
            yield from _lines(f"{name}.{member}", getattr(thing, member))
    elif isinstance(thing, type):
        bases = ", ".join(base.__name__ for base in thing.__bases__)
        yield f"class {name}({bases})"
        if not issubclass(thing, BaseException) or "__init__" in vars(thing):
            yield f"  {name}{_signature(thing)}"
        for member, value in sorted(_members(thing)):
            yield f"  {name}.{member}{_signature(value)}"
    else:
        yield f"{name}{_signature(thing)}"


def _members(thing: type) -> Iterator[tuple[str, Any]]:
    """Go through what a class of ours, or a base of it that is ours, calls by a name without `_`."""
    found: dict[str, Any] = {}
    for base in reversed(thing.__mro__):
        if base.__module__.partition(".")[0] == "agnt5_sim":
            found |= dict.fromkeys(getattr(base, "__annotations__", {}))
            found |= vars(base)
    yield from ((name, value) for name, value in found.items() if not name.startswith("_"))


def _signature(value: Any) -> str:
    value = getattr(value, "__func__", value)  # of a class or static method
    if not (inspect.isroutine(value) or isinstance(value, type)):
        return ""
    text = str(inspect.signature(value))
    text = re.sub(r"ForwardRef\('([^']*)'[^()]*\)", r"'\1'", text)  # what a named tuple makes of it
    text = re.sub(r" at 0x[0-9a-f]+", "", text)
    return text + (" async" if inspect.iscoroutinefunction(value) else "")


if __name__ == "__main__":
    sys.stdout.write(face())
