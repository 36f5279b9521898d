"""A run that leans on what its dead worker remembered: its end differs, or the way there."""

from __future__ import annotations

import pytest

from agnt5_sim.judging.comparing import leaned_on_memory
from agnt5_sim.judging.volatile import Volatile


@pytest.fixture
def leaned(tell):
    """Return what is found between a life and the same one with a global forgotten."""

    def leaned(with_it, without, *, changed="shop.SEEN"):
        lives = []
        for happens in (with_it, without):
            life = tell()
            if changed:
                life.note("memory.changed", changed, run="")
            happens(life)
            lives.append(life.history)
        volatile = Volatile(lives[0], lives[0])
        return [
            (found.guarantee, found.step, found.seen)
            for found in leaned_on_memory(*lives, volatile)
        ]

    return leaned


def says(seen):
    """Return the finding whose ends are these."""
    return [("world.memory", "shop.SEEN", seen)]


def test_the_same_end_by_the_same_way_is_no_finding(leaned):
    """world.memory kept."""
    assert [] == leaned(*[lambda life: life.step("a_0").completed(1)] * 2)


def test_where_nothing_was_changed_nothing_was_leaned_on(leaned):
    """world.memory asks for a global that a dead worker had changed."""
    ways = (lambda life: life.completed(1), lambda life: life.completed(2))
    assert [] == leaned(*ways, changed="")


@pytest.mark.parametrize(
    ("with_it", "without", "seen"),
    [
        (lambda life: life.completed(1), lambda life: life.completed(2),
         "completed 1 with it, completed 2 without"),
        (lambda life: life.completed("ValueError: no"), lambda life: life.failed("ValueError: no"),
         'completed "ValueError: no" with it, failed ValueError: no without'),
        (lambda life: life.completed(1, state={"n": 1}), lambda life: life.completed(1, state={}),
         "completed 1 with it, completed 1 without"),
        (lambda life: life.completed(1), lambda life: life,
         "completed 1 with it, no end without"),
        (lambda life: life, lambda life: life.completed(1),
         "no end with it, completed 1 without"),
    ],
    ids=["output", "status", "state", "no end without", "no end with"],
)  # fmt: skip
def test_another_end_is_found(leaned, with_it, without, seen):
    """world.memory: each part of an end counts."""
    assert says(seen) == leaned(with_it, without)


def branch(life, name):
    """Call a step in a branch."""
    with life.inside(name):
        life.calls("a_0")
    return life


@pytest.mark.parametrize(
    ("with_it", "without"),
    [
        (lambda life: life.calls("a_0"), lambda life: life),
        (lambda life: life.calls("a_0"), lambda life: life.calls("b_0")),
        (lambda life: life.calls("a_0").calls("b_1"), lambda life: life.calls("b_1").calls("a_0")),
        (lambda life: branch(life, "1"), lambda life: branch(life, "2")),
        (lambda life: life.calls("a_0").recovered(), lambda life: life.recovered().calls("a_0")),
    ],
    ids=["less", "other", "order", "branch", "attempt"],
)  # fmt: skip
def test_another_way_to_the_same_end_is_found(leaned, with_it, without):
    """world.memory: what is called, by which branch, in which attempt."""
    seen = says("completed 1 with it, completed 1 without")
    for one, other in ((with_it, without), (without, with_it)):
        assert seen == leaned(
            lambda life, one=one: one(life).completed(1),
            lambda life, other=other: other(life).completed(1),
        )
