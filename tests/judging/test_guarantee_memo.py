"""What is on record is not done again, and comes back as it was."""

from __future__ import annotations

import dataclasses

import pytest

from agnt5_sim.history.values import freeze
from agnt5_sim.platform import Policy

RAN_AGAIN = "its body ran 1 more time(s)"


@dataclasses.dataclass
class Receipt:
    amount: int
    tags: tuple[str, ...] = ()


# -- kept ------------------------------------------------------------------------------


def test_a_life_without_faults_breaks_nothing(life):
    """Steps of every branch run once, and the run completes."""
    life.step("charge_0").step("step:ship:1", record="ship")
    assert [] == life.completed(1).broken()


def test_a_replay_from_the_record_breaks_nothing(life):
    """What was durable is answered without running; what was not runs for the first time."""
    life.step("charge_0", {"id": "ch"}).step("ship_1", until="started").recovered()
    life.replayed("charge_0", {"id": "ch"}).step("ship_1")
    assert [] == life.completed().broken()


@pytest.mark.parametrize("until", ["called", "started", "body", "returned"])
def test_a_step_that_died_before_its_completion_runs_again(life, until):
    """Wherever inside of a step the worker died, nothing was on record: it must run again."""
    life.step("charge_0", until=until).recovered().step("charge_0", 2)
    assert [] == life.completed().broken()


def test_a_step_that_died_after_its_completion_is_replayed(life):
    """The completion is on record although the workflow never saw the answer."""
    life.step("charge_0", 5, until="completed").recovered().replayed("charge_0", 5)
    assert [] == life.completed().broken()


def test_a_step_that_ran_twice_for_good_reason_may_return_two_things(life):
    """A step that ran again may draw another id: only what is on record binds the replay."""
    life.step("draw_0", "id-a", until="returned").recovered()
    life.step("draw_0", "id-b").recovered().replayed("draw_0", "id-b")
    assert [] == life.completed().broken()


def test_a_refused_completion_is_not_on_record(life):
    """What the platform refused is not durable, so the step must run again."""
    life.step("charge_0", until="returned")
    life.emit(
        "workflow.step.completed", "x", step="charge_0", completes="charge_0", refused="Fenced: no"
    )
    life.recovered().step("charge_0")
    assert [] == life.completed().broken()


def test_branches_count_their_calls_on_their_own(life):
    """In which order branches come to their calls may differ between attempts."""
    for first, second in (("0", "1"), ("1", "0")):
        with life.inside(first):
            life.step(f"b{first}_0", until="body")
        with life.inside(second):
            life.step(f"b{second}_0", until="body")
        life.recovered()
    assert [] == life.completed().broken()


@pytest.mark.parametrize("policy", [None, Policy(), Policy(lease=5.0)])
def test_without_another_policy_an_event_is_durable_at_once(tell, policy):
    """The default needs no flush, whether a life spells it out or not."""
    assert (
        [] == tell(policy=policy).step("a_0", 5).recovered().replayed("a_0", 5).completed().broken()
    )


def test_the_death_of_another_worker_loses_nothing(tell):
    """Under `on-flush` it is the worker that held it with which an event dies."""
    life = tell(policy=Policy(durability="on-flush")).step("a_0", 5)
    life.history.add(0.0, "fault.kill", incarnation=7, name="kill", data={})
    assert [] == life.flushed().recovered().replayed("a_0", 5).completed().broken()


@pytest.mark.parametrize(
    ("policy", "again"),
    [
        (Policy(recovery="journal"), True),
        (Policy(recovery="memo"), False),
        (Policy(recovery="both"), False),
    ],
)
def test_a_step_record_counts_where_attempts_learn_from_records(tell, policy, again):
    """A kill between the record and its event: only under `journal` is nothing known of it."""
    life = tell(policy=policy).step("step:a:0", record="a", until="returned").recorded("step:a:0")
    life.recovered()
    life = life.step("step:a:0", record="a") if again else life.replayed("step:a:0", record="a")
    assert [] == life.completed().broken()


def test_under_memo_an_event_alone_is_no_record(tell):
    """Recovery `memo` does not look into the journal: the step runs again, and rightly."""
    life = tell(policy=Policy(recovery="memo")).step("charge_0").recovered().step("charge_0")
    assert [] == life.completed().broken()


def test_under_memo_a_pause_carries_its_steps_along(tell):
    """What a pause reports as done is known to the attempt that resumes it."""
    life = tell(policy=Policy(recovery="memo")).step("charge_0").asks().pauses()
    life.answered("yes").dispatched(resumes="paused").replayed("charge_0").asks().told("yes")
    assert [] == life.completed().broken()


