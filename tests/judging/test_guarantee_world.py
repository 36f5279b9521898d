"""What a life leaves behind, and whether it is the same life every time."""

from __future__ import annotations

import sys

import pytest

from agnt5_sim.exploring.preliminaries import differences

AWAITED = "awaited, or closed, when the step is answered from its record"


# -- world.awaited ---------------------------------------------------------------------


def test_a_life_that_leaves_nothing_behind_breaks_nothing(life):
    """world.awaited kept."""
    assert [] == life.step("a_0").completed().note("life.ended", run="").broken()


@pytest.mark.parametrize(("replay", "cause"), [(False, "same-name"), (True, "replayed-awaitable")])
def test_a_coroutine_that_was_dropped_is_found(life, replay, cause):
    """world.awaited: a step answered from a record drops what it was given to await."""
    life = life.recovered() if replay else life
    life.entry("program.unawaited", "a_0", what="charge")
    assert [("world.awaited", "a_0", AWAITED, "dropped", cause)] == life.broken()


def test_what_a_superseded_attempt_drops_is_nothing(life):
    """world.awaited: its step is refused, as it must be, and has nothing to await."""
    life.entry("attempt.superseded").entry("program.unawaited", "a_0", what="charge")
    assert [] == life.broken()


def test_a_dropped_coroutine_is_told_once_a_step(life):
    """world.awaited: every replay drops it again."""
    for _ in range(3):
        life.recovered().entry("program.unawaited", "a_0", what="charge")
    life.entry("program.unawaited", "b_1", what="ship")
    assert ["a_0", "b_1"] == [found[1] for found in life.broken()]


def test_a_task_left_behind_is_found(life):
    """world.awaited: where it hangs is what is seen."""
    life.completed().note("world.left", "order.py:12 in poll", run="")
    assert [("world.awaited", "", "no task", "order.py:12 in poll", "")] == life.broken()


@pytest.mark.parametrize(
    ("error", "seen"),
    [("ValueError: no", "never retrieved ValueError: no"), ("", "never retrieved")],
)
def test_an_error_that_nobody_awaited_is_found(life, error, seen):
    """world.awaited: every error reaches somebody."""
    life.completed().note("world.unhandled", "never retrieved", run="", error=error)
    assert [
        ("world.awaited", "", "every error to reach somebody", seen, "unretrieved")
    ] == life.broken()


@pytest.mark.parametrize(
    ("keeps", "how", "cause"),
    [
        ("", "completed", "variable"),
        ("", "paused", "variable"),
        ("open steps", "completed", "variable"),
        ("open steps", "paused", "suspended-inside"),
        ("open steps", "suspended", "suspended-inside"),
    ],
)
def test_a_context_variable_left_set_is_found(life, keeps, how, cause):
    """world.awaited: told once a run, and put down to what kept the SDK from resetting it."""
    life.entry("context.left", "variable", keeps=keeps).report(how, pause_index=0, timer="")
    life.dispatched(resumes=how).entry("context.left", "variable", keeps=keeps).completed()
    told = [found for found in life.broken() if found[0] == "world.awaited"]
    expected = "what it was when the attempt began"
    assert [("world.awaited", "", expected, "another value", cause)] == told


def test_a_cancelled_step_that_stays_among_the_open_ones_is_found(life):
    """world.awaited: nobody took it off again."""
    life.step("a_0", until="body").cancelled("a_0")
    life.entry("context.left", "variable", keeps="open steps").completed()
    assert ("world.awaited", "cancelled") in {(found[0], found[-1]) for found in life.broken()}


def test_a_step_that_never_began_and_stays_among_the_open_ones_is_found(life):
    """world.awaited: the SDK found no function for it."""
    life.calls("a_0").raises("a_0")
    life.entry("context.left", "variable", keeps="open steps").completed()
    assert [("world.awaited", "never-began")] == [(f[0], f[-1]) for f in life.broken()]


def test_a_context_goes_with_the_attempt_that_died_in_it(life):
    """world.awaited: what a killed worker had set is nobody's any more."""
    life.entry("context.left", "variable", keeps="").recovered().completed()
    assert "world.awaited" not in {found[0] for found in life.broken()}


# -- world.deterministic ---------------------------------------------------------------


@pytest.fixture
def lives(tell):
    """Return the findings about three lives, each given as what happens in it."""

    def lives(baseline, twin=None, again=None):
        told = []
        for happens in (baseline, twin or baseline, again or baseline):
            life = tell()
            happens(life)
            told.append(life.history)
        return [
            [(v.guarantee, v.step, v.expected, v.seen, v.cause) for v in found]
            for found in differences(*told)
        ]

    return lives


def test_three_equal_lives_are_deterministic(lives):
    """world.deterministic kept."""
    assert [[], []] == lives(lambda life: life.step("a_0").slept("sleep:x:1", 5).completed(1))


