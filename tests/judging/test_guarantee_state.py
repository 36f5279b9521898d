"""A replay sees what the live attempt saw, and completion waits for the save."""

from __future__ import annotations

import pytest

LIVE = [("get", "n", None), ("set", "n", 1), ("get", "n", 1)]


def does(life, *operations):
    """Let the workflow do something to its state."""
    for operation, key, value in operations:
        life.entry(f"state.{operation}", key, value=b"N") if operation in {
            "delete",
            "clear",
        } else getattr(life, operation)(key, value)
    return life


# -- state.replay, within a life -------------------------------------------------------


def test_a_replay_that_reads_the_same_breaks_nothing(life):
    """Each attempt begins with the state the first began with."""
    does(does(life, *LIVE).recovered(), *LIVE).saves({"n": 1})
    assert [] == life.completed(state={"n": 1}).broken()


def test_an_attempt_may_get_further_than_the_one_before(life):
    """What the dead attempt never read binds nobody."""
    does(does(life, *LIVE[:1]).recovered(), *LIVE, ("get", "m", 7)).saves({"n": 1})
    assert [] == life.completed(state={"n": 1}).broken()


@pytest.mark.parametrize(
    ("resumes", "cause"),
    [("", ""), ("paused", "resumed-snapshot"), ("suspended", "resumed-snapshot")],
)
def test_a_replay_over_state_the_run_had_written_is_found(life, resumes, cause):
    """state.replay: the counter is there already when the replay counts again."""
    does(life, *LIVE).report("paused", pause_index=0, question="ok?")
    does(life.dispatched(resumes=resumes), ("get", "n", 1))
    assert [("state.replay", "n", "None", "1", cause)] == life.broken()


@pytest.mark.parametrize("change", [("set", "n", 2), ("clear", "", None)])
def test_what_a_resumed_attempt_wrote_itself_is_not_its_snapshots_fault(life, change):
    """state.replay: it reads its own change, which is another than the one it made live."""
    does(life, change, ("get", "n", 1)).report("paused", pause_index=0, question="ok?")
    does(life.dispatched(resumes="paused"), change, ("get", "n", 2))
    assert [("state.replay", "n", "1", "2", "")] == life.broken()


@pytest.mark.parametrize(
    ("resumes", "says"),
    [("", "replays over other state"), ("paused", "the run itself had written before")],
)
def test_the_message_says_over_what_a_replay_went(life, resumes, says):
    """state.replay: the snapshot a run is resumed with is the run's own work."""
    does(life, ("get", "n", 1)).report("paused", pause_index=0, question="ok?")
    does(life.dispatched(resumes=resumes), ("get", "n", 2))
    assert [True] == [says in violation.message for violation in life.violations()]


def test_only_the_first_other_read_is_told(life):
    """state.replay: all later reads follow from it, in this attempt and the next."""
    does(life, *LIVE).recovered()
    does(life, ("get", "n", 1), ("set", "n", 2), ("get", "n", 2)).recovered()
    does(life, ("get", "n", 2))
    assert [("state.replay", "n", "None", "1", "")] == life.broken()


def test_another_path_is_not_the_states_fault(life):
    """state.replay: where other keys are read, memo.identity has the word."""
    does(does(life, ("get", "a", 1), ("get", "b", 2)).recovered(), ("get", "b", 3), ("get", "a", 4))
    assert [] == life.broken()


def test_branches_read_in_whichever_order(life):
    """state.replay counts the reads of every branch on their own."""
    for first, second in (("0", "1"), ("1", "0")):
        for branch in (first, second):
            with life.inside(branch):
                life.get("n", int(branch))
        life.recovered()
    assert [] == life.broken()


def test_a_branch_that_reads_another_value_is_told_apart(life):
    """state.replay: beside others, what a branch reads depends on who came first."""
    for value in (0, 1):
        with life.inside("1"):
            life.get("n", value)
        life.recovered()
    assert [("state.replay", "n", "0", "1", "branch-order")] == life.broken()


def test_what_a_body_read_is_not_read_again_on_replay(life):
    """state.replay: the body is left out, so the workflow's own read is the first of its kind."""
    does(life.step("a_0", until="body"), ("get", "n", None), ("set", "n", 1))
    life.entry("body.returned", "a_0", value=b"N")
    life.emit("workflow.step.completed", "a_0@0", step="a_0", completes="a_0").answers_call(
        "a_0", None
    )
    does(life, ("get", "n", 1)).asks().pauses().answered("yes")
    life.dispatched(resumes="paused").replayed("a_0", None)
    does(life, ("get", "n", 1)).asks().told("yes").saves({"n": 1})
    assert [] == life.completed(state={"n": 1}).broken()


