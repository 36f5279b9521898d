"""Events are paired, nested, in order, and have one end."""

from __future__ import annotations

import pytest

from agnt5_sim.platform import Policy

OPEN = "the id of an event that has started and not ended"
STARTED, COMPLETED = "workflow.step.started", "workflow.step.completed"


def one(identity):
    """What events.paired expects of an id."""
    return f"one completed, failed or paused with id {identity!r}"


# -- events.paired ---------------------------------------------------------------------


@pytest.mark.parametrize("end", ["completed", "failed", "paused", "cancelled"])
def test_a_start_may_be_closed_in_four_ways(life, end):
    """events.paired kept."""
    assert [] == life.emit(STARTED, "a").emit(f"workflow.step.{end}", "a").broken()


@pytest.mark.parametrize("outcome", ["paused", "suspended"])
def test_a_workflow_stays_open_while_it_waits(life, outcome):
    """events.paired: run and workflow end with the run, and not with the attempt."""
    life.emit("run.started", "run-1", parent="")
    assert [] == life.report(outcome, pause_index=0, timer="t", question="ok?").broken()


def test_a_dead_attempt_closes_nothing(life):
    """events.paired asks nothing of an attempt that died, or is at work still."""
    assert [] == life.emit(STARTED, "a").recovered().emit(STARTED, "a").broken()


def test_a_retried_step_opens_and_closes_its_id_again(life):
    """events.paired: an activation keeps its id over its tries."""
    life.emit(STARTED, "a").emit("workflow.step.failed", "a").emit(STARTED, "a").emit(
        COMPLETED, "a"
    )
    assert [] == life.completed().broken()


def test_what_an_earlier_attempt_opened_may_be_closed_by_this_one(life):
    """events.paired: a question is closed when its answer is there."""
    life.emit(STARTED, "q").emit("workflow.step.paused", "q").asks().pauses().answered("yes")
    life.dispatched(resumes="paused").asks().emit(COMPLETED, "q").told("yes")
    assert [] == life.completed().broken()


@pytest.mark.parametrize(
    ("branch", "outcome", "cause"),
    [
        ("", "completed", ""),
        ("", "paused", "suspended-inside"),
        ("", "suspended", "suspended-inside"),
        ("1", "completed", "left-running"),
        ("1", "paused", "sibling"),
        ("1", "failed", "sibling"),
    ],
)
def test_a_start_that_is_never_closed_is_found(life, branch, outcome, cause):
    """events.paired, by what ended the attempt around it."""
    with life.inside(branch):
        life.emit(STARTED, "a", parent="", name="a_0", step="a_0")
    life.report(outcome, pause_index=0, question="ok?", timer="t")
    (found,) = [f for f in life.broken() if f[1] != "workflow.started"]
    seen = f"the attempt reported {outcome}"
    assert ("events.paired", f"{STARTED}/a_0", one("a"), seen, cause) == found


def test_a_workflow_that_completed_and_never_said_so_is_found(life):
    """events.paired: the workflow's own start is closed by its completion."""
    expected = (
        "events.paired",
        "workflow.started",
        one("wf:run-1"),
        "the attempt reported completed",
        "",
    )
    assert [expected] == life.report("completed").broken()


@pytest.mark.parametrize(
    ("ran", "returned", "cause"),
    [(False, False, "never-began"), (True, False, ""), (True, True, "unencodable")],
)
def test_a_step_left_open_by_its_error_is_told_apart(life, ran, returned, cause):
    """events.paired: whether its body never began, raised, or returned what cannot be sent."""
    life.calls("a_0").emit(STARTED, "a", step="a_0")
    if ran:
        life.entry("body.started", "a_0")
        life = life.entry("body.returned", "a_0", value=b"N") if returned else life
    life.raises("a_0").failed()
    assert (
        "events.paired",
        STARTED,
        one("a"),
        "the attempt reported failed",
        cause,
    ) in life.broken()
    assert {("events.paired", cause), ("events.parent", cause)} == {
        (f[0], f[4]) for f in life.broken()
    }