def test_other_values_and_times_are_no_other_shape(lives):
    """world.deterministic: that is what a twin is lived for."""
    twin = lambda life: life.after(99).step("a_0", "id-b", given=("b",)).completed("id-b")  # noqa: E731
    assert [[], []] == lives(
        lambda life: life.step("a_0", "id-a", given=("a",)).completed("id-a"), twin
    )


def test_the_order_of_branches_is_no_shape(lives):
    """world.deterministic: which branch is first may depend on the time."""

    def branches(*order):
        def happens(life):
            for branch in order:
                with life.inside(branch):
                    life.calls(f"b{branch}_0")

        return happens

    assert [[], []] == lives(branches("0", "1"), branches("1", "0"))


def test_a_counter_that_branches_share_is_no_shape(lives):
    """world.deterministic goes by what the program calls its steps, and not by their numbers."""
    assert [[], []] == lives(lambda life: life.calls("a_0"), lambda life: life.calls("a_1"))


@pytest.mark.parametrize(
    ("twin", "step", "expected", "seen"),
    [
        (lambda life: life.calls("a_0").calls("c_1"), "b", "step b", "step c"),
        (lambda life: life.calls("a_0"), "b", "step b", None),
        (lambda life: life.calls("b_0").calls("a_1"), "a", "step a", "step b"),
        (
            lambda life: life.calls("a_0").calls("b_1").sleeps("sleep:x:2", 5),
            "sleep:x:2",
            None,
            "sleep sleep:x:2",
        ),
        (lambda life: life.calls("a_0").asks(), "b", "step b", "wait pause:0"),
    ],
)
def test_another_path_is_found_before_any_fault(lives, twin, step, expected, seen):
    """world.deterministic: another step, a missing one, another order, one more."""

    def say(call):
        return "no further call" if call is None else f"{call} in branch main of attempt 0"

    found = ("world.deterministic", step, say(expected), say(seen), "shape")
    assert [[found], []] == lives(lambda life: life.calls("a_0").calls("b_1"), twin)


def test_another_branch_is_another_shape(lives):
    """world.deterministic: who makes a call is part of the shape."""

    def inside(life):
        with life.inside("1"):
            life.calls("a_0")

    (found,), _ = lives(lambda life: life.calls("a_0"), inside)
    assert ("step a in branch main of attempt 0", "step a in branch 1 of attempt 0") == (
        found[2],
        found[3],
    )


@pytest.mark.parametrize(
    ("happens", "name"),
    [
        (lambda life: life.entry("body.returned", "a_0", value=b"2"), "a_0"),
        (lambda life: life.entry("state.set", "n", value=b"1"), "n"),
        (lambda life: life.after(1).entry("body.returned", "a_0", value=b"1"), "a_0"),
    ],
)
def test_the_first_difference_between_equal_lives_is_found(lives, happens, name):
    """world.deterministic: the same seed and plan must give the same history, byte for byte."""
    shape, (found,) = lives(
        lambda life: life.entry("body.returned", "a_0", value=b"1"), again=happens
    )
    assert [] == shape
    assert ("world.deterministic", "a_0", "not-equal") == (found[0], found[1], found[4])
    assert name in found[3]


def test_what_stays_real_is_named_where_it_is_loaded(tell, monkeypatch):
    """world.deterministic: native code of a library may be what differs."""
    one, other = (tell().entry("body.returned", "a_0", value=value) for value in (b"1", b"2"))
    monkeypatch.setitem(sys.modules, "numpy", None)
    _, (found,) = differences(one.history, one.history, other.history)
    assert "used in a step; of what is loaded, numpy's datetime64('now')" in found.message
    monkeypatch.delitem(sys.modules, "numpy")
    monkeypatch.delitem(sys.modules, "pydantic", raising=False)
    _, (found,) = differences(one.history, one.history, other.history)
    assert found.message.endswith("or the order of a set, used in a step")


@pytest.mark.parametrize("longer", ["baseline", "again"])
def test_a_life_that_goes_on_longer_is_found(lives, longer):
    """world.deterministic: the end of a history differs from an entry."""
    short, long = (lambda life: life), (lambda life: life.entry("body.started", "a_0"))
    _, (found,) = lives(long, short, short) if longer == "baseline" else lives(short, short, long)
    ends = (found[2], found[3])
    assert "the end of the history" == ends[longer == "baseline"]
    assert "body.started" in ends[longer != "baseline"]


def test_a_call_that_nobody_awaited_is_found_once(life):
    """world.awaited: a step that was only called never happened."""
    life.entry("program.forgotten", "audit", call="step").recovered()
    life.entry("program.forgotten", "audit", call="step")
    found = ("world.awaited", "audit", "an await", "none", "forgotten")
    assert [found] == life.completed().broken()
