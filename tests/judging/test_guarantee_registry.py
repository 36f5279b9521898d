"""The guarantees by id, what a violation says, and how known defects are recognised."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from agnt5_sim.history import History
from agnt5_sim.judging import GUARANTEE_IDS, GUARANTEES
from agnt5_sim.judging.diagnosis import DEFECTS, Defect, defect, defects, find_defect
from agnt5_sim.judging.reading.lives import read
from agnt5_sim.judging.violation import Violation

HERE = Path(__file__).parent


@pytest.mark.parametrize("guarantee", sorted({*GUARANTEES, "result.same", "world.deterministic"}))
def test_every_guarantee_has_tests_that_break_it(guarantee):
    """A guarantee is broken by a history of the module named for its family."""
    family = guarantee.partition(".")[0]
    module = HERE / f"test_guarantee_{'compare' if guarantee == 'result.same' else family}.py"
    assert f'("{guarantee}", ' in module.read_text() or f'"{guarantee}",\n' in module.read_text()


def test_every_guarantee_has_a_place_among_the_ids():
    """What a user may name is what is judged, with what takes two lives."""
    assert set(GUARANTEES) <= set(GUARANTEE_IDS)
    assert sorted(GUARANTEE_IDS) == list(GUARANTEE_IDS)


def test_every_guarantee_says_what_it_demands():
    """The sentence a report gives is its function's docstring."""
    assert [] == [name for name, check in GUARANTEES.items() if not (check.__doc__ or "").strip()]


def test_an_empty_history_breaks_nothing():
    """No guarantee demands that anything happens."""
    from agnt5_sim.history import History
    from agnt5_sim.judging import judge

    assert () == judge(History())


# -- violations ------------------------------------------------------------------------


@pytest.fixture
def violation(tell) -> Violation:
    """A violation of a life under a plan."""
    life = tell(plan="kill after emit:a#1").step("a_0", (1,)).after(1.5)
    life.recovered().replayed("a_0", [1])
    (found,) = life.violations()
    return found


def test_a_violation_says_all_there_is_to_say(violation):
    """Guarantee, workflow, step, time, what was expected and seen, and under which plan."""
    assert (
        Violation(
            guarantee="memo.value",
            message="step a_0 returned one thing live and another on replay",
            run_id="run-1",
            workflow="order",
            step="a_0",
            time=31.5,
            expected="(1,)",
            seen="[1]",
            plan="kill after emit:a#1",
            cause="type-lost",
            defect=violation.defect,
            entry=violation.entry,
        )
        == violation
    )


def test_a_violation_knows_its_place_in_the_history(life):
    """Its entry is where it was seen."""
    life.step("a_0", 1).recovered().replayed("a_0", 2)
    (found,) = life.violations()
    assert ("program.answered", "a_0") == life.history[found.entry][2:3] + life.history[
        found.entry
    ][7:8]


def test_a_violation_is_one_line_of_text(violation):
    """What broke, in which workflow, at which step, when."""
    text = (
        "memo.value: step a_0 returned one thing live and another on replay (order at a_0, 31.5 s)"
    )
    assert text == str(violation)


def test_a_violation_without_a_step_names_none():
    """The place is the workflow then."""
    assert "x.y: broke (order, 2 s)" == str(
        Violation(guarantee="x.y", message="broke", workflow="order", time=2.0)
    )


def test_the_same_finding_of_two_lives_has_one_key(tell):
    """Time, plan and values are not what makes a finding another."""
    keys = set()
    for wait, value in ((1, "a"), (2, "b")):
        life = tell(plan=f"plan {wait}").after(wait).step("a_0", (value,)).recovered()
        keys |= {found.key for found in life.replayed("a_0", [value]).violations()}
    assert {("memo.value", "order", "a_0", "type-lost")} == keys


# -- judge -----------------------------------------------------------------------------


def test_a_life_may_be_held_to_some_guarantees_only(life):
    """`only` names them, and their order is the order of the findings."""
    life.replayed("a_0").set("n", 1).completed()
    assert ["memo.executed", "state.durable"] == [found.guarantee for found in life.violations()]
    assert ["state.durable"] == [
        f.guarantee for f in life.violations(["memo.once", "state.durable"])
    ]
    only = iter(["state.durable", "memo.executed"])
    assert ["state.durable", "memo.executed"] == [
        found.guarantee for found in life.violations(only)
    ]
    assert () == life.violations([])