def test_under_memo_a_pause_does_not_carry_what_a_dead_attempt_did(tell):
    """Only the steps of the attempt that paused are in its report."""
    life = tell(policy=Policy(recovery="memo")).step("charge_0").recovered()
    life.step("charge_0", without=("started", "completed")).asks().pauses()
    expected = (
        "pause.durable",
        "charge_0",
        "its completion on record before the pause",
        "nothing on record",
        "",
    )
    assert [expected] == life.broken()


def test_a_held_completion_is_lost_with_the_worker(tell):
    """Under `on-flush` a kill loses what was held; a later flush does not bring it back."""
    life = tell(policy=Policy(durability="on-flush")).step("charge_0").recovered()
    life.flushed().step("charge_0", until="returned").recovered().step("charge_0")
    assert [] == life.completed().broken()


def test_a_flushed_completion_is_on_record(tell):
    """Under `on-flush` what was flushed is replayed."""
    life = tell(policy=Policy(durability="on-flush")).step("charge_0", "a").flushed().recovered()
    assert [] == life.replayed("charge_0", "a").completed().broken()


def test_a_kill_that_loses_a_tail_lets_the_rest_arrive(tell):
    """Under `tail-loss(2)` the first step arrives, though nothing was ever flushed."""
    life = tell(policy=Policy(durability="tail-loss(2)")).step("a_0").step("b_1")
    assert [] == life.recovered().replayed("a_0").step("b_1").completed().broken()


def test_a_replay_that_is_itself_interrupted(life):
    """An attempt that dies while it replays changes nothing for the next."""
    life.step("a_0", 1).step("b_1", 2).recovered().replayed("a_0", 1).calls("b_1")
    life.recovered().replayed("a_0", 1).replayed("b_1", 2)
    assert [] == life.completed().broken()


def test_a_step_that_raised_has_no_record(life):
    """A failure is not memoized: the step runs again, and may succeed."""
    life.step("a_0", until="body").entry("body.raised", "a_0", error_type="E", error="").raises(
        "a_0"
    )
    assert [] == life.recovered().step("a_0").completed().broken()


# -- memo.once -------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["event", "record", "activation"])
def test_a_durable_step_that_runs_again_is_found(life, how):
    """memo.once, whichever way the completion became durable."""
    life.step("charge_0", until="returned" if how != "event" else "answered")
    if how == "record":
        life.recorded("charge_0")
    elif how == "activation":
        life.activated("charge_0")
    life.recovered().step("charge_0", "another value", given=("another",))
    expected = ("memo.once", "charge_0", "the recorded result, without running", RAN_AGAIN, "")
    assert [expected] == life.completed().broken()


def test_a_durable_step_that_runs_in_the_third_attempt_is_found(life):
    """memo.once holds in every later attempt, not in the next one only."""
    life.step("a_0").recovered().replayed("a_0").recovered().step("a_0")
    expected = ("memo.once", "a_0", "the recorded result, without running", RAN_AGAIN, "")
    assert [expected] == life.completed().broken()


def test_a_step_that_a_kill_let_arrive_must_not_run_again(tell):
    """memo.once under `tail-loss(1)`: only the last event was lost, the completion was not."""
    life = tell(policy=Policy(durability="tail-loss(1)")).step("a_0").step("b_1", until="started")
    life.recovered().step("a_0")
    expected = ("memo.once", "a_0", "the recorded result, without running", RAN_AGAIN, "")
    assert [expected] == life.completed().broken()


# -- memo.value ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lived", "replayed", "cause"),
    [
        ((1, 2), [1, 2], "type-lost"),
        ({"a": (1,)}, {"a": [1]}, "type-lost"),
        ({1: "a"}, {"1": "a"}, "type-lost"),
        ({None: 1, True: 2}, {"null": 1, "true": 2}, "type-lost"),
        ({"id": "a"}, {"id": "b"}, "other-value"),
        (1, 1.5, "other-value"),
        (1, None, "other-value"),
        (b"a", "a", "type-lost"),
        ({1}, [1], "type-lost"),
        ({1, 2}, "{1, 2}", "repr"),
        ({"a": {1}, "b": 2}, {"a": "{1}", "b": 2}, "repr"),
        ([{1}, "x"], ["{1}", "x"], "repr"),
        ({"a": {1}, "b": 2}, {"a": "{1}", "b": 3}, "other-value"),
        ({1, 2}, 5, "other-value"),
        ("a", "b", "other-value"),
    ],
)
def test_a_replay_that_returns_another_thing_is_found(life, lived, replayed, cause):
    """memo.value tells what lost its type in JSON from what is another value."""
    life.step("a_0", lived).recovered().replayed("a_0", replayed)
    expected = ("memo.value", "a_0", repr(lived), repr(replayed), cause)
    assert [expected] == life.completed().broken()


