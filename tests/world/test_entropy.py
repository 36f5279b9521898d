"""Entropy: decision 5 of the design. All randomness of a life is a function of its seed."""

# ruff: noqa: PLW0108 - the functions are looked up when called, for they are replaced

from __future__ import annotations

import os
import random
import secrets
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agnt5_sim.world import World, entropy, isolated

ROOT = Path(__file__).parents[2]
SYSTEM = random.SystemRandom()

SOURCES: dict[str, Callable[[], Any]] = {
    "random.random": lambda: random.random(),
    "random.randint": lambda: random.randint(0, 10**12),
    "random.sample": lambda: random.sample(range(1000), 10),
    "random.gauss": lambda: random.gauss(),
    "random.Random()": lambda: random.Random().random(),
    "random.seed()": lambda: (random.seed(), random.random()),
    "os.urandom": lambda: os.urandom(16),
    "random._urandom": lambda: random._urandom(16),
    "uuid4": lambda: uuid.uuid4(),
    "secrets.token_hex": lambda: secrets.token_hex(),
    "secrets.randbelow": lambda: secrets.randbelow(10**12),
    "secrets.choice": lambda: [secrets.choice("abcdefgh") for _ in range(20)],
    "SystemRandom": lambda: random.SystemRandom().random(),
    "names of temporary files": lambda: next(tempfile._get_candidate_names()),  # type: ignore[attr-defined]
    "a SystemRandom made before": lambda: SYSTEM.getrandbits(64),
}


def drawn(source: str, seed: str) -> list[Any]:
    """Draw three times in a world of its own."""
    with isolated(World(), seed):
        return [SOURCES[source]() for _ in range(3)]


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_is_a_function_of_the_seed(source: str) -> None:
    """The same for the same seed, another for another, and not one value over and over."""
    first = drawn(source, "seed")
    assert first == drawn(source, "seed")
    assert first != drawn(source, "another")
    assert 3 == len({repr(value) for value in first})


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_is_random_again_outside(source: str) -> None:
    """After a life nothing repeats what was drawn in it."""
    drawn(source, "seed")
    after = [SOURCES[source]()]
    drawn(source, "seed")
    assert after != [SOURCES[source]()]


def test_everything_is_put_back() -> None:
    """The functions are the real ones again, and `random` continues where it was."""

    def everything() -> list[Any]:
        return [
            os.urandom,
            random._urandom,  # type: ignore[attr-defined]
            random.seed,
            random.Random.seed,
            random.getstate(),
        ]

    before = everything()
    with isolated(World(), "seed"):
        random.random()
        assert before != everything()
    assert before == everything()
    with pytest.raises(ZeroDivisionError), isolated(World(), "seed"):
        raise ZeroDivisionError
    assert before == everything()


@pytest.mark.parametrize("source", SOURCES)
def test_a_life_within_a_life_takes_nothing_from_it(source: str) -> None:
    """The outer life draws what it would have drawn without the inner one."""
    with isolated(World(), "seed"):
        seen = [SOURCES[source]()]
        with isolated(World(), "another"):
            inner = SOURCES[source]()
        seen.append(SOURCES[source]())
    first, second, _ = drawn(source, "seed")
    assert [first, second] == seen
    assert drawn(source, "another")[0] == inner


def test_reseeding_begins_anew() -> None:
    """A new attempt draws from its own seed, whatever was drawn before it."""
    with isolated(World(), "seed"):
        entropy.reseed("attempt")
        first = [draw() for draw in SOURCES.values()]
        entropy.reseed("attempt")
        again = [draw() for draw in SOURCES.values()]
        entropy.reseed("another")
        other = [draw() for draw in SOURCES.values()]
    assert first == again
    assert first != other


ACROSS = """
import os, random, secrets, uuid
from agnt5_sim.world import World, isolated
with isolated(World(), "seed"):
    print(random.random(), random.Random().random(), os.urandom(8))
    print(uuid.uuid4(), secrets.token_hex(4))
    print(random.SystemRandom().random(), random.sample(sorted({"a", "b", "c", "d"}), 4))
print(hash("a string"))
"""


def test_hash_randomisation_changes_nothing() -> None:
    """Interpreters with different `PYTHONHASHSEED` draw the same."""
    outputs = []
    for hash_seed in ("0", "1", "4242"):
        ended = subprocess.run(
            [sys.executable, "-c", ACROSS],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        *drawn_there, hashed = ended.stdout.splitlines()
        outputs.append((drawn_there, hashed))
    assert 1 == len({tuple(lines) for lines, _ in outputs})
    assert 3 == len({hashed for _, hashed in outputs})  # the interpreters did differ
