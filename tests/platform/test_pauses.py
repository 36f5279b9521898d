"""Pauses and answers: row *pauses* of `platform.md` §1."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agnt5_sim.errors import AnswerRefused
from agnt5_sim.platform import Answered, Lease, Outcome, PauseRequest, Platform, RunIsOver

YES_NO = (("approve", "Approve"), ("reject", "Reject"))


def running() -> tuple[Platform, Lease]:
    """A platform with one running run `r`, and the lease of its attempt."""
    platform = Platform()
    platform.submit(0.0, "flow", "workflow", b"{}", run_id="r")
    return platform, platform.dispatch(0.0, "r", 1).lease


def ask(index: int = 0, **about: Any) -> Outcome:
    """The outcome of an attempt that asks."""
    return Outcome("paused", pause=PauseRequest(index, "ship?", **about), metadata={"m": "1"})


def test_an_answer_queues_the_run_and_reaches_the_next_attempt() -> None:
    """Waiting, answered, queued; the attempt gets answer and resume metadata."""
    platform, lease = running()
    assert ("waiting", "") == platform.finish(1.0, lease, ask())
    assert ("waiting", ()) == (platform.run("r").state, platform.queued())
    assert Answered(0, duplicate=False) == platform.answer(2.0, "r", "yes")
    assert ("queued", 1) == (platform.run("r").state, platform.run("r").attempt)
    dispatch = platform.dispatch(3.0, "r", 1)
    resume = dispatch.resume
    assert resume is not None
    assert ("paused", 0, {"m": "1"}, {0: "yes"}) == (
        resume.kind,
        resume.pause_index,
        dict(resume.metadata),
        dict(dispatch.answers),
    )
    pause = platform.pauses("r")[0]
    assert ("yes", 1.0, 2.0) == (pause.answer, pause.opened_at, pause.answered_at)


def test_answers_and_resume_stay_for_all_later_attempts() -> None:
    """A crash after the answer loses neither; the next pause replaces the resume only."""
    platform, lease = running()
    platform.finish(1.0, lease, ask(0))
    platform.answer(2.0, "r", "yes")
    platform.dispatch(3.0, "r", 1)
    platform.expire_lease(4.0, "r")
    again = platform.dispatch(5.0, "r", 2)
    assert again.resume is not None
    assert (0, {0: "yes"}) == (again.resume.pause_index, dict(again.answers))
    platform.finish(6.0, again.lease, ask(1))
    platform.answer(7.0, "r", "no")
    last = platform.dispatch(8.0, "r", 2)
    assert last.resume is not None
    assert (1, {0: "yes", 1: "no"}) == (last.resume.pause_index, dict(last.answers))


@pytest.mark.parametrize("index", [None, 0])
def test_the_same_answer_again_is_idempotent(index: int | None) -> None:
    """A double click changes nothing, and says so."""
    platform, lease = running()
    platform.finish(1.0, lease, ask())
    platform.answer(2.0, "r", "yes", index)
    before = platform.run("r"), platform.pauses("r")
    assert Answered(0, duplicate=True) == platform.answer(3.0, "r", "yes", index)
    assert before == (platform.run("r"), platform.pauses("r"))


@pytest.mark.parametrize("index", [None, 0])
def test_a_different_answer_is_refused(index: int | None) -> None:
    """The first answer stays, and the message says what it is."""
    platform, lease = running()
    platform.finish(1.0, lease, ask())
    platform.answer(2.0, "r", "yes", index)
    with pytest.raises(AnswerRefused, match="answered with 'yes'"):
        platform.answer(3.0, "r", "no", index)
    assert "yes" == platform.pauses("r")[0].answer


def test_an_answer_for_another_pause_is_refused() -> None:
    """Out of order: neither a question that was not asked nor one already answered."""
    platform, lease = running()
    platform.finish(1.0, lease, ask(0))
    with pytest.raises(AnswerRefused, match=r"pause 1 is not open; expected .* pause 0"):
        platform.answer(2.0, "r", "yes", 1)
    platform.answer(2.0, "r", "yes")
    lease = platform.dispatch(3.0, "r", 1).lease
    platform.finish(4.0, lease, ask(1))
    with pytest.raises(AnswerRefused, match="pause 0 is answered with 'yes' already"):
        platform.answer(5.0, "r", "no", 0)
    assert Answered(0, duplicate=True) == platform.answer(5.0, "r", "yes", 0)
    assert Answered(1, duplicate=False) == platform.answer(5.0, "r", "yes")


def test_without_an_open_pause_no_answer_is_taken() -> None:
    """Too early, while queued or running."""
    platform, _ = running()
    with pytest.raises(AnswerRefused, match="no pause is open; 'yes' refused"):
        platform.answer(1.0, "r", "yes")
    with pytest.raises(AnswerRefused, match="no pause is open"):
        platform.answer(1.0, "r", "yes", 0)


def test_a_late_answer_to_a_run_that_is_over() -> None:
    """New answers are refused; the one that was given is still a duplicate."""
    platform, lease = running()
    platform.finish(1.0, lease, ask(0))
    platform.answer(2.0, "r", "yes")
    lease = platform.dispatch(3.0, "r", 1).lease
    platform.finish(4.0, lease, ask(1))
    platform.cancel(5.0, "r")
    with pytest.raises(RunIsOver):
        platform.answer(6.0, "r", "yes", 1)
    assert Answered(0, duplicate=True) == platform.answer(6.0, "r", "yes", 0)
    assert None is platform.pauses("r")[1].answer


def test_asking_an_answered_question_again_queues_the_run_at_once() -> None:
    """The answer is there: nobody is asked, the note says so, the pause is as it was."""
    platform, lease = running()
    platform.finish(1.0, lease, ask(0))
    platform.answer(2.0, "r", "yes")
    before = platform.pauses("r")
    lease = platform.dispatch(3.0, "r", 1).lease
    finished = platform.finish(4.0, lease, ask(0, input_type="select"))
    assert ("queued", "pause 0 is answered with 'yes' already") == finished
    assert (before, ("r",), 2) == (
        platform.pauses("r"),
        platform.queued(),
        platform.run("r").attempt,
    )
    assert ["paused"] == [seen.kind for seen in platform.outbox("r")]


CHOICES: dict[str, Any] = {"options": YES_NO}


@pytest.mark.parametrize(
    ("about", "value"),
    [
        ({}, ""),
        ({}, "anything"),
        ({"options": YES_NO}, "text with options is still text"),
        ({"input_type": "approval"}, "no options, so anything"),
        *[
            ({"input_type": kind, **CHOICES}, "reject")
            for kind in ("approval", "select", "selection", "choice", "multiselect")
        ],
        ({"input_type": "multiselect", **CHOICES}, '["approve", "reject"]'),
        ({"input_type": "choice", **CHOICES}, "approve, reject"),
        ({"input_type": "select", "custom": "__custom__:", **CHOICES}, "__custom__:maybe"),
        (
            {"input_type": "multiselect", "custom": "__custom__:", **CHOICES},
            '["approve", "__custom__:x"]',
        ),
        (
            {"input_type": "approval", "skips": ("__skipped__", "__skip__"), **CHOICES},
            "__skipped__",
        ),
        ({"input_type": "approval", "skips": ("__skipped__", "__skip__"), **CHOICES}, "__skip__"),
    ],
)
def test_answers_that_are_taken(about: dict[str, Any], value: str) -> None:
    """Text takes anything; choices take ids, and what the pause allows besides."""
    platform, lease = running()
    platform.finish(1.0, lease, ask(**about))
    platform.answer(2.0, "r", value)
    assert value == platform.pauses("r")[0].answer


@pytest.mark.parametrize(
    ("about", "value"),
    [
        *[
            ({"input_type": kind, **CHOICES}, value)
            for kind in ("approval", "select", "selection", "choice", "multiselect")
            for value in ("maybe", "", "Approve", "__custom__:x", "__skipped__")
        ],
        ({"input_type": "select", **CHOICES}, "approve,reject"),
        ({"input_type": "approval", **CHOICES}, '["approve"]'),
        ({"input_type": "multiselect", **CHOICES}, '["approve", "maybe"]'),
        ({"input_type": "multiselect", **CHOICES}, '["approve", "__custom__:x"]'),
        ({"input_type": "multiselect", **CHOICES}, "[1]"),
        ({"input_type": "multiselect", **CHOICES}, "[]"),
        ({"input_type": "multiselect", **CHOICES}, "[broken"),
        ({"input_type": "multiselect", **CHOICES}, "approve,maybe"),
    ],
)
def test_answers_that_are_refused_name_the_options(about: dict[str, Any], value: str) -> None:
    """An invalid answer leaves the run waiting and is told what was expected."""
    platform, lease = running()
    platform.finish(1.0, lease, ask(**about))
    with pytest.raises(AnswerRefused, match=r"expected .*'approve', 'reject'"):
        platform.answer(2.0, "r", value)
    assert ("waiting", None) == (platform.run("r").state, platform.pauses("r")[0].answer)


def test_a_refusal_names_custom_and_skip_where_they_are_allowed() -> None:
    """The message lists everything the pause would take."""
    platform, lease = running()
    about: dict[str, Any] = {
        "input_type": "multiselect",
        "custom": "__custom__:",
        "skips": ("__skipped__", "__skip__"),
        **CHOICES,
    }
    platform.finish(1.0, lease, ask(**about))
    with pytest.raises(AnswerRefused) as caught:
        platform.answer(2.0, "r", "maybe")
    assert (
        "'maybe' is no answer to pause 0 ('ship?', multiselect); expected one or more of "
        "'approve', 'reject', or '__custom__:<text>', or '__skipped__'"
    ) == str(caught.value)


def test_options_are_copied_in() -> None:
    """Changing the list that was handed in changes nothing."""
    options: Any = [["a", "A"]]
    request = PauseRequest(0, "q", "select", options)
    options[0][0] = "changed"
    assert (("a", "A"),) == request.options


class PausesMachine(RuleBasedStateMachine):
    """A run that asks and is answered, against a dict of answers and one open index."""

    values = st.sampled_from(["approve", "reject", "maybe"])

    def __init__(self) -> None:
        """Start running, with nothing asked."""
        super().__init__()
        self.platform, lease = running()
        self.lease: Lease | None = lease
        self.now = 0.0
        self.answers: dict[int, str] = {}
        self.asked: set[int] = set()
        self.open: int | None = None
        self.latest: int | None = None
        self.attempt = 0

    @rule(index=st.integers(0, 3))
    def pause(self, index: int) -> None:
        """Ask; a question that is answered queues the run at once."""
        if self.lease is None:
            return
        self.now += 1
        outcome = ask(index, input_type="approval", options=YES_NO)
        got = self.platform.finish(self.now, self.lease, outcome)
        self.lease = None
        self.asked.add(index)
        if index in self.answers:
            assert "queued" == got.kind
            self.attempt += 1
        else:
            assert "waiting" == got.kind
            self.open = index

    @rule()
    def dispatch(self) -> None:
        """Take the run when it is queued."""
        if self.lease is not None or self.open is not None:
            return
        dispatch = self.platform.dispatch(self.now, "r", 1)
        self.lease = dispatch.lease
        assert (self.attempt, self.answers) == (dispatch.attempt, dict(dispatch.answers))

    @rule(value=values, index=st.one_of(st.none(), st.integers(0, 3)))
    def answer(self, value: str, index: int | None) -> None:
        """Answer: taken, a duplicate, or refused."""
        which = index
        if index is None:
            which = self.latest if self.open is None else self.open
        if which is not None and which in self.answers and self.answers[which] == value:
            got = self.platform.answer(self.now, "r", value, index)
            assert Answered(which, duplicate=True) == got
        elif which is not None and which == self.open and value != "maybe":
            got = self.platform.answer(self.now, "r", value, index)
            assert Answered(which, duplicate=False) == got
            self.answers[which], self.latest, self.open = value, which, None
            self.attempt += 1
        else:
            with pytest.raises(AnswerRefused):
                self.platform.answer(self.now, "r", value, index)

    @invariant()
    def same(self) -> None:
        """State, questions and answers agree."""
        state = "running" if self.lease else "queued" if self.open is None else "waiting"
        assert state == self.platform.run("r").state
        pauses = self.platform.pauses("r")
        assert sorted(self.asked) == [pause.index for pause in pauses]
        assert {i: self.answers.get(i) for i in self.asked} == {p.index: p.answer for p in pauses}


TestPauses = PausesMachine.TestCase
TestPauses.settings = settings(
    derandomize=True, deadline=None, max_examples=50, stateful_step_count=30, database=None
)