def test_an_error_of_a_step_called_later_does_not_explain_an_open_event(life):
    """events.paired: the cause is looked for in what came before."""
    life.emit(STARTED, "a").calls("a_0").raises("a_0").failed()
    assert {("events.paired", ""), ("events.parent", "")} == {(f[0], f[4]) for f in life.broken()}


@pytest.mark.parametrize("branch", ["", "1"])
@pytest.mark.parametrize("outcome", ["completed", "failed", "paused", "suspended"])
def test_a_step_left_open_by_its_cancellation_is_told_apart(life, branch, outcome):
    """events.paired: a timeout struck, whatever became of the attempt afterwards."""
    with life.inside(branch):
        life.step("a_0", until="body").emit("function.started", "f", step="a_0").cancelled("a_0")
    life.report(outcome, pause_index=0, question="ok?", timer="t")
    steps = [f for f in life.broken() if f[1] != "workflow.started"]
    assert [("events.paired", "cancelled")] * 2 == [(f[0], f[4]) for f in steps]


def test_a_sleep_left_open_by_its_cancellation_is_told_apart(life):
    """events.paired, events.parent: a timeout around a sleep."""
    life.sleeps("sleep:n:0", 60).falls_asleep("sleep:n:0")
    life.cancelled("sleep:n:0", call="sleep").completed()
    assert {("events.paired", "cancelled"), ("events.parent", "cancelled")} == {
        (f[0], f[4]) for f in life.broken()
    }


@pytest.mark.parametrize("call", ["b_1", "a_0"])
def test_the_cancellation_of_another_call_does_not_explain_an_open_event(life, call):
    """events.paired: neither one made later, nor one that was over when the event began."""
    if call == "a_0":
        life.step("a_0", until="called").cancelled("a_0").emit(STARTED, "x")
    else:
        life.emit(STARTED, "x").step("b_1", until="called").cancelled("b_1")
    assert {""} == {f[4] for f in life.completed().broken() if f[0] == "events.paired"}


def test_a_step_cancelled_when_its_attempt_was_over_did_not_end_before(life):
    """events.paired: what left it open is that nobody waited for it."""
    with life.inside("1"):
        life.step("a_0", until="body")
    life.completed()
    with life.inside("1"):
        life.cancelled("a_0")
    assert {("events.paired", "left-running"), ("events.parent", "left-running")} == {
        (f[0], f[4]) for f in life.broken()
    }


def test_what_happens_meanwhile_closes_nothing(life):
    """events.paired: news of something that is open leaves it open."""
    life.emit(STARTED, "a").emit("workflow.step.progress", "a").report("failed")
    assert STARTED in [found[1] for found in life.broken()]


@pytest.mark.parametrize(("refused", "cause"), [(True, "unsaved"), (False, "")])
def test_a_workflow_that_failed_for_its_state_is_told_apart(life, refused, cause):
    """events.paired: it was the save that failed, and nobody said that the workflow did."""
    life.saves({}, **({"refused": "VersionConflict: no"} if refused else {})).report("failed")
    expected = (
        "events.paired",
        "workflow.started",
        one("wf:run-1"),
        "the attempt reported failed",
        cause,
    )
    assert [expected] == life.broken()


@pytest.mark.parametrize(("streams", "cause"), [(True, "streaming-function"), (False, "")])
def test_a_function_that_is_never_closed_is_told_apart(tell, streams, cause):
    """events.paired: a function that is a run of its own, and streams or does not."""
    life = tell(runs=False).submitted(component="function").dispatched()
    life.emit("function.started", "f", parent="")
    if streams:
        life.emit("output.delta", channel="delta", parent="")
    life.completed()
    expected = (
        "events.paired",
        "function.started",
        one("f"),
        "the attempt reported completed",
        cause,
    )
    assert [expected] == life.broken()