def test_an_object_that_comes_back_as_a_dict_has_lost_its_type(life):
    """memo.value: a dataclass is the commonest thing to lose its type."""
    life.step("a_0", Receipt(5, ("x",))).recovered().replayed("a_0", {"amount": 5, "tags": ["x"]})
    (found,) = life.completed().broken()
    assert ("memo.value", "a_0", "type-lost") == (found[0], found[1], found[4])


def test_the_value_a_dead_attempt_made_but_never_saw_counts(life):
    """memo.value: the completion was durable, so the body's own result is what must come back."""
    life.step("a_0", 5, until="completed").recovered().replayed("a_0", 6)
    assert [("memo.value", "a_0", "5", "6", "other-value")] == life.completed().broken()


def test_what_the_workflow_saw_counts_and_not_what_the_body_made(life):
    """memo.value: the SDK may make something else of a result before the workflow sees it."""
    life.step("a_0", (1, 2), until="completed").answers_call("a_0", [1, 2])
    assert [] == life.recovered().replayed("a_0", [1, 2]).completed().broken()


def test_a_body_without_an_end_has_no_value_to_compare(life):
    """memo.value: the completion is on record, and nobody noted what it was."""
    life.step("a_0", until="completed", without=("returned",)).recovered().replayed("a_0", 7)
    assert [] == life.completed().broken()


def test_a_replay_that_takes_anothers_result_is_told_apart(life):
    """memo.value, and memo.distinct, which must: both ran live, and share a record on replay."""
    life.step("step:x:0", 1, record="x").step("step:x:1", 2, record="x").recovered()
    life.replayed("step:x:0", 1, record="x").replayed("step:x:1", 1, record="x")
    assert ("memo.value", "step:x:1", "2", "1", "same-name") in life.completed().broken()
    assert {"memo.distinct", "memo.value"} == {found[0] for found in life.broken()}


def test_a_lost_first_result_does_not_bind_the_replay(tell):
    """memo.value compares with the completion on record, not with the one that was lost."""
    life = tell(policy=Policy(durability="on-flush")).step("a_0", "lost").recovered()
    life.step("a_0", "kept").flushed().recovered().replayed("a_0", "kept")
    assert [] == life.completed().broken()


def test_a_replay_of_what_a_kill_let_arrive_is_compared_too(tell):
    """memo.value under `tail-loss(0)`: the record was made by the attempt that died."""
    life = (
        tell(policy=Policy(durability="tail-loss(0)")).step("a_0", 1).recovered().replayed("a_0", 2)
    )
    assert [("memo.value", "a_0", "1", "2", "other-value")] == life.completed().broken()


def test_a_replay_that_raises_is_found(life):
    """memo.value: what returned live must not raise on replay, with the same inputs."""
    life.step("a_0", 5).recovered().calls("a_0").raises("a_0", "corrupt")
    assert [
        ("memo.value", "a_0", "5", "ValueError: corrupt", "raised")
    ] == life.completed().broken()


def test_a_replay_refused_for_its_inputs_is_told_once(life):
    """With other inputs it is memo.input that speaks, and memo.value keeps quiet."""
    life.step("a_0", 5, given=(1,)).recovered().calls("a_0", given=(2,)).raises("a_0", "conflict")
    assert ["memo.input"] == [found[0] for found in life.completed().broken()]


def test_a_generator_has_no_one_value_to_compare(life):
    """A streamed body records how many items it gave, which is no value."""
    life.step("a_0", until="body").entry("body.returned", "a_0", items=2)
    life.emit("workflow.step.completed", "a_0@0", step="a_0", completes="a_0")
    assert [] == life.recovered().replayed("a_0", [1, 2]).completed().broken()


# -- memo.identity ---------------------------------------------------------------------


def test_another_step_in_the_same_place_is_found(life):
    """memo.identity: the replay took another path."""
    life.step("a_0").step("b_1", until="body").recovered().replayed("a_0").step("c_1")
    assert [("memo.identity", "b_1", "b_1", "c_1", "other-path")] == life.completed().broken()


