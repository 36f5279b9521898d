"""Each question has its place, is asked once, and gets its own answer."""

from __future__ import annotations

import pytest

from agnt5_sim.platform import Policy

ON_RECORD = "its completion on record before the pause"


def test_questions_in_turn_keep_their_places(life):
    """Each attempt asks the answered ones again, is told the answers, and goes on."""
    life.asks("one?").pauses("one?").answered("a").dispatched(resumes="paused")
    life.asks("one?").told("a").asks("two?", 1).pauses("two?", 1).answered("b", 1)
    life.dispatched(resumes="paused").asks("one?").told("a").asks("two?", 1).told("b", 1)
    assert [] == life.completed().broken()


def test_a_worker_that_dies_after_the_answer_asks_nobody_again(life):
    """The answer is known to the recovering attempt as to the one before."""
    life.asks().pauses().answered("yes").dispatched(resumes="paused").asks().told("yes")
    life.step("a_0", until="body").recovered().asks().told("yes").step("a_0")
    assert [] == life.completed().broken()


def test_a_question_asked_again_before_any_answer_is_the_same_question(life):
    """A worker that died before its report asks again; nobody had been asked."""
    assert [] == life.asks().recovered().asks().pauses().broken()


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("yes", "yes"),
        ("", ""),
        ("skipped", None),
        ("custom: blue", "blue"),
    ],
)
def test_an_answer_reaches_the_workflow_as_it_is_to_see_it(life, given, seen):
    """Skipped and custom answers have a wire form."""
    life.asks().pauses().answered(given, seen=seen)
    life.dispatched(resumes="paused").asks().told(seen)
    assert [] == life.completed().broken()


def test_only_the_first_answer_was_taken(life):
    """The same answer again is idempotent, and the first is what counts."""
    life.asks().pauses().answered("yes").answered("no").dispatched(resumes="paused").asks().told(
        "yes"
    )
    assert [] == life.completed().broken()


def test_a_question_with_another_index_is_found(life):
    """pause.index: the second question has index 1, whatever happened."""
    life.asks("one?", 0, number=0).asks("two?", 2)
    assert [("pause.index", "pause:2", "1", "2", "")] == life.broken()


def test_an_index_that_a_replay_shifts_is_found(life):
    """pause.index holds in every attempt."""
    life.asks().pauses().answered("yes").dispatched(resumes="paused").asks("ok?", 1)
    assert [("pause.index", "pause:1", "0", "1", "")] == life.broken()


def test_an_answer_to_another_question_is_found(life):
    """pause.answer: the second question was given the answer to the first."""
    life.asks("one?").pauses("one?").answered("a").dispatched(resumes="paused")
    life.asks("one?").told("a").asks("two?", 1).pauses("two?", 1).answered("b", 1)
    life.dispatched(resumes="paused").asks("one?").told("a").asks("two?", 1).told("a", 1)
    assert [("pause.answer", "pause:1", "'b'", "'a'", "")] == life.completed().broken()


def test_an_answer_nobody_gave_is_found(life):
    """pause.answer: the second question was answered although nobody had been asked it."""
    life.asks("one?").pauses("one?").answered("a").dispatched(resumes="paused")
    life.asks("one?").told("a").asks("two?", 1).told("a", 1)
    assert [
        ("pause.answer", "pause:1", "no answer yet", "'a'", "unanswered")
    ] == life.completed().broken()


def test_an_answer_before_anybody_gave_it_is_found(life):
    """pause.answer: that somebody says so later explains nothing."""
    life.asks().told("a").answered("a")
    assert [("pause.answer", "pause:0", "no answer yet", "'a'", "unanswered")] == life.broken()


@pytest.mark.parametrize(("value", "cause"), [("yes", ""), ("", "empty-answer")])
def test_an_answered_question_that_is_asked_again_is_found(life, value, cause):
    """pause.answer: an empty answer is an answer too."""
    life.asks().pauses().answered(value).dispatched(resumes="paused").asks().pauses()
    expected = ("pause.answer", "pause:0", f"the answer {value!r}", "another pause", cause)
    assert [expected] == life.broken()


def test_an_answer_that_goes_to_another_branch_is_found(life):
    """pause.answer: the branches count their questions together, and come in another order."""
    with life.inside("0"):
        life.asks("red?").pauses("red?").answered("r").dispatched(resumes="paused")
    with life.inside("1"):
        life.asks("blue?").told("r")
    expected = (
        "pause.answer",
        "pause:0",
        "question 1 of branch 1 to be asked",
        "an answer to question 1 of branch 0",
        "shared-index",
    )
    assert [expected] == life.completed().broken()