def test_a_second_start_of_an_open_id_is_found(life):
    """events.paired: which of the two is closed then?"""
    life.emit(STARTED, "a").emit(STARTED, "a").emit(COMPLETED, "a")
    assert [
        ("events.paired", STARTED, one("a"), "another start of the same id", "")
    ] == life.broken()


@pytest.mark.parametrize("second", ["completed", "failed"])
def test_a_second_end_of_one_start_is_found(life, second):
    """events.paired: exactly one end."""
    life.emit(STARTED, "a").emit(COMPLETED, "a").after(1).emit(f"workflow.step.{second}", "a")
    seen = f"{COMPLETED} at 0 s, workflow.step.{second} at 1 s"
    expected = ("events.paired", f"workflow.step.{second}", one("a"), seen, "closed-twice")
    assert [expected] == life.broken()


def test_a_workflow_without_an_id_ends_once_too(life):
    """events.paired: generation A gives its workflow no id."""
    life.emit("workflow.failed").emit("workflow.completed")
    assert ["closed-twice"] == [found[4] for found in life.broken()]


def test_a_refused_event_never_was(life):
    """events.paired, events.parent: what was refused is not in the journal."""
    assert [] == life.emit(STARTED, "a", refused="Fenced: no").completed().broken()


# -- events.parent ---------------------------------------------------------------------


def test_events_nest(life):
    """events.parent kept: each opened within, and closed before, the one that encloses it."""
    life.emit(STARTED, "a").emit("function.started", "b", parent="a")
    life.emit("function.completed", "b", parent="a").emit(COMPLETED, "a")
    assert [] == life.completed().broken()


def test_a_parent_may_have_been_opened_by_an_earlier_attempt(life):
    """events.parent: a replay goes on within the same workflow, and within what died open."""
    life.emit(STARTED, "a").recovered().emit("function.started", "b", parent="a")
    assert [] == life.broken()


def test_an_event_may_be_its_own_parent(life):
    """events.parent: generation A says so of a step's end."""
    assert [] == life.emit(STARTED, "a").emit(COMPLETED, "a", parent="a").broken()


def test_an_unknown_parent_is_found(life):
    """events.parent."""
    expected = ("events.parent", STARTED, OPEN, "nobody", "")
    assert [expected] == life.emit(STARTED, "a", parent="nobody").emit(COMPLETED, "a").broken()


def test_an_unknown_parent_within_a_step_is_told_apart(life):
    """events.parent: a nested call lost sight of what encloses it."""
    life.emit(STARTED, "a", parent="nobody", step="a_0")
    assert [("events.parent", STARTED, OPEN, "nobody", "nested")] == life.broken()


@pytest.mark.parametrize(
    ("cancelled_in", "named_in", "cause"),
    [
        ("", "", "cancelled"),
        ("", "1", "cancelled"),
        ("1", "1.0", "cancelled"),
        ("1", "10", "nested"),
        ("1", "", "nested"),
        ("0", "1", "nested"),
    ],
)
def test_a_step_that_was_cancelled_left_a_parent_nobody_knows(life, cancelled_in, named_in, cause):
    """events.parent: in its task and in those begun by it, and in no other."""
    with life.inside(cancelled_in):
        life.step("a_0", until="body").cancelled("a_0")
    with life.inside(named_in):
        life.emit(STARTED, "b", parent="nobody", step="b_1")
    assert [("events.parent", STARTED, OPEN, "nobody", cause)] == life.broken()


def test_within_a_step_a_cancellation_before_it_does_not_explain_an_unknown_parent(life):
    """events.parent: the nested call is inside the body of another step."""
    life.step("a_0", until="body").cancelled("a_0").step("b_1", until="body")
    life.emit(STARTED, "c", parent="nobody", step="c_2")
    assert [("events.parent", STARTED, OPEN, "nobody", "nested")] == life.broken()


