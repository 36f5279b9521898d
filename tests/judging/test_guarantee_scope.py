"""Whose state a run reads and writes."""

from __future__ import annotations

import pytest

OWNERS = [
    ({"user": "u", "session": "s"}, "user:u", "user", "u"),
    ({"session": "s"}, "workflow:order:session:s", "session", "s"),
    ({"session": "run-1"}, "run:run-1", "run", "run-1"),
    ({}, "run:run-1", "run", "run-1"),
]


@pytest.fixture
def scoped(tell):
    """Begin a life with a run of these ids at its first attempt."""

    def scoped(**ids):
        return tell(runs=False).submitted(**ids).dispatched()

    return scoped


def other(life, run="run-2", initial=None, **ids):
    """Let another run begin in the same life."""
    return life.submitted(run, **ids).dispatched(initial=initial)


# -- scope.key -------------------------------------------------------------------------


@pytest.mark.parametrize(("ids", "key", "scope", "scope_id"), OWNERS)
def test_a_run_keeps_its_state_under_its_owner(scoped, ids, key, scope, scope_id):
    """User before session before run; a session named like the run is none."""
    where = {"key": key, "scope": scope, "scope_id": scope_id}
    assert [] == scoped(**ids).loads(**where).saves({}, **where).completed().broken()


@pytest.mark.parametrize("what", ["load", "save", "refused save"])
def test_another_scope_than_the_runs_is_found(scoped, what):
    """scope.key: a run of a user that keeps its state by session, read, written, or tried to."""
    where = {"key": "workflow:order:session:s", "scope": "session", "scope_id": "s"}
    life = scoped(user="u", session="s")
    if what == "load":
        life.loads(**where)
    else:
        life.saves({}, **where, **({"refused": "no"} if what.startswith("refused") else {}))
    expected = (
        "scope.key",
        "",
        "('user:u', 'user', 'u')",
        "('workflow:order:session:s', 'session', 's')",
        "",
    )
    assert [expected] == life.broken()


def test_another_workflows_session_is_another_scope(scoped):
    """scope.key: the workflow's name is part of a session's key."""
    life = scoped(session="s").loads(key="workflow:other:session:s", scope="session", scope_id="s")
    assert ["scope.key"] == [found[0] for found in life.broken()]


def test_entities_of_ones_own_have_keys_of_their_own(scoped):
    """scope.key is about the workflow's state, not about entities a step uses."""
    life = scoped(user="u").loads(entity="Counter", key="visits", scope="global", scope_id="x")
    assert [] == life.broken()


# -- scope.isolation -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "mine", "theirs"),
    [("user", "u", "v"), ("session", "s", "t"), ("run", "run-1", "run-9")],
)
def test_the_state_of_another_is_found(scoped, scope, mine, theirs):
    """scope.isolation, for an entity of every scope."""
    life = scoped(user="u", session="s").saves(
        {}, entity="Counter", key="k", scope=scope, scope_id=theirs
    )
    expected = ("scope.isolation", "", f"{scope} {mine!r}", f"{scope} {theirs!r}", "")
    assert [expected] == life.broken()


def test_reading_the_state_of_another_is_found(scoped):
    """scope.isolation: reading is no better; and the workflow's own key is wrong with it."""
    life = scoped(user="u").loads(key="user:v", scope="user", scope_id="v")
    assert {"scope.isolation", "scope.key"} == {found[0] for found in life.broken()}


def test_a_user_scope_without_a_user_is_found(scoped):
    """scope.isolation: a run of nobody has no user's state to touch."""
    life = scoped().loads(entity="Counter", key="k", scope="user", scope_id="v")
    assert [("scope.isolation", "", "user ''", "user 'v'", "")] == life.broken()


def test_a_run_without_a_session_is_its_own(scoped):
    """scope.isolation: the session of such a run is the run."""
    assert (
        [] == scoped().loads(entity="Counter", key="k", scope="session", scope_id="run-1").broken()
    )


# -- scope.continuity ------------------------------------------------------------------

USER = {"key": "user:u", "scope": "user", "scope_id": "u"}


def saved(scoped, value, **ids):
    """Let a run of user u save a value of n and complete."""
    return scoped(user="u", **ids).set("n", value).saves({"n": value}, **USER).completed()


@pytest.mark.parametrize("value", [1, None, {"a": [1, 2]}, "x"])
def test_the_next_run_of_a_scope_reads_what_was_saved(scoped, value):
    """scope.continuity kept."""
    life = other(saved(scoped, value), user="u", initial={"n": value}).get("n", value)
    assert [] == life.completed().broken()


def test_what_the_next_run_does_not_find_is_found(scoped):
    """scope.continuity: the state of the scope was not there."""
    life = other(saved(scoped, 1), user="u", initial={"n": 1}).get("n", None)
    assert [("scope.continuity", "n", "1", "None", "")] == life.completed().broken()


def test_the_latest_save_is_what_must_be_there(scoped):
    """scope.continuity: an older one is as good as none."""
    life = saved(scoped, 1).submitted("run-2", user="u").dispatched(initial={"n": 1})
    life.set("n", 2).saves({"n": 2}, expected=1, **USER).completed()
    other(life, "run-3", user="u", initial={"n": 2}).get("n", 1)
    assert [("scope.continuity", "n", "2", "1", "")] == life.completed().broken()


def test_a_first_attempt_that_died_early_leaves_it_to_the_second(scoped):
    """scope.continuity: what counts is the first attempt that came to its state."""
    life = (
        other(saved(scoped, 1), user="u", initial={"n": 1})
        .recovered(initial={"n": 1})
        .get("n", None)
    )
    assert [("scope.continuity", "n", "1", "None", "")] == life.completed().broken()


