"""What a user declared to matter happens once a run."""

from __future__ import annotations

import pytest

from agnt5_sim.judging.guarantees.effect import at_least_once
from agnt5_sim.judging.reading.lives import read


def listed(life):
    """Which effects the report lists as happening at least once."""
    return at_least_once(read(life.history))


def done(life, step="a_0", until="answered"):
    """Let a step charge, up to and with one of its parts."""
    life.step(step, until="body").effect(step=step)
    if until == "body":
        return life
    life.entry("body.returned", step, value=b"N")
    life.emit(
        "workflow.step.completed", f"{step}@{life.attempts[life.run]}", step=step, completes=step
    )
    return life.answers_call(step, None)


def test_an_effect_that_happens_once_breaks_nothing(life):
    """effect.once kept; a replay leaves the body out."""
    done(life).recovered().replayed("a_0", None)
    assert [] == life.completed().broken()
    assert [] == listed(life)


def test_effects_in_several_places_are_several(life):
    """effect.once: twice in one body, in another step, in the workflow, under another name."""
    life.step("a_0", until="body").effect(step="a_0").effect(step="a_0").effect("mail", step="a_0")
    life.effect()
    with life.inside("1"):
        life.effect()
    assert [] == done(life, "b_1").broken()
    assert [] == listed(life)


def test_an_effect_of_a_step_that_died_is_listed_and_no_finding(life):
    """effect.once: at least once is all that a crash inside the step allows."""
    done(done(life, until="body").recovered())
    assert [] == life.completed().broken()
    assert [("charge", "a_0")] == listed(life)


def test_an_effect_of_a_step_that_is_tried_again_is_listed(life):
    """effect.once: a try that raised after its effect repeats it as a crash does."""
    life.step("a_0", until="body").effect(step="a_0").entry(
        "body.raised", "a_0", error_type="E", error=""
    )
    life.entry("body.started", "a_0").effect(step="a_0")
    assert [] == life.broken()
    assert [("charge", "a_0")] == listed(life)


def test_a_step_that_never_became_durable_may_repeat_its_effect(life):
    """effect.once: whatever is tried, nothing is on record."""
    done(done(life, until="body").recovered(), until="body").recovered()
    assert [] == life.broken()


@pytest.mark.parametrize("tries", [0, 1])
def test_an_effect_of_a_durable_step_that_happens_again_is_found(life, tries):
    """effect.once, and memo.once, which must: the step was on record and ran again."""
    for _ in range(tries):
        done(life, until="body").recovered()
    done(done(life).recovered())
    times = [f"attempt {n} at {30 * n} s" for n in range(tries + 2)]
    expected = ("effect.once", "a_0", "once a run", ", ".join(times), "")
    assert expected in life.completed().broken()
    assert {"effect.once", "memo.once"} == {found[0] for found in life.broken()}


def test_the_repetition_that_broke_it_is_pointed_at(life):
    """effect.once: the one after the step was durable, and not a legitimate one before."""
    done(life, until="body").recovered()
    done(done(life).recovered())
    (found,) = [
        violation for violation in life.violations() if violation.guarantee == "effect.once"
    ]
    assert 60 == found.time


def test_an_effect_outside_of_any_step_is_found(life):
    """effect.once: every replay repeats it."""
    life.effect(args=(5,)).recovered().effect(args=(5,))
    seen = "attempt 0 at 0 s, attempt 1 at 30 s"
    assert [
        ("effect.once", "charge", "once a run", seen, "outside-step")
    ] == life.completed().broken()
    assert [] == listed(life)


def test_runs_have_effects_of_their_own(life):
    """effect.once: once a run, and not once a life."""
    done(life).completed()
    done(life.submitted("run-2").dispatched())
    assert [] == life.completed().broken()