@pytest.mark.parametrize(("before", "cause"), [(True, "cancelled"), (False, "parallel")])
def test_a_parent_that_ends_before_its_cancelled_child_is_told_apart(life, before, cause):
    """events.parent: it was cancelled before the parent ended, or still at work then."""
    life.emit(STARTED, "a")
    with life.inside("1"):
        life.calls("b_0").emit("function.started", "b", parent="a", step="b_0")
        if before:
            life.cancelled("b_0")
    life.emit(COMPLETED, "a")
    if not before:
        with life.inside("1"):
            life.cancelled("b_0")
    assert [("events.parent", cause)] == [(f[0], f[4]) for f in life.broken()]


def test_a_parent_that_has_ended_is_found(life):
    """events.parent: it must be open when the child is emitted."""
    life.emit(STARTED, "a").emit(COMPLETED, "a").emit("function.started", "b", parent="a")
    assert [("events.parent", "function.started", OPEN, "a", "")] == life.broken()


def test_a_parent_that_a_dead_attempt_closed_is_told_apart(life):
    """events.parent: the dead attempt completed the workflow, and died before it was told."""
    life.emit("workflow.completed", "wf:run-1", output=1).recovered().emit(STARTED, "a")
    assert [("events.parent", STARTED, OPEN, "wf:run-1", "closed-by-the-dead")] == life.broken()


@pytest.mark.parametrize(("branch", "cause"), [("", ""), ("1", "parallel")])
def test_a_parent_that_ends_before_its_child_is_found(life, branch, cause):
    """events.parent: a parent encloses its children."""
    life.emit(STARTED, "a")
    with life.inside(branch):
        life.emit("function.started", "b", parent="a")
    life.emit(COMPLETED, "a")
    wanted = "function.started to end first, or to have another parent"
    assert [
        ("events.parent", "function.started", wanted, "the parent ended first", cause)
    ] == life.broken()


@pytest.mark.parametrize(("ends", "cause"), [("completed", "left-running"), ("failed", "sibling")])
def test_a_workflow_that_ends_before_its_branches_is_told_apart(life, ends, cause):
    """events.parent, and events.paired with it: it returned, or one branch's error ended it."""
    with life.inside("1"):
        life.emit(STARTED, "a")
    life = life.completed() if ends == "completed" else life.failed()
    assert {("events.paired", cause), ("events.parent", cause)} == {
        (found[0], found[4]) for found in life.broken()
    }


def test_a_child_of_a_dead_attempt_does_not_hold_its_parent_open(life):
    """events.parent: the attempt that completes the workflow does not wait for the dead."""
    assert [] == life.emit(STARTED, "a").recovered().completed().broken()


def test_orphans_are_told_once_a_run(life):
    """events.parent: one finding a run is enough."""
    life.emit(STARTED, "a", parent="nobody").emit(STARTED, "b", parent="nobody")
    assert 1 == len(life.broken())


# -- events.order ----------------------------------------------------------------------


def test_every_attempt_and_channel_counts_on_its_own(life):
    """events.order kept: each attempt begins anew, and deltas have their own numbers."""
    life.emit("output.delta", channel="delta", sequence=1).emit(
        "output.delta", channel="delta", sequence=2
    )
    assert [] == life.recovered().emit("workflow.replayed", sequence=1).broken()


def test_the_runtime_numbers_by_try(life):
    """events.order: what the runtime writes carries the try, and not a sequence."""
    life.emit(STARTED, "a", channel="runtime", sequence=2).emit(
        COMPLETED, "a", channel="runtime", sequence=1
    )
    assert [] == life.broken()


@pytest.mark.parametrize("sequence", [0, 1])
def test_a_sequence_that_does_not_rise_is_found(life, sequence):
    """events.order: equal is no rise."""
    life.emit("workflow.state.changed", sequence=sequence)
    found = (
        "events.order",
        "workflow.state.changed",
        "sequence above 1",
        str(sequence),
        "checkpoint-sequence",
    )
    assert [found] == life.broken()