def test_what_a_run_changed_itself_is_its_own(scoped):
    """scope.continuity ends with the run's first change."""
    life = other(saved(scoped, 1), user="u", initial={"n": 1}).set("n", 5).get("n", 5)
    assert [] == life.saves({"n": 5}, expected=1, **USER).completed().broken()


def test_a_refused_save_need_not_be_there(scoped):
    """scope.continuity: nobody saved it."""
    life = scoped(user="u").saves({"n": 1}, refused="VersionConflict: no", **USER).completed()
    assert [] == other(life, user="u").get("n", None).completed().broken()


def test_a_key_that_was_never_saved_has_its_default(scoped):
    """scope.continuity says nothing of keys that are not in the save."""
    assert (
        [] == other(saved(scoped, 1), user="u", initial={"n": 1}).get("m", 0).completed().broken()
    )


def test_an_entity_of_another_kind_is_not_the_workflows_state(scoped):
    """scope.continuity: a counter the run saved last has a key of the same name."""
    life = saved(scoped, 1)
    life.submitted("run-2", user="u").dispatched(initial={"n": 1})
    life.saves({"n": 99}, entity="Counter", key="k", scope="global", scope_id="g").completed()
    other(life, "run-3", user="u", initial={"n": 1}).get("n", 1)
    assert [] == life.completed().broken()


@pytest.mark.parametrize("ids", [{"user": "v"}, {"user": "u", "tenant": "acme"}, {}])
def test_other_scopes_have_other_states(scoped, ids):
    """scope.continuity is within a scope of a tenant."""
    assert [] == other(saved(scoped, 1), **ids).get("n", None).completed().broken()


def test_a_run_that_began_before_the_save_may_not_know_it(scoped):
    """scope.continuity: the two ran side by side."""
    life = scoped(user="u")
    other(life, user="u")
    life.run = "run-1"
    life.saves({"n": 1}, **USER).completed()
    life.run = "run-2"
    assert [] == life.get("n", None).completed().broken()


def test_a_save_that_is_no_object_is_left_alone(scoped):
    """scope.continuity: a state that cannot be read is not judged."""
    life = scoped(user="u").saves({"n": 1}, **USER).saves(["n"], expected=1, **USER).completed()
    assert [] == other(life, user="u").get("n", None).completed().broken()


# -- scope.version ---------------------------------------------------------------------


def test_versions_rise_by_one(scoped):
    """scope.version kept, by one run and by the next."""
    life = scoped(user="u").saves({"n": 1}, **USER).saves({"n": 2}, expected=1, **USER).completed()
    other(life, user="u", initial={"n": 2}).get("n", 2).saves({"n": 3}, expected=2, **USER)
    assert [] == life.completed().broken()


@pytest.mark.parametrize(
    ("expected", "reply", "seen"),
    [(0, 2, "2, based on 0"), (1, 3, "3, based on 1"), (0, 1, "1, based on 0")],
)
def test_a_stale_save_that_was_accepted_is_found(scoped, expected, reply, seen):
    """scope.version: it was based on another version, or gave another than the next."""
    life = (
        scoped(user="u")
        .saves({"n": 1}, **USER)
        .saves({"n": 2}, expected=expected, reply=reply, **USER)
    )
    found = ("scope.version", "", "version 2, based on 1", f"version {seen}", "stale-accepted")
    assert [found] == life.broken()


def test_a_stale_save_that_was_refused_is_as_it_should_be(scoped):
    """scope.version: a conflict loses nothing, and moves no version."""
    life = (
        scoped(user="u")
        .saves({"n": 1}, **USER)
        .saves({"n": 2}, refused="VersionConflict: no", **USER)
    )
    assert [] == life.saves({"n": 3}, expected=1, **USER).broken()


@pytest.mark.parametrize(
    "second",
    [
        {"key": "k", "scope": "user", "scope_id": "v"},
        {"key": "k", "scope": "session", "scope_id": "run-1"},
        {"key": "j", "scope": "user", "scope_id": "u"},
    ],
)
def test_every_entity_has_versions_of_its_own(scoped, second):
    """scope.version: one key in two scopes, and two keys in one, are two entities."""
    life = scoped(user="u").saves({}, entity="Counter", key="k", scope="user", scope_id="u")
    life.saves({}, entity="Counter", **second)
    assert [] == [found for found in life.broken() if found[0] == "scope.version"]


def test_tenants_have_versions_of_their_own(scoped):
    """scope.version: the same user of another tenant is another."""
    life = other(saved(scoped, 1), user="u", tenant="acme").saves({"n": 2}, **USER)
    assert [] == life.completed().broken()


def test_an_update_overwritten_unseen_is_found(scoped):
    """scope.version: the version was right, and the value was made without the other's update."""
    life = scoped(user="u")
    other(life, user="u").saves({"m": 1}, **USER).completed()
    life.run = "run-1"
    life.saves({"n": 1}, expected=1, **USER).completed()
    wanted = 'a save on top of {"m": 1}, or a conflict'
    assert [("scope.version", "", wanted, '{"n": 1}', "blind-save")] == life.broken()


def test_a_run_that_saw_the_update_may_save_on_top_of_it(scoped):
    """scope.version: it began with what the other had saved."""
    life = other(saved(scoped, 1), user="u", initial={"n": 1}).set("n", 2)
    assert [] == life.saves({"n": 2}, expected=1, **USER).completed().broken()
