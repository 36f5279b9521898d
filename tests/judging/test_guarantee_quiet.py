"""Once an attempt has reported, it is quiet."""

from __future__ import annotations

import pytest


def test_an_attempt_that_ends_with_its_report_is_quiet(life):
    """The report comes last; what the client is told comes after it, and is not the worker's."""
    assert [] == life.step("a_0").completed().broken()


def test_what_may_still_be_heard_of_a_reported_attempt(life):
    """Answers that reach it, reads, bodies that come to their end: nothing of it is begun anew."""
    life.asks().pauses().get("n", None).loads().raises("pause:0", call="wait")
    assert [] == life.broken()


def test_a_dead_attempt_has_nothing_to_be_quiet_after(life):
    """Without a report there is no after."""
    assert [] == life.step("a_0").recovered().broken()


def test_the_next_attempt_may_be_loud(life):
    """What the resumed attempt does is not the doing of the one that paused."""
    life.asks().pauses().answered("yes").dispatched(resumes="paused").asks().told("yes").step("a_0")
    assert [] == life.completed().broken()


@pytest.mark.parametrize(
    "loud",
    [
        ("program.called", "a_0", {"call": "step", "record": "a_0", "label": "a", "input": b""}),
        ("body.started", "a_0", {}),
        ("platform.begin", "a_0", {"step": "a_0"}),
        ("platform.complete", "a_0", {"step": "a_0"}),
        ("platform.fail", "a_0", {"step": "a_0"}),
        ("platform.step.started", "a_0", {"step": "a_0"}),
        ("platform.step.completed", "a_0", {"step": "a_0"}),
        ("platform.step.failed", "a_0", {"step": "a_0"}),
        ("state.set", "n", {"value": b"N"}),
        ("state.delete", "n", {"value": b"N"}),
        ("state.clear", "", {"value": b"N"}),
    ],
)
def test_what_an_attempt_does_after_its_report_is_found(life, loud):
    """quiet.after, whichever way it is loud."""
    kind, name, data = loud
    life.asks().pauses().after(1).entry(kind, name, **data)
    expected = ("quiet.after", name, "nothing after the report at 0 s", f"{kind} {name} at 1 s", "")
    assert [expected] == life.broken()


def test_an_event_after_the_report_is_found_though_it_was_refused(life):
    """quiet.after: the fence held, and the attempt was loud all the same."""
    life.asks().pauses().emit("workflow.state.changed", refused="Fenced: no")
    seen = "platform.emit workflow.state.changed at 0 s"
    expected = (
        "quiet.after",
        "workflow.state.changed",
        "nothing after the report at 0 s",
        seen,
        "",
    )
    assert [expected] == life.broken()


def test_a_save_after_the_report_is_found(life):
    """quiet.after: the state of a scope is written."""
    life.asks().pauses().saves({"n": 1})
    expected = (
        "quiet.after",
        "run",
        "nothing after the report at 0 s",
        "platform.state.save run at 0 s",
        "",
    )
    assert [expected] == life.broken()


@pytest.mark.parametrize(
    ("outcome", "cause"), [("paused", "sibling"), ("completed", "left-running")]
)
def test_a_branch_that_goes_on_is_told_apart(life, outcome, cause):
    """quiet.after: one branch ended the attempt, another was still at work."""
    life = life.asks().pauses() if outcome == "paused" else life.completed()
    with life.inside("1"):
        life.entry("body.started", "a_0")
    expected = (
        "quiet.after",
        "a_0",
        "nothing after the report at 0 s",
        "body.started a_0 at 0 s",
        cause,
    )
    assert [expected] == life.broken()


def test_the_first_loud_thing_is_told_and_no_other(life):
    """quiet.after: one finding an attempt."""
    life.asks().pauses().entry("body.started", "a_0").set("n", 1)
    assert ["body.started a_0 at 0 s"] == [found[3] for found in life.broken()]


def test_a_second_report_does_not_make_a_first_one_undone(life):
    """quiet.after counts from the first report that was accepted."""
    life.asks().pauses().entry("body.started", "a_0").pauses()
    assert [("quiet.after", "body.started a_0 at 0 s")] == [(f[0], f[3]) for f in life.broken()]


def test_a_refused_report_is_none(life):
    """quiet.after: an attempt whose report was refused has not reported."""
    assert [] == life.report("failed", refused="Fenced: no").set("n", 1).broken()