def test_another_sleep_in_the_same_place_is_found(life):
    """memo.identity holds for sleeps too."""
    life.sleeps("sleep:x:0", 5).recovered().slept("sleep:y:0", 5)
    assert [
        ("memo.identity", "sleep:x:0", "sleep:x:0", "sleep:y:0", "other-path")
    ] == life.completed().broken()


def test_a_counter_that_branches_share_is_told_apart(life):
    """memo.identity: the same call of a branch, numbered by who came first."""
    for mine, others in (("a_0", "b_1"), ("a_1", "b_0")):
        with life.inside("0"):
            life.step(mine, until="body")
        with life.inside("1"):
            life.step(others, until="body")
        life.killed().dispatched()
    assert [
        ("memo.identity", "a_0", "a_0", "a_1", "shared-counter"),
    ] == life.broken()


def test_one_finding_an_attempt_is_enough(life):
    """memo.identity: where one call is shifted, all later ones are; the first is told."""
    life.step("a_0", until="called").step("b_1", until="called").recovered()
    life.step("c_0", until="called").step("d_1", until="called").recovered()
    assert [("memo.identity", "a_0", "a_0", "c_0", "other-path")] == life.broken()


# -- memo.distinct, memo.executed ------------------------------------------------------


def nested(life, following):
    """A step is called inside the body of another; on replay only `following` comes after it."""
    life.calls("a_0").entry("body.started", "a_0").calls("i_1", within="a_0")
    life.answers_call("i_1", 1).entry("body.returned", "a_0", value=freeze(1))
    life.emit("workflow.step.completed", "a", step="a_0", completes="a_0").answers_call("a_0", 1)
    life.step("b_2").recovered(completed=("a_0",))
    return life.calls("a_0").answers_call("a_0", 1).calls(following).broken()


def test_a_step_inside_a_body_that_a_replay_leaves_out_is_none_of_its_calls(life):
    """memo.identity holds: the steps of the workflow itself have the numbers they had."""
    assert not {"memo.identity"} & {finding[0] for finding in nested(life, "b_2")}


def test_a_step_inside_a_body_that_is_counted_renumbers_those_after_it(life):
    """memo.identity: the second step of the workflow itself is meant, not the one inside."""
    assert ("memo.identity", "b_2", "b_2", "b_1", "nested-counter") in nested(life, "b_1")


def test_a_step_inside_a_later_body_renumbers_nothing_before_it(life):
    """memo.identity: the workflow itself took another path, and is not excused."""
    life.step("b_1").calls("a_2").entry("body.started", "a_2").calls("i_3", within="a_2")
    life.recovered().calls("b_0").calls("a_2").answers_call("a_2", 1)
    assert ("memo.identity", "b_1", "b_1", "b_0", "other-path") in life.broken()


def test_a_step_inside_a_body_is_in_another_place_than_one_outside(life):
    """memo.input: a counted step is given the record of one that was called in a body."""
    life.calls("a_0").entry("body.started", "a_0").step("x_1", given=1, within="a_0")
    life.entry("body.returned", "a_0", value=freeze(1))
    life.emit("workflow.step.completed", "a", step="a_0", completes="a_0").answers_call("a_0", 1)
    life.recovered(completed=("a_0", "x_1")).calls("a_0").answers_call("a_0", 1)
    life.calls("x_1", given=2).answers_call("x_1", 1)
    assert ["nested-counter"] == [f[-1] for f in life.broken() if f[0] == "memo.input"]


def test_two_steps_of_one_record_are_found_once(life):
    """memo.distinct, and memo.executed of the step that never ran; both on the same cause."""
    life.step("step:x:0", 5, record="x").replayed("step:x:1", 5, record="x")
    distinct = (
        "memo.distinct",
        "step:x:1",
        "records of their own for step:x:0 and step:x:1",
        "one record, 'x'",
        "same-name",
    )
    executed = ("memo.executed", "step:x:1", "its body to run", "the answer 5", "same-name")
    assert [distinct, executed] == life.completed().broken()


def test_a_record_that_is_shared_in_every_attempt_is_told_once(life):
    """memo.distinct tells of a record once a run, however often it is used."""
    life.step("step:x:0", record="x").step("step:x:1", record="x").recovered()
    life.replayed("step:x:0", record="x").replayed("step:x:1", record="x")
    assert ["memo.distinct"] == [found[0] for found in life.completed().broken()]


def test_the_same_step_in_two_attempts_shares_its_record_with_itself(life):
    """memo.distinct is about two calls of one attempt."""
    life.step("step:x:0", record="x").recovered().replayed("step:x:0", record="x")
    assert [] == life.completed().broken()