def test_what_a_body_wrote_and_the_replay_lost_is_found(life):
    """state.replay: the body is left out, and what it wrote to the state with it."""
    does(life.step("a_0", until="body"), ("get", "n", 0), ("set", "n", 1))
    life.entry("body.raised", "a_0", error_type="E", error="").entry("body.started", "a_0")
    life.entry("body.returned", "a_0", value=b"N")
    life.emit("workflow.step.completed", "a_0@0", step="a_0", completes="a_0").answers_call(
        "a_0", None
    )
    does(life, ("get", "n", 1)).recovered().replayed("a_0", None)
    does(life, ("get", "n", 0))
    assert [("state.replay", "n", "1", "0", "")] == life.broken()


def test_a_body_that_runs_again_reads_what_it_read(life):
    """state.replay holds inside of a body that runs again too."""
    for value in (0, 1):
        does(life.step("a_0", until="body"), ("get", "n", value)).recovered()
    assert [("state.replay", "n", "0", "1", "")] == life.broken()


def test_types_that_get_lost_in_the_state_are_found(life):
    """state.replay: same value, same type."""
    does(does(life, ("get", "n", (1, 2))).recovered(), ("get", "n", [1, 2]))
    assert [("state.replay", "n", "(1, 2)", "[1, 2]", "")] == life.broken()


# -- state.replay, at the end ----------------------------------------------------------


def test_the_state_at_the_end_is_that_of_the_run_without_faults(tell):
    """state.replay, the other half, kept."""
    lives = [tell().set("n", 1).saves({"n": 1}).completed(state={"n": 1}) for _ in range(2)]
    assert [] == lives[0].against(lives[1])


def test_another_state_at_the_end_is_found(tell):
    """state.replay, the other half."""
    life, baseline = tell().completed(state={"n": 2}), tell().completed(state={"n": 1})
    assert [("state.replay", "", '{"n": 1}', '{"n": 2}', "end-state")] == life.against(baseline)


def test_no_state_at_the_end_is_found(tell):
    """state.replay: what should be there is not."""
    life, baseline = tell().completed(), tell().completed(state={"n": 1})
    assert [("state.replay", "", '{"n": 1}', "", "end-state")] == life.against(baseline)


def test_a_run_that_ended_otherwise_left_another_state(tell):
    """state.replay keeps quiet: result.same says what happened."""
    life, baseline = tell().failed(), tell().completed(state={"n": 1})
    assert ["result.same"] == [found[0] for found in life.against(baseline)]


# -- state.durable ---------------------------------------------------------------------


@pytest.mark.parametrize("change", [("set", "n", 1), ("delete", "n", None), ("clear", "", None)])
def test_a_change_that_was_saved_is_durable(life, change):
    """state.durable kept, for every kind of change."""
    assert [] == does(life, change).saves({}).completed().broken()


@pytest.mark.parametrize("change", [("set", "n", 1), ("delete", "n", None), ("clear", "", None)])
def test_a_completion_without_a_save_is_found(life, change):
    """state.durable: the run was over before its state was safe."""
    expected = (
        "state.durable",
        change[1],
        f"a save after the change of {change[1]!r}",
        "none",
        "swallowed-save",
    )
    assert [expected] == does(life, change).completed().broken()


def test_a_save_before_the_last_change_is_not_enough(life):
    """state.durable: it is the last change that counts."""
    life.set("n", 1).saves({"n": 1}).set("m", 2)
    expected = ("state.durable", "m", "a save after the change of 'm'", "none", "swallowed-save")
    assert [expected] == life.completed().broken()


def test_a_refused_save_is_not_enough(life):
    """state.durable: the SDK swallowed the conflict and reported success."""
    life.set("n", 1).saves({"n": 1}, refused="VersionConflict: no")
    expected = ("state.durable", "n", "a save after the change of 'n'", "none", "swallowed-save")
    assert [expected] == life.completed().broken()


def test_a_save_after_the_report_is_too_late(life):
    """state.durable: the client had been told by then."""
    found = life.set("n", 1).completed().saves({"n": 1}).broken()
    expected = ("state.durable", "n", "a save after the change of 'n'", "none", "swallowed-save")
    assert expected in found


def test_the_save_of_another_entity_is_not_enough(life):
    """state.durable: a counter that a step saved is not the workflow's state."""
    life.set("n", 1).saves({"n": 1}, entity="Counter", key="k", scope="global", scope_id="g")
    expected = ("state.durable", "n", "a save after the change of 'n'", "none", "swallowed-save")
    assert [expected] == life.completed().broken()


def test_a_save_by_a_dead_attempt_is_not_enough(life):
    """state.durable: the attempt that completes saves what it did itself."""
    life.set("n", 1).saves({"n": 1}).recovered().set("n", 2)
    expected = ("state.durable", "n", "a save after the change of 'n'", "none", "swallowed-save")
    assert [expected] == life.completed().broken()


def test_a_run_that_did_not_complete_need_not_have_saved(life):
    """state.durable: failed, paused and dead attempts make no such promise."""
    life.set("n", 1).asks().pauses().answered("yes").dispatched(resumes="paused").set(
        "n", 1
    ).recovered()
    assert [] == life.set("n", 1).failed().broken()


def test_a_run_that_only_reads_has_nothing_to_save(life):
    """state.durable asks for no save without a change."""
    assert [] == life.get("n", None).completed().broken()
