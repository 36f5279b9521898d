"""The generators that modules keep: each life begins with them as a new process would.

One that was given a seed starts from it again. One that drew its seed from the system (numpy's
legacy state, a `random.Random()` or a `default_rng()` at the top of a library) is given one that
follows from the life's. Which of the two it is, nothing tells but the line that made it.
"""

from __future__ import annotations

import hashlib
import inspect
import random
import re
import sys
from contextlib import contextmanager
from types import BuiltinMethodType, MethodType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# What keeps its randomness in order by itself, or is none of a program's.
_IGNORED = frozenset(
    {"_pytest", "agnt5_sim", "hypothesis", "numpy", "pytest", "random", "tempfile"}
)
# Whoever makes a generator has one of these among its names; to look at all names of all modules
# would take longer than all else that a simulation begins with.
_MAKERS = frozenset(
    {
        *(
            "random",
            "_random",
            "random_module",
            "mod_random",
            "rnd",
            "Random",
            "_Random",
            "randrange",
        ),
        *(
            "np",
            "numpy",
            "_np",
            "npr",
            "default_rng",
            "RandomState",
            "Generator",
            "PCG64",
            "MT19937",
        ),
    }
)
_BOUND = frozenset({BuiltinMethodType, MethodType})


class Generator:
    """A generator that a module keeps.

    Args:
        name: where it is kept.
        thing: the generator.
        drawn: whether its seed was drawn from the system.
    """

    def __init__(self, name: str, thing: Any, *, drawn: bool) -> None:
        self._name = name
        self._thing = thing
        self._drawn = drawn
        self._first = None if drawn else self.state

    @property
    def state(self) -> Any:
        """What it will draw next."""
        thing = self._thing
        if isinstance(thing, random.Random):
            return thing.getstate()
        if hasattr(thing, "bit_generator"):
            return thing.bit_generator.state
        return thing.get_state(legacy=False)

    @state.setter
    def state(self, state: Any) -> None:
        thing = self._thing
        if isinstance(thing, random.Random):
            thing.setstate(state)
        elif hasattr(thing, "bit_generator"):
            thing.bit_generator.state = state
        else:
            thing.set_state(state)

    def begin(self, seed: str) -> None:
        """Begin as in a new process that draws its randomness from `seed`."""
        thing = self._thing
        if not self._drawn:
            self.state = self._first
        elif isinstance(thing, random.Random):
            thing.seed(f"{seed}/{self._name}")
        else:
            digest = hashlib.sha256(f"{seed}/{self._name}".encode()).digest()
            number = int.from_bytes(digest[:16], "little")
            if hasattr(thing, "bit_generator"):
                thing.bit_generator.state = type(thing.bit_generator)(number).state
            else:
                thing.seed([number >> shift & 0xFFFF_FFFF for shift in range(0, 128, 32)])


_found: dict[int, Generator] = {}
_seen: dict[str, int] = {}
_last: tuple[int, str] = 0, ""
_idle: set[type] = set()
"""Types of which nothing can be seeded."""


def look(loaded: Any = None) -> list[Generator]:
    """Look through the modules that were loaded since the last time; return what was found.

    Args:
        loaded: a module that is just about to be.
    """
    global _last  # noqa: PLW0603 - a module is looked through once in a process
    last = len(sys.modules), next(reversed(sys.modules))
    if last == _last and loaded is None:
        return []
    _last = last
    new = []
    for name, module in tuple(sys.modules.items()):
        if _seen.get(name) == id(module):
            continue
        loading = getattr(getattr(module, "__spec__", None), "_initializing", False)
        if loading and module is not loaded:
            _last = 0, ""  # it is still being loaded: another time
            continue
        _seen[name] = id(module)
        new += _kept_in(name, module)
    return sorted(new, key=lambda generator: generator._name)


def begin(seed: str) -> None:
    """Let all that were found begin anew."""
    for generator in _found.values():
        generator.begin(seed)


@contextmanager
def put_back() -> Iterator[None]:
    """Let them go on, when the block ends, where they are now: no life takes from what follows."""
    look()
    kept = [(generator, generator.state) for generator in _found.values()]
    try:
        yield
    finally:
        for generator, state in kept:
            generator.state = state


def _kept_in(name: str, module: Any) -> list[Generator]:
    """Find the generators in a module's names, and those that a function in it is bound to."""
    names = getattr(module, "__dict__", None)
    new: list[Generator] = []
    if type(names) is not dict:
        return new
    if name == "numpy.random.mtrand":
        new.append(Generator("numpy.random", names["_rand"], drawn=True))
        _found[id(names["_rand"])] = new[0]
    if names.keys().isdisjoint(_MAKERS) or name.partition(".")[0] in _IGNORED:
        return new
    for attribute, value in tuple(names.items()):
        thing, kind = value, type(value)
        if kind in _BOUND:
            thing = value.__self__
            kind = type(thing)
        if kind in _idle or not _draws(kind) or id(thing) in _found or thing is _global(thing):
            continue
        generator = Generator(f"{name}.{attribute}", thing, drawn=_was_drawn(module, attribute))
        _found[id(thing)] = generator
        new.append(generator)
    return new


def _global(thing: Any) -> Any:
    """Return the generator that everybody shares: it is seeded where it lives."""
    if isinstance(thing, random.Random):
        return random._inst
    return sys.modules["numpy.random.mtrand"]._rand


def _draws(kind: type) -> bool:
    """Tell whether a type is of generators that can be seeded."""
    numpy: Any = sys.modules.get("numpy.random")
    kinds: tuple[type, ...] = (random.Random,)
    if hasattr(numpy, "RandomState"):
        kinds += (numpy.Generator, numpy.RandomState)
    if issubclass(kind, kinds) and not issubclass(kind, random.SystemRandom):
        return True
    _idle.add(kind)  # numpy's own come to be with the module that tells them
    return False


def _was_drawn(module: Any, attribute: str) -> bool:
    """Tell whether a generator was made without a seed; if nothing tells, a library's was."""
    made = _line_of(module, attribute)
    given = re.findall(r"\(([^()]*)\)", made)
    if given:
        return all(argument.strip() in {"", "None"} for argument in given)
    path = getattr(module, "__file__", None) or ""
    return "site-packages" in path or path.startswith(_library())


def _line_of(module: Any, attribute: str) -> str:
    """Return what a module gives a name at its top; "" if that cannot be told."""
    try:
        source = inspect.getsource(module)
    except (OSError, TypeError):
        return ""
    found = re.search(rf"^{re.escape(attribute)}\b[^=\n]*=(.*)$", source, re.MULTILINE)
    return found[1] if found is not None else ""


def _library() -> str:
    return (random.__file__ or "").rpartition("/")[0] + "/"