def test_a_body_that_returned_and_runs_again_is_found(life):
    """memo.executed: one call, one body that returns; one that raised may be tried again."""
    life.calls("a_0").entry("body.started", "a_0").entry("body.raised", "a_0")
    for _ in range(2):
        life.entry("body.started", "a_0").entry("body.returned", "a_0", value=freeze(1))
    life.answers_call("a_0", 1)
    found = ("memo.executed", "a_0", "one body that returns", "3 bodies", "body-again")
    assert found in life.broken()
    assert 1 == len([f for f in life.broken() if f[0] == "memo.executed"])


def test_an_answer_out_of_nowhere_is_found(life):
    """memo.executed: no body, and nothing on record."""
    assert [("memo.executed", "a_0", "its body to run", "the answer 7", "")] == life.replayed(
        "a_0", 7
    ).broken()


def test_a_step_known_before_it_was_called_is_needed(life):
    """memo.executed: a record that came after the call explains nothing."""
    life.replayed("a_0", 7).activated("a_0")
    assert [("memo.executed", "a_0", "its body to run", "the answer 7", "")] == life.broken()


def test_a_step_whose_record_another_attempt_filled_is_told_apart(life):
    """memo.executed: branches that share a counter take each other's records."""
    with life.inside("0"):
        life.step("step:x:0", 1, record="x")
    life.recovered()
    with life.inside("0"):
        life.calls("step:y:0")
    with life.inside("1"):
        life.replayed("step:x:1", 1, record="x")
    found = ("memo.executed", "step:x:1", "its body to run", "the answer 1", "shared-counter")
    assert found in life.broken()
    assert {"memo.executed", "memo.identity"} == {finding[0] for finding in life.broken()}


def test_a_step_on_another_path_that_takes_a_record_is_told_apart(life):
    """memo.executed: without branches it is the workflow that went another way."""
    life.step("step:x:0", 1, record="x").recovered().calls("step:y:0").replayed(
        "step:x:1", 1, record="x"
    )
    found = ("memo.executed", "step:x:1", "its body to run", "the answer 1", "other-path")
    assert found in life.broken()
    assert {"memo.executed", "memo.identity"} == {finding[0] for finding in life.broken()}


def test_a_call_that_raised_or_waits_need_not_have_run(life):
    """memo.executed asks for nothing of a call without a value."""
    assert [] == life.calls("a_0").raises("a_0").calls("b_1").broken()


# -- memo.input ------------------------------------------------------------------------


def test_a_replay_with_other_inputs_is_found(life):
    """memo.input: the workflow drew something outside of a step and handed it to one."""
    life.step("a_0", given=("id-1",)).recovered().replayed("a_0", given=("id-2",))
    expected = ("memo.input", "a_0", "(('id-1',), {})", "(('id-2',), {})", "other-input")
    assert [expected] == life.completed().broken()


@pytest.mark.parametrize(
    ("first", "second", "cause"),
    [("0", "1", "shared-counter"), ("1", "0", "shared-counter"), ("0", "0", "other-input")],
)
def test_a_counter_that_branches_share_is_told_apart_by_its_inputs(life, first, second, cause):
    """memo.input: the step of one branch took the number, and the record, of another's."""
    with life.inside(first):
        life.step("step:x:0", given=("red",))
    life.recovered()
    with life.inside("2"):
        life.step("step:other:1", until="called")
    with life.inside(second):
        life.replayed("step:x:0", given=("blue",))
    assert ("memo.input", "step:x:0", "(('red',), {})", "(('blue',), {})", cause) in life.broken()
    assert {"memo.input"} == {finding[0] for finding in life.broken()}


def test_inputs_that_only_lost_their_type_have_a_cause_of_their_own(life):
    """memo.input: a tuple that came back as a list is handed on; nothing was drawn."""
    life.step("a_0", given=((1, 2),)).recovered().replayed("a_0", given=([1, 2],))
    expected = ("memo.input", "a_0", "(((1, 2),), {})", "(([1, 2],), {})", "type-lost")
    assert [expected] == life.completed().broken()


def test_a_step_that_runs_again_may_be_given_other_inputs(life):
    """memo.input: there is no record to contradict."""
    life.step("a_0", given=(1,), until="returned").recovered().step("a_0", given=(2,))
    assert [] == life.completed().broken()


def test_inputs_are_held_against_the_call_on_record(life):
    """memo.input: not against the first call, which died and left nothing."""
    life.step("a_0", given=(1,), until="body").recovered().step("a_0", given=(2,))
    life.recovered().replayed("a_0", given=(2,))
    assert [] == life.completed().broken()