def test_an_unknown_guarantee_is_an_error(life):
    """`only` is no place for typing errors to go unnoticed."""
    with pytest.raises(KeyError, match=r"memo\.twice"):
        life.violations(["memo.twice"])


# -- known defects ---------------------------------------------------------------------

KNOWN = Defect(
    id="X01",
    summary="",
    way_around="",
    breaks=(("memo.value", "type-lost"), ("memo.input", "type-lost")),
    releases=("0.11.0b1", "0.14.5"),
    profiles=("activation", "compat"),
)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Iterator[Defect]:
    """Let this defect be the only one that is known."""
    monkeypatch.setattr(defects, "DEFECTS", (KNOWN,))
    find_defect.cache_clear()
    yield KNOWN
    find_defect.cache_clear()


@pytest.mark.parametrize("version", ["0.11.0b1", "0.11.0", "0.12", "0.14.5"])
@pytest.mark.parametrize("profile", ["activation", "compat"])
@pytest.mark.parametrize("guarantee", ["memo.value", "memo.input"])
def test_a_defect_is_recognised(known, guarantee, profile, version):
    """By guarantee and cause, by release, the first and the last included, and by profile."""
    assert known is find_defect(guarantee, "type-lost", version, profile)


@pytest.mark.parametrize(
    ("guarantee", "cause", "version", "profile"),
    [
        ("memo.once", "type-lost", "0.14.5", "compat"),
        ("memo.value", "other-value", "0.14.5", "compat"),
        ("memo.value", "", "0.14.5", "compat"),
        ("memo.value", "type-lost", "0.11.0a9", "compat"),
        ("memo.value", "type-lost", "0.14.6", "compat"),
        ("memo.value", "type-lost", "0.3.2a1", "compat"),
        ("memo.value", "type-lost", "0.14.5", "seed"),
        ("memo.value", "type-lost", "unknown", "compat"),
        ("memo.value", "type-lost", "", ""),
    ],
)
def test_what_is_not_a_defects_doing_is_not_put_on_it(known, guarantee, cause, version, profile):
    """Each of the four must fit; a release that cannot be read fits none."""
    assert None is find_defect(guarantee, cause, version, profile)


@pytest.mark.parametrize(
    ("profile", "version", "identity"),
    [("compat", "0.14.5", "X01"), ("seed", "0.14.5", None), ("compat", "0.15.0", None)],
)
def test_a_violation_names_the_defect_behind_it(known, tell, profile, version, identity):
    """It goes by the profile and the release the life began with."""
    life = tell(profile=profile, agnt5=version).step("a_0", (1,)).recovered().replayed("a_0", [1])
    assert [identity] == [found.defect for found in life.violations()]


@pytest.mark.parametrize("known", DEFECTS, ids=lambda known: known.id)
def test_every_known_defect_is_in_order(known):
    """It is found by its id, breaks guarantees there are, and is recognised by its own words."""
    first, last = known.releases
    assert known is defect(known.id)
    assert known.breaks
    assert known.summary
    assert known.way_around
    for guarantee, cause in known.breaks:
        assert guarantee in GUARANTEE_IDS
        for profile in known.profiles:
            assert known.concerns(guarantee, cause, first, profile)
            assert known.concerns(guarantee, cause, last, profile)


def test_no_two_defects_have_one_id():
    """`accept` goes by the id."""
    assert len(DEFECTS) == len({known.id for known in DEFECTS})


def test_an_unknown_defect_is_none():
    """`defect` says so and does not raise."""
    assert None is defect("Z99")


def test_a_life_that_is_over_is_read_once(life):
    """A sweep judges, compares and lists; before its end a life is read as it stands."""
    history = life.history
    assert read(history) is not read(history)
    history.close()
    assert read(history) is read(history)
    kept = weakref.ref(read(history))
    other = History(history)
    other.close()
    assert read(other) is not read(history)
    reading = weakref.ref(read(other))
    del other
    assert (kept() is None, reading()) == (False, None)
