"""A run gets to its end, and everybody agrees on what it is."""

from __future__ import annotations

import pytest

from agnt5_sim.platform import Policy

FAILED, COMPLETED = "workflow.step.failed", "workflow.step.completed"


# -- result.reached --------------------------------------------------------------------


@pytest.mark.parametrize("how", ["completed", "failed", "cancelled"])
def test_a_run_that_ends_has_reached_its_end(life, how):
    """result.reached kept, however it ended and in however many attempts."""
    life.recovered().recovered().ended(how).note("life.stuck", "nothing left to do", run="")
    assert [] == life.broken()


def test_a_life_that_ended_early_accuses_nobody(life):
    """result.reached: the test looked no further."""
    assert [] == life.step("a_0", until="body").broken()


def test_a_run_that_waits_for_a_person_is_not_stuck(life):
    """result.reached: nobody was given anything to say."""
    assert [] == life.asks().pauses().note("life.stuck", "nothing left to do", run="").broken()


def test_a_run_that_was_given_up_is_found(life):
    """result.reached: the number of attempts is bounded."""
    life.recovered().recovered().note("run.abandoned", attempts=3)
    expected = (
        "result.reached",
        "",
        "an end within a bounded number of attempts",
        "3 attempts",
        "",
    )
    assert [expected] == life.broken()


def test_a_run_that_asks_for_ever_is_told_apart(life):
    """result.reached, and pause.answer, which must: an empty answer counted for none."""
    life.asks().pauses().answered("").dispatched(resumes="paused").asks().pauses().note(
        "run.abandoned"
    )
    assert [("pause.answer", "empty-answer"), ("result.reached", "empty-answer")] == [
        (found[0], found[4]) for found in life.broken()
    ]


def test_a_run_that_cannot_go_on_is_found(life):
    """result.reached says what everybody waits for."""
    life.calls("a_0").note("life.stuck", "run-1 waits for a lock", run="")
    assert [("result.reached", "", "an end", "run-1 waits for a lock", "")] == life.broken()


def test_a_run_that_was_answered_and_does_not_go_on_is_found(life):
    """result.reached: it does not wait for a person any more."""
    life.asks().pauses().answered("yes").note("life.stuck", "nobody works", run="")
    assert [("result.reached", "", "an end", "nobody works", "")] == life.broken()


def test_a_run_that_nobody_took_is_found(tell):
    """result.reached: it was submitted and never dispatched."""
    life = tell(runs=False).submitted().note("life.stuck", "no worker", run="")
    assert [("result.reached", "", "an end", "no worker", "")] == life.broken()


def test_only_the_run_that_is_stuck_is_accused(life):
    """result.reached: another run of the life has ended."""
    life.completed().submitted("run-2").dispatched().note("life.stuck", "a lock", run="")
    assert ["run-2"] == [violation.run_id for violation in life.violations()]


# -- result.agrees ---------------------------------------------------------------------


def test_a_step_may_fail_and_then_complete(life):
    """result.agrees: it was tried again, in this attempt or the next."""
    life.emit(FAILED, "a", step="a_0").emit(COMPLETED, "b", step="a_0").completed()
    assert [] == life.broken()


@pytest.mark.parametrize("died", [False, True])
def test_a_step_that_completes_and_then_fails_is_found(life, died):
    """result.agrees: never both, whichever attempt said so."""
    life.emit(COMPLETED, "a", step="a_0")
    life = life.recovered() if died else life
    life.emit(FAILED, "b", step="a_0")
    assert [("result.agrees", "a_0", "one of the two", "both", "")] == life.completed().broken()


def test_two_activations_of_one_name_are_two_steps(life):
    """result.agrees: the runtime names a step for people; its id tells it from another."""
    life.emit(COMPLETED, "act-1", step="x", channel="runtime")
    life.emit(FAILED, "act-2", step="x", channel="runtime")
    assert [] == life.completed().broken()


def test_an_activation_that_completes_and_then_fails_is_found(life):
    """result.agrees: the same id is the same step."""
    life.emit("workflow.step.started", "act-1", step="x", channel="runtime")
    life.emit(COMPLETED, "act-1", step="x", channel="runtime")
    life.recovered().emit(FAILED, "act-1", step="x", channel="runtime")
    assert [("result.agrees", "x", "one of the two", "both", "")] == life.completed().broken()


@pytest.mark.parametrize("which", [COMPLETED, FAILED])
def test_a_refused_event_contradicts_nothing(life, which):
    """result.agrees: the journal has one of the two only."""
    for number, kind in enumerate((COMPLETED, FAILED)):
        refused = {"refused": "Fenced: no"} if kind == which else {}
        life.emit(kind, f"e{number}", step="a_0", **refused)
    assert [] == life.completed().broken()


def test_a_lost_completion_contradicts_nothing(tell):
    """result.agrees under `on-flush`: the completion died with the worker."""
    life = tell(policy=Policy(durability="on-flush")).emit(COMPLETED, "a", step="a_0").recovered()
    assert [] == life.emit(FAILED, "b", step="a_0").completed().broken()


@pytest.mark.parametrize("output", [None, 0, 1.5, "x", [1, {"a": None}], {"b": 1, "a": 2}])
def test_the_client_is_given_what_the_journal_has(life, output):
    """result.agrees kept, for every kind of output."""
    assert [] == life.completed(output).broken()


@pytest.mark.parametrize(
    ("says", "given"), [(1, 2), (None, 5), (5, None), (1, True), ({"a": 1}, {"a": 1, "b": 2})]
)
def test_a_client_that_is_given_something_else_is_found(life, says, given):
    """result.agrees: null is an output too, and true is not one."""
    from json import dumps

    assert [("result.agrees", "", dumps(says), dumps(given), "")] == life.completed(
        given, says=says
    ).broken()


def test_a_journal_that_does_not_say_is_not_held_against_the_client(life):
    """result.agrees: generation A does not put its output into the event."""
    life.emit("workflow.completed", "wf:run-1").report("completed")
    assert [] == life.ended("completed", 5).broken()


def test_the_last_completion_is_what_counts(life):
    """result.agrees: an attempt that died before its report said something else."""
    life.emit("workflow.completed", "wf:run-1", output="id-a").recovered()
    assert [] == [found for found in life.completed("id-b").broken() if found[0] == "result.agrees"]
