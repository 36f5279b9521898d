"""Entities and scopes: versions, isolation, and the state at start."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agnt5_sim.platform import (
    Fenced,
    Lease,
    Outcome,
    Platform,
    VersionConflict,
)
from agnt5_sim.platform.entities import Entities, EntityKey

HOME = ("State", "user:u", "user", "u")
"""Where the state of a user's runs is kept."""


def running(
    platform: Platform,
    run_id: str,
    *,
    tenant: str = "default",
    home: tuple[str, str, str, str] | None = None,
) -> Lease:
    """Submit and dispatch a run, and return the lease of its attempt."""
    platform.submit(
        0.0,
        "flow",
        "workflow",
        b"{}",
        run_id=run_id,
        tenant=tenant,
        home=home,
    )
    return platform.dispatch(0.0, run_id, 1).lease


def test_versions_rise_by_one() -> None:
    """An entity that is absent has version 0 and no bytes."""
    platform = Platform()
    lease = running(platform, "r")
    where = ("T", "k", "run", "r")
    assert (b"", 0) == platform.load_entity(lease, *where)
    assert 1 == platform.save_entity(1.0, lease, "T", "k", b"a", 0, "run", "r")
    assert 2 == platform.save_entity(1.0, lease, "T", "k", b"b", 1, "run", "r")
    assert (b"b", 2) == platform.load_entity(lease, *where)


@pytest.mark.parametrize("expected", [0, 2])
def test_a_stale_save_is_refused(expected: int) -> None:
    """No update is lost: a save needs the current version, no lower and no higher."""
    platform = Platform()
    lease = running(platform, "r")
    platform.save_entity(1.0, lease, "T", "k", b"a", 0, "run", "r")
    with pytest.raises(VersionConflict, match=f"expected {expected}, current 1") as caught:
        platform.save_entity(1.0, lease, "T", "k", b"b", expected, "run", "r")
    assert (expected, 1) == (caught.value.expected, caught.value.current)
    assert (b"a", 1) == platform.load_entity(lease, "T", "k", "run", "r")


def test_a_concurrent_writer_is_noticed() -> None:
    """Somebody writes between load and save: the save is refused."""
    platform = Platform()
    lease = running(platform, "r")
    _, version = platform.load_entity(lease, "T", "k", "user", "u")
    assert 1 == platform.put_entity("default", "T", "k", b"theirs", "user", "u")
    with pytest.raises(VersionConflict):
        platform.save_entity(1.0, lease, "T", "k", b"mine", version, "user", "u")
    assert 2 == platform.put_entity("default", "T", "k", b"again", "user", "u")


def test_nothing_is_visible_across_tenants() -> None:
    """The tenant is the run's own; two tenants share no key."""
    platform = Platform()
    ours, theirs = running(platform, "r", tenant="a"), running(platform, "s", tenant="b")
    platform.save_entity(1.0, ours, "T", "k", b"a", 0, "user", "u")
    assert (b"", 0) == platform.load_entity(theirs, "T", "k", "user", "u")
    assert 1 == platform.save_entity(1.0, theirs, "T", "k", b"b", 0, "user", "u")
    assert (b"a", 1) == platform.entity("a", "T", "k", "user", "u")


@pytest.mark.parametrize(
    "other", [("X", "k", "user", "u"), ("T", "x", "user", "u"), ("T", "k", "run", "u")]
)
def test_nothing_is_visible_across_types_keys_and_scopes(other: tuple[str, str, str, str]) -> None:
    """Every part of the address counts, the scope as much as the key."""
    platform = Platform()
    lease = running(platform, "r")
    platform.save_entity(1.0, lease, "T", "k", b"a", 0, "user", "u")
    assert (b"", 0) == platform.load_entity(lease, *other)
    assert (b"", 0) == platform.load_entity(lease, "T", "k", "user", "other")