def test_an_answer_that_another_path_takes_is_found(life):
    """pause.answer: the second question of one attempt is the first of the next."""
    life.asks("one?").asks("two?", 1).pauses("two?", 1).answered("b", 1).dispatched(
        resumes="paused"
    )
    life.asks("two?", 1).told("b", 1)
    expected = (
        "pause.answer",
        "pause:1",
        "question 1 of branch main to be asked",
        "an answer to question 2 of branch main",
        "other-path",
    )
    assert [("pause.index", "pause:1", "0", "1", ""), expected] == life.completed().broken()


def test_a_journal_with_another_answer_is_found(life):
    """pause.answer: what the journal says was answered is not what was."""
    life.asks().pauses().answered("yes").dispatched(resumes="paused").asks()
    life.emit("workflow.step.completed", "q", step="pause:0", output="no", answer_to=0).told("yes")
    assert [("pause.answer", "pause:0", "'yes'", "'no'", "journal")] == life.completed().broken()


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("completed", {"answer_to": 0, "output": "yes"}),
        ("completed", {"answer_to": 0, "output": "no", "refused": "Fenced: no"}),
        ("completed", {"answer_to": 7, "output": "no"}),
        ("completed", {"output": "no"}),
        ("completed", {}),
        ("progress", {"answer_to": 0, "output": "no"}),
    ],
)
def test_a_journal_that_does_not_contradict_an_answer(life, kind, about):
    """pause.answer: the same answer, a refused one, and what is about something else."""
    life.asks().pauses().answered("yes").dispatched(resumes="paused").asks()
    life.emit(f"workflow.step.{kind}", "q", step="pause:0", **about).told("yes")
    assert [] == life.completed().broken()


def test_a_question_that_raises_got_no_answer(life):
    """pause.answer asks nothing of a call without a value."""
    assert [] == life.asks().raises("pause:0", call="wait").completed().broken()


@pytest.mark.parametrize("outcome", ["paused", "suspended"])
def test_a_step_that_is_not_on_record_before_the_pause_is_found(life, outcome):
    """pause.durable: it ran and was answered, and its completion was never said."""
    life.step("a_0", without=("completed",)).emit("workflow.step.failed", "a_0@0")
    life = (
        life.asks().pauses()
        if outcome == "paused"
        else life.report("suspended", timer="t", delay=1.0)
    )
    assert [("pause.durable", "a_0", ON_RECORD, "nothing on record", "")] == life.broken()


def test_a_completion_that_comes_after_the_pause_is_found(life):
    """pause.durable, and quiet.after of what came too late."""
    life.step("a_0", without=("completed",)).emit("workflow.step.failed", "a_0@0").asks().pauses()
    life.after(2).activated("a_0")
    durable = ("pause.durable", "a_0", ON_RECORD, "on record at 2 s", "")
    assert durable in life.broken()
    assert {"pause.durable", "quiet.after"} == {found[0] for found in life.broken()}


def test_a_step_without_a_record_of_its_own_is_told_apart(life):
    """pause.durable: two steps of one name ran, and only one has a record."""
    life.step("step:x:0", record="x").step("step:x:1", record="x", without=("completed",))
    life.emit("workflow.step.failed", "step:x:1@0").asks().pauses()
    assert (
        "pause.durable",
        "step:x:1",
        ON_RECORD,
        "nothing on record",
        "same-name",
    ) in life.broken()
    assert {"memo.distinct", "pause.durable"} == {found[0] for found in life.broken()}


def test_a_report_makes_durable_what_was_held(tell):
    """pause.durable under `on-flush`: the pause flushes what came before it."""
    life = tell(policy=Policy(durability="on-flush")).step("a_0").asks().pauses()
    assert [] == life.broken()


def test_what_did_not_run_or_raised_needs_no_record(life):
    """pause.durable is about steps that ran in the attempt and returned."""
    life.step("a_0", 1).recovered().replayed("a_0").calls("b_1").entry("body.started", "b_1")
    assert [] == life.raises("b_1").asks().pauses().broken()


def test_a_sibling_that_is_still_at_work_is_not_before_the_pause(life):
    """pause.durable asks nothing of a step whose answer comes after the report."""
    with life.inside("1"):
        life.calls("a_0").entry("body.started", "a_0")
    life.asks().pauses()
    with life.inside("1"):
        life.answers_call("a_0", 1)
    assert [] == life.broken()
