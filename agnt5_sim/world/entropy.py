"""Seeded randomness: `random`, `os.urandom`, `random._urandom`, and the generators modules keep.

`uuid4` and the time-ordered uuids draw from `os.urandom`, `secrets` and `SystemRandom` from
`random._urandom`; both must be seeded, or ids differ from life to life. A generator that is
given no seed (`random.Random()`, `random.seed()`) asks the system below Python; it is given
one.

A module is loaded in the life that first wants it and in no later one. What it draws while it is
loaded is therefore drawn apart, and the generators it keeps begin as they will in later lives.
"""

from __future__ import annotations

import os
import random
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agnt5_sim.world import generators

if TYPE_CHECKING:
    from collections.abc import Iterator

_source: random.Random | None = None
"""What stands in for the system's own randomness; None outside a life."""
_sown: str | None = None
"""What `_source` is still to be seeded from: most lives draw little, and seeding costs."""
_seed = ""
_loading = 0
"""How many imports deep the program is."""


def _system() -> random.Random | None:
    global _sown  # noqa: PLW0603 - there is one source to a process
    if _loading and _source is not None:
        return _APART
    if _source is not None and _sown is not None:
        _real_seed(_source, _sown)
        _sown = None
    return _source


def _virtual_urandom(size: int, /) -> bytes:
    system = _source if _sown is None and not _loading else _system()
    if system is None:
        return _real_urandom(size)
    return system.getrandbits(size * 8).to_bytes(size, "little")  # as `randbytes` does, sooner


def _virtual_seed(self: random.Random, a: Any = None, version: int = 2) -> None:
    system = _system() if a is None else None
    _real_seed(self, a if system is None else system.getrandbits(256), version)


def _virtual_module_seed(a: Any = None, version: int = 2) -> None:
    _virtual_seed(random._inst, a, version)


class _Loading:
    """Loads a module as `loader` does, and notes that the program is loading.

    Args:
        loader: what finds and executes it.
    """

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def exec_module(self, module: Any) -> None:
        """Execute a module; what it keeps begins when nothing is being loaded any more."""
        global _loading  # noqa: PLW0603 - there is one source to a process
        module.__spec__.loader = module.__loader__ = self._loader
        _loading += 1
        try:
            self._loader.exec_module(module)
        finally:
            _loading -= 1
            if not _loading:
                for generator in generators.look(module):
                    generator.begin(_seed)


class _Finder:
    """Stands before all finders during a life, and lets them find."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return what the others find, to be loaded by `_Loading`."""
        for finder in tuple(sys.meta_path):
            spec: Any = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                if hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loading(spec.loader)
                return spec
        return None


_SYSTEM = random.Random(0)
_APART = random.Random(0)
_FINDER: Any = _Finder()
_real_urandom = os.urandom
_real_seed = random.Random.seed
_real_module_seed = random.seed


def reseed(seed: str) -> None:
    """Start all randomness anew from `seed`, as a new process would from the system's."""
    global _sown, _seed, _loading  # noqa: PLW0603 - there is one source to a process
    random.seed(seed)
    generators.begin(seed)
    _keep_names(None)
    _seed, _loading = seed, 0  # whoever was killed while it loaded a module has not come back
    _sown = seed + "/system"


def _keep_names(names: Any) -> Any:
    """Let `tempfile` go on with `names` (None: anew), and return what it drew its names from.

    It keeps a generator for the length of a process.
    """
    tempfile = sys.modules.get("tempfile")
    if tempfile is None:
        return None
    before = vars(tempfile).get("_name_sequence")
    vars(tempfile)["_name_sequence"] = names
    return before


@contextmanager
def seeded(seed: str) -> Iterator[None]:
    """Draw all randomness from `seed` until the block ends, then restore what was."""
    global _source, _sown, _seed, _loading  # noqa: PLW0603 - there is one source to a process
    before, state, names = (_source, _sown, _seed, _loading), random.getstate(), _keep_names(None)
    generators.look()
    _source = _SYSTEM if _source is None else random.Random(0)
    os.urandom = _virtual_urandom
    random._urandom = _virtual_urandom  # type: ignore[attr-defined]
    random.Random.seed = _virtual_seed  # type: ignore[method-assign]
    random.seed = _virtual_module_seed
    if before[0] is None:
        sys.meta_path.insert(0, _FINDER)
    reseed(seed)
    try:
        yield
    finally:
        _source, _sown, _seed, _loading = before
        _keep_names(names)
        random.setstate(state)
        if _source is None:
            os.urandom = _real_urandom
            random._urandom = _real_urandom  # type: ignore[attr-defined]
            random.Random.seed = _real_seed  # type: ignore[method-assign]
            random.seed = _real_module_seed
            sys.meta_path.remove(_FINDER)
