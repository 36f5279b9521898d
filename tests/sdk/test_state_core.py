"""The state core passes on which version a save is based on, and the platform's word on it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from agnt5_sim.platform import Platform
from agnt5_sim.platform.errors import VersionConflict
from agnt5_sim.sdk.generations.state_core import StateCore

ENTITY = ("WorkflowEntity", "user:u")
SCOPE = ("user", "u")
WHERE = {
    "entity": ENTITY[0],
    "key": ENTITY[1],
    "scope": SCOPE[0],
    "scope_id": SCOPE[1],
    "own": True,
}


class Crossings:
    """Crosses at once, and remembers what the entries say."""

    def __init__(self) -> None:
        self.world = SimpleNamespace(now=0.0)
        self.platform = Platform()
        self.crossed: list[tuple[Any, ...]] = []

    async def across(
        self, attempt: Any, kind: str, name: str, effect: Any, data: Any, patience: Any
    ) -> Any:
        """Cross."""
        assert patience.seconds == 10.0
        self.crossed.append((kind, name, data))
        return effect()


@pytest.fixture
def crossings() -> Crossings:
    """Return what a core crosses by."""
    return Crossings()


@pytest.fixture
def core(crossings) -> StateCore:
    """Return the core of a worker that is at the first attempt of a run."""
    platform = crossings.platform
    platform.submit(0.0, "order", "workflow", b"{}", run_id="run-1", user_id="u")
    attempt = SimpleNamespace(lease=platform.dispatch(0.0, "run-1", 1).lease)
    return StateCore(crossings, lambda route: attempt)


def save(core: StateCore, value: bytes, expected: int) -> int:
    """Save the state of a user."""
    return asyncio.run(core.py_save_state(*ENTITY, value, expected, *SCOPE))


def load(core: StateCore) -> tuple[bytes, int]:
    """Load it."""
    return asyncio.run(core.py_get_cached_or_load(*ENTITY, *SCOPE))


def test_versions_rise_by_one(core):
    """A save on top of what was loaded is the next version, and is loaded then."""
    assert (b"", 0) == load(core)
    assert 1 == save(core, b"1", 0)
    assert 2 == save(core, b"2", 1)
    assert (b"2", 2) == load(core)


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_save_on_top_of_another_version_is_refused(core, expected):
    """Whether that is older or newer than what is there, which stays."""
    save(core, b"1", 0)
    save(core, b"2", 1)
    with pytest.raises(VersionConflict):
        save(core, b"other", expected)
    assert (b"2", 2) == load(core)


def test_the_entry_of_a_save_says_what_was_asked(core, crossings):
    """The entity, the value, and the version it is based on."""
    save(core, b"1", 0)
    assert [("state.save", "user", {**WHERE, "value": b"1", "expected": 0})] == crossings.crossed


def test_the_entry_of_a_load_says_what_was_asked(core, crossings):
    """The entity."""
    load(core)
    assert [("state.load", "user", WHERE)] == crossings.crossed


def test_other_scopes_are_other_entities(core):
    """Each has its own versions."""
    save(core, b"1", 0)
    other = core.py_save_state("WorkflowEntity", "run:run-1", b"x", 0, "run", "run-1")
    assert 1 == asyncio.run(other)
    assert (b"1", 1) == load(core)