def test_a_clock_that_falls_is_found(life):
    """events.order: the same time again is fine, an earlier one is not."""
    life.emit("output.delta", channel="delta", source_ns=5).emit(
        "output.delta", channel="delta", source_ns=5
    )
    life.emit("output.delta", channel="delta", source_ns=4)
    assert [
        ("events.order", "output.delta", "source_ns above 5", "4", "delta-source_ns")
    ] == life.broken()


def test_disorder_is_told_once_a_channel(life):
    """events.order: all that follows is out of order too."""
    life.emit("a.b", sequence=1).emit("a.b", sequence=1)
    assert 1 == len(life.broken())


# -- events.terminal -------------------------------------------------------------------


def test_a_cancelled_run_has_no_terminal_event_of_a_worker(life):
    """events.terminal: the client ended it."""
    assert [] == life.ended("cancelled").broken()


def test_a_run_that_ends_twice_is_found(life):
    """events.terminal: two attempts completed it; what the second said came after the end."""
    life.completed().after(1).recovered().emit(
        "run.completed", "run-1", parent="", outcome="completed"
    )
    twice = (
        "events.terminal",
        "",
        "one terminal event",
        "run.completed at 0 s, run.completed at 31 s",
        "",
    )
    late = (
        "events.terminal",
        "run.completed",
        "nothing after the terminal event",
        "run.completed at 31 s",
        "",
    )
    assert [twice, late] == life.broken()


def test_an_attempt_that_ends_twice_is_found(life):
    """events.terminal, and quiet.after, which must: the second report came after the first."""
    life.completed().emit("run.failed", "run-2", parent="", outcome="failed")
    seen = "run.completed at 0 s, run.failed at 0 s"
    assert ("events.terminal", "", "one terminal event", seen, "") in life.broken()
    assert {"events.terminal", "quiet.after"} == {found[0] for found in life.broken()}


def test_an_event_after_the_end_is_found(life):
    """events.terminal, and quiet.after, which must: it is the same attempt."""
    life.completed().after(1).emit("workflow.state.changed", parent="")
    late = (
        "events.terminal",
        "workflow.state.changed",
        "nothing after the terminal event",
        "workflow.state.changed at 1 s",
        "",
    )
    assert late in life.broken()
    assert {"events.terminal", "quiet.after"} == {found[0] for found in life.broken()}


def test_a_refused_event_after_the_end_was_never_accepted(life):
    """events.terminal holds where the fence held; quiet.after hears the attempt all the same."""
    life.completed().emit("workflow.state.changed", parent="", refused="Fenced: no")
    assert ["quiet.after"] == [found[0] for found in life.broken()]


# -- events.started --------------------------------------------------------------------


def test_a_later_start_that_is_marked_is_a_replay(life):
    """events.started: every attempt but the first says that there was one before."""
    assert [] == life.recovered().emit("workflow.started", "again", replay=True, parent="").broken()


@pytest.mark.parametrize(("completed", "cause"), [((), "nothing-completed"), (("a_0",), "")])
def test_a_second_start_that_is_not_marked_is_found(life, completed, cause):
    """events.started: a run starts once."""
    life.after(1).recovered(completed=completed).emit("workflow.started", "again", parent="")
    seen = "none; it started first at 0 s"
    wanted = "a mark that the run had started before"
    assert [("events.started", "workflow.started", wanted, seen, cause)] == life.broken()


def test_a_start_that_was_lost_is_no_start(tell):
    """events.started under `on-flush`: nobody ever heard of the first."""
    life = tell(policy=Policy(durability="on-flush")).recovered()
    assert [] == life.emit("workflow.started", "again", parent="").broken()


def test_a_start_that_was_refused_is_no_start(life):
    """events.started: a zombie's start is not in the journal."""
    assert [] == life.emit("workflow.started", "z", parent="", refused="Fenced: no").broken()