def test_state_of_a_scope_is_there_for_the_next_run_of_it() -> None:
    """What a run of a user saved is the initial state of that user's next run."""
    platform = Platform()
    kind, key, scope, scope_id = HOME
    lease = running(platform, "r", home=HOME)
    platform.save_entity(1.0, lease, kind, key, b"saved", 0, scope, scope_id)
    platform.finish(1.0, lease, Outcome("completed"))
    other = (kind, "user:other", "user", "other")
    platform.submit(2.0, "flow", "workflow", b"{}", run_id="s", home=HOME)
    platform.submit(2.0, "flow", "workflow", b"{}", run_id="x", home=other)
    platform.submit(2.0, "flow", "workflow", b"{}", run_id="y", home=HOME, tenant="t")
    platform.submit(2.0, "flow", "workflow", b"{}", run_id="z", user_id="u")
    states = [platform.dispatch(2.0, run_id, 1).initial_state for run_id in "sxyz"]
    assert [b"saved", b"", b"", b""] == states


def test_every_attempt_starts_from_the_same_state() -> None:
    """Policy *state at start*: captured at first dispatch, whatever is saved later."""
    platform = Platform()
    kind, key, scope, scope_id = HOME
    platform.submit(0.0, "flow", "workflow", b"{}", run_id="r", home=HOME)
    platform.put_entity("default", kind, key, b"first", scope, scope_id)
    first = platform.dispatch(0.0, "r", 1)
    platform.save_entity(1.0, first.lease, kind, key, b"second", 1, scope, scope_id)
    platform.expire_lease(1.0, "r")
    second = platform.dispatch(1.0, "r", 2)
    assert (b"first", b"first") == (first.initial_state, second.initial_state)
    assert (b"second", 2) == platform.load_entity(second.lease, kind, key, scope, scope_id)


def test_no_state_at_the_first_dispatch_is_no_state_for_ever() -> None:
    """An absent entity is captured as well: `b""` for all attempts of the run."""
    platform = Platform()
    kind, key, scope, scope_id = HOME
    lease = running(platform, "r", home=HOME)
    platform.save_entity(1.0, lease, kind, key, b"x", 0, scope, scope_id)
    platform.expire_lease(1.0, "r")
    assert b"" == platform.dispatch(1.0, "r", 2).initial_state


def test_a_zombie_can_read_but_not_save() -> None:
    """Reads are not fenced; the save based on them is."""
    platform = Platform()
    lease = running(platform, "r")
    platform.expire_lease(1.0, "r")
    value, version = platform.load_entity(lease, "T", "k", "run", "r")
    with pytest.raises(Fenced):
        platform.save_entity(2.0, lease, "T", "k", value, version, "run", "r")


class EntitiesMachine(RuleBasedStateMachine):
    """Entities against the list of all accepted saves."""

    keys = st.builds(
        lambda tenant, scope: EntityKey(tenant, "T", "k", scope, "id"),
        st.sampled_from(["t1", "t2"]),
        st.sampled_from(["user", "session"]),
    )

    def __init__(self) -> None:
        """Start with nothing saved."""
        super().__init__()
        self.entities = Entities()
        self.saves: list[tuple[EntityKey, bytes]] = []

    @rule(
        key=keys,
        value=st.sampled_from([b"", b"1", b"2"]),
        expected=st.one_of(st.none(), st.integers(0, 4)),
    )
    def save(self, key: EntityKey, value: bytes, expected: int | None) -> None:
        """Save: accepted exactly when the version is the number of saves so far."""
        current = sum(where == key for where, _ in self.saves)
        if expected not in (None, current):
            with pytest.raises(VersionConflict):
                self.entities.save(key, value, expected)
            return
        assert current + 1 == self.entities.save(key, value, expected)
        self.saves.append((key, value))

    @invariant()
    def same(self) -> None:
        """Each key has its last value, and as many versions as saves."""
        for tenant in ("t1", "t2"):
            for scope in ("user", "session"):
                key = EntityKey(tenant, "T", "k", scope, "id")
                values = [value for where, value in self.saves if where == key]
                assert (values[-1] if values else b"", len(values)) == self.entities.load(key)


TestEntities = EntitiesMachine.TestCase
TestEntities.settings = settings(
    derandomize=True, deadline=None, max_examples=40, stateful_step_count=20, database=None
)
