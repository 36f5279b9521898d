"""Seeded randomness: `random`, `os.urandom` and `random._urandom`.

`uuid4` and the time-ordered uuids draw from `os.urandom`, `secrets` and `SystemRandom` from
`random._urandom`; both must be seeded, or ids differ from life to life.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager

_source: random.Random | None = None


def _virtual_urandom(size: int, /) -> bytes:
    if _source is None:
        return _real_urandom(size)
    return _source.randbytes(size)


_real_urandom = os.urandom


def reseed(seed: str) -> None:
    """Start all randomness anew from `seed`, as a new process would from the system's."""
    random.seed(seed)
    if _source is not None:
        _source.seed(seed + "/system")


@contextmanager
def seeded(seed: str) -> Iterator[None]:
    """Draw all randomness from `seed` until the block ends, then restore what was."""
    global _source  # noqa: PLW0603 - there is one source to a process
    before, state = _source, random.getstate()
    _source = random.Random()  # noqa: S311 - reproducible on purpose
    os.urandom = _virtual_urandom
    random._urandom = _virtual_urandom  # type: ignore[attr-defined]  # noqa: SLF001
    reseed(seed)
    try:
        yield
    finally:
        _source = before
        random.setstate(state)
        if before is None:
            os.urandom = _real_urandom
            random._urandom = _real_urandom  # type: ignore[attr-defined]  # noqa: SLF001
