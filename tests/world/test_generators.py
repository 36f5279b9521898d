"""Generators that modules keep: each life begins with them as a new process would."""

from __future__ import annotations

import random
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agnt5_sim.world import World, entropy, isolated

KEEPS = """
import random

DRAWN = random.Random()
ANNOTATED: random.Random = random.Random(None)
SEEDED = random.Random(42)
draw = random.Random().random
SYSTEM = random.SystemRandom()
"""
KEEPS_NUMPY = """
import numpy as np

DRAWN = np.random.default_rng()
SEEDED = np.random.default_rng(42)
OLD = np.random.RandomState()
PCG = np.random.Generator(np.random.PCG64())
"""


@pytest.fixture
def module(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: Any) -> Iterator[Any]:
    """Return what imports a module of somebody's; it is forgotten afterwards."""
    name = f"keeps_{uuid.uuid4().hex}"
    (tmp_path / f"{name}.py").write_text(request.param, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield lambda: __import__(name)
    sys.modules.pop(name, None)


def live(program: Callable[[], Any], seed: str = "seed") -> Any:
    """Live in a world of its own, and return what comes of it."""
    with isolated(World(), seed):
        return program()


@pytest.mark.parametrize("module", [KEEPS], indirect=True)
def test_what_was_drawn_is_seeded_and_what_was_given_is_kept(module: Any) -> None:
    """A generator without a seed follows the life's; one with a seed starts from it each time."""
    keeps = module()

    def draws() -> list[list[float]]:
        return [
            [keeps.DRAWN.random(), keeps.ANNOTATED.random(), keeps.draw(), keeps.SYSTEM.random()],
            [keeps.SEEDED.random(), keeps.SEEDED.random()],
        ]

    first, again, other = live(draws), live(draws), live(draws, "another")
    given = random.Random(42)
    assert first == again
    assert [given.random(), given.random()] == first[1] == other[1]
    assert not set(first[0]) & set(other[0])
    assert 4 == len(set(first[0]))


@pytest.mark.parametrize("module", [KEEPS], indirect=True)
def test_they_go_on_after_a_life_where_they_were(module: Any) -> None:
    """No life takes anything from what is drawn outside of it."""
    keeps = module()
    before = [keeps.DRAWN.getstate(), keeps.SEEDED.getstate()]
    live(lambda: [keeps.DRAWN.random(), keeps.SEEDED.random()])
    assert before == [keeps.DRAWN.getstate(), keeps.SEEDED.getstate()]


@pytest.mark.parametrize("module", [KEEPS], indirect=True)
def test_a_module_loaded_in_a_life_makes_no_difference(module: Any) -> None:
    """The life that first loads it draws what every later one does, from it and otherwise."""

    def draws() -> list[Any]:
        keeps = module()
        return [keeps.DRAWN.random(), keeps.SEEDED.random(), keeps.draw(), uuid.uuid4()]

    assert live(draws) == live(draws)


@pytest.mark.parametrize("module", [KEEPS], indirect=True)
def test_a_new_worker_begins_with_new_ones(module: Any) -> None:
    """A process that starts after a kill imports its modules anew."""
    keeps = module()

    def draws() -> list[Any]:
        first = [keeps.DRAWN.random(), keeps.SEEDED.random()]
        entropy.reseed("seed/run-1/1")
        second = [keeps.DRAWN.random(), keeps.SEEDED.random()]
        return [first[0] != second[0], first[1] == second[1]]

    assert [True, True] == live(draws)


@pytest.mark.parametrize("module", [KEEPS_NUMPY], indirect=True)
def test_numpys(module: Any) -> None:
    """Its legacy state, and generators of both kinds: seeded, kept, and put back."""
    numpy = pytest.importorskip("numpy")
    keeps = module()

    def draws() -> list[list[float]]:
        drawn = [numpy.random, keeps.DRAWN, keeps.OLD, keeps.PCG]
        return [
            [float(generator.random()) for generator in drawn],
            [float(keeps.SEEDED.random())],
        ]

    before = numpy.random.get_state()[1].tolist()
    first, again, other = live(draws), live(draws), live(draws, "another")
    assert before == numpy.random.get_state()[1].tolist()
    assert first == again
    assert [float(numpy.random.default_rng(42).random())] == first[1] == other[1]
    assert not set(first[0]) & set(other[0])
