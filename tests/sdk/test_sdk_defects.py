"""Every known defect of the SDK, by its smallest reproduction.

Each test fails when the defect is gone from the installed release; then the release range in
`agnt5_sim/judging/diagnosis` ends before it. They are written up in `docs/sdk-defects.md`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import wf_defects as wf
from packaging.version import Version
from sdk_cases import HARMLESS, judged, live, reply, swept

from agnt5_sim import simulate
from agnt5_sim.judging import GUARANTEE_IDS
from agnt5_sim.judging.diagnosis import DEFECTS
from agnt5_sim.platform import VersionConflict
from agnt5_sim.sdk.generations.detect import installed

PROFILES = installed().profiles
RELEASE = Version(installed().version)


def shown_in(**ids):
    """Run a test in the profiles that have a defect: profile → its id there."""
    return pytest.mark.parametrize(
        ("profile", "known"), [(p, ids[p]) for p in PROFILES if p in ids] or [_NONE]
    )


def gone_in(*profiles):
    """Run a test in the profiles that never had a defect the other generation has."""
    return pytest.mark.parametrize("profile", [p for p in PROFILES if p in profiles] or [_ABSENT])


_NONE = pytest.param("", "", marks=pytest.mark.skip("not in this generation of the SDK"))
_ABSENT = pytest.param("", marks=pytest.mark.skip("not in this generation of the SDK"))


def same(identity_of):
    """Return the ids of a defect both generations have, one number each."""
    return shown_in(seed=identity_of[0], activation=identity_of[1], compat=identity_of[1])


@shown_in(seed="A01")
def test_a_recovering_attempt_announces_itself_as_a_start(profile, known):
    """`Worker._execute_workflow` sets `is_replay` to `bool(completed_steps)`, which are none yet."""
    found = {each for each in swept(wf.sdk_d_nothing, profile) if each[-1] != "A19"}
    assert {("events.started", "nothing-completed", known)} == found


@shown_in(seed="A02")
def test_branches_share_one_stack_of_parents(profile, known):
    """`WorkflowContext._step_event_stack` is a plain list that all tasks push to."""
    assert ("events.parent", "parallel", known) in swept(wf.sdk_d_parallel, profile)


@gone_in("activation", "compat")
def test_generation_e_keeps_a_stack_of_parents_for_each_branch(profile):
    """`_TaskLocalStepEventStack` is a context variable: the defect of the seed is gone."""
    assert "events.parent" not in {
        each[0] for each in swept(wf.sdk_d_parallel, profile) if each[2] != "E01"
    }


@shown_in(seed="A03", compat="E03")
def test_the_second_step_of_a_name_is_given_the_result_of_the_first(profile, known):
    """`_step_checkpoint` looks a step up by `has_completed_step(name)`, without its number."""
    assert ["a", "a"] == simulate(wf.sdk_d_loop, profile=profile).output
    found = swept(wf.sdk_d_loop, profile)
    assert {
        ("memo.distinct", "same-name", known),
        ("memo.executed", "same-name", known),
    } <= found


@gone_in("activation")
def test_activations_tell_steps_of_one_name_apart(profile):
    """`stable_step_key` has the step's number in it: no defect in this profile."""
    assert ["a", "b"] == simulate(wf.sdk_d_loop, profile=profile).output
    assert set() == {each for each in swept(wf.sdk_d_loop, profile) if each[2] != "E01"}


@same(("A04", "E02"))
def test_branches_count_their_steps_on_one_counter(profile, known):
    """`WorkflowContext._step_counter` numbers steps as they begin, which a replay changes."""
    found = swept(wf.sdk_d_branches, profile)
    assert ("memo.identity", "shared-counter", known) in found
    assert ("result.same", "shared-counter", known) in found


@same(("A18", "E20"))
def test_a_step_inside_a_body_is_counted(profile, known):
    """`WorkflowContext._step_counter` counts it too, and a replay does not run the body."""
    found = swept(wf.sdk_d_steps_after_a_nested_one, profile)
    assert ("memo.identity", "nested-counter", known) in found
    assert ("result.same", "nested-counter", known) in found


@same(("A05", "E05"))
def test_an_awaitable_is_dropped_on_replay(profile, known):
    """`_step_checkpoint` and `ActivationClient.run` return the record, and leave the awaitable."""
    assert ("world.awaited", "replayed-awaitable", known) in swept(wf.sdk_d_awaitable, profile)


@same(("A06", "E06"))
def test_branches_go_on_when_their_run_is_over(profile, known):
    """`WorkflowContext.parallel` is a bare `asyncio.gather`, and the worker cancels no task."""
    found = swept(wf.sdk_d_failing_branch, profile)
    assert {("quiet.after", "sibling", known), ("events.paired", "sibling", known)} <= found


@shown_in(activation="E07")
def test_sleeps_in_branches_begin_one_after_the_other(profile, known):
    """`run_durable_sleep` suspends by an exception, of which `asyncio.gather` keeps the first."""
    outcome = simulate(wf.sdk_d_sleeping_branches, profile=profile)
    assert 15.0 == outcome.history[-1].time
    assert ("sleep.remainder", "sibling", known) in swept(wf.sdk_d_sleeping_branches, profile)


@gone_in("seed", "compat")
def test_sleeps_in_the_process_overlap(profile):
    """Where a sleep is `asyncio.sleep`, two of them take the time of the longer."""
    assert 10.0 == simulate(wf.sdk_d_sleeping_branches, profile=profile).history[-1].time


@same(("A07", "E04"))
def test_the_second_sleep_of_a_name_does_not_sleep(profile, known):
    """`WorkflowContext.sleep` records and looks up `sleep:{name}`, without its number."""
    assert 60.0 == simulate(wf.sdk_d_polling, profile=profile).history[-1].time
    found = swept(wf.sdk_d_polling, profile)
    assert {("sleep.distinct", "same-name", known), ("sleep.duration", "same-name", known)} <= found


@same(("A08", "E08"))
def test_what_was_counted_before_a_question_counts_twice(profile, known):
    """`_execute_workflow` restores the pause's `workflow_state`, and replays from the beginning."""
    assert 2 == simulate(wf.sdk_d_count_and_ask, profile=profile, answers=reply).output
    assert ("state.replay", "resumed-snapshot", known) in swept(wf.sdk_d_count_and_ask, profile)


@shown_in(activation="E08")
def test_what_was_counted_before_a_durable_sleep_counts_twice(profile, known):
    """`run_durable_sleep` puts `workflow_state` into the continuation, with the same effect."""
    assert 2 == simulate(wf.sdk_d_count_and_sleep, profile=profile).output
    assert ("state.replay", "resumed-snapshot", known) in swept(wf.sdk_d_count_and_sleep, profile)


@same(("A09", "E09"))
def test_runs_of_one_user_overwrite_each_other(profile, known):
    """`WorkflowEntity._persist_state` loads the version right before it saves the whole snapshot."""
    user = {"user_id": "u"}
    life = live(
        profile, (0, wf.sdk_d_mark, {"mark": "a"}, user), (0.5, wf.sdk_d_mark, {"mark": "b"}, user)
    )
    assert ("scope.version", "blind-save", known) in judged(life)
    assert b'{"b": true}' == life.state_of("run-1").replace(b":true", b": true")


def refusing(life):
    """Let the platform refuse every save, as it does while others save all the time."""

    def refuse(*args, **kwargs):
        raise VersionConflict("WorkflowEntity", 0, 1)

    life.platform.save_entity = refuse


@shown_in(seed="A10")
def test_a_run_is_completed_though_its_state_was_not_saved(profile, known):
    """`workflow()` and `_execute_workflow` log an error of `_persist_state` as "non-fatal"."""
    life = live(profile, (0, wf.sdk_d_mark, {"mark": "a"}, {}), prepare=refusing)
    assert "completed" == life.platform.run("run-1").state
    assert ("state.durable", "swallowed-save", known) in judged(life)


@shown_in(activation="E17", compat="E17")
def test_a_run_whose_state_was_not_saved_fails_and_leaves_its_workflow_open(profile, known):
    """`_execute_workflow` raises STATE_PERSISTENCE_FAILED outside of what emits workflow.failed."""
    life = live(profile, (0, wf.sdk_d_mark, {"mark": "a"}, {}), prepare=refusing)
    assert "STATE_PERSISTENCE_FAILED" in life.platform.run("run-1").error
    found = judged(life)
    assert {("events.paired", "unsaved", known), ("events.parent", "unsaved", known)} == found


@shown_in(seed="A11")
def test_an_empty_answer_is_asked_for_again(profile, known):
    """`_execute_workflow` asks `if user_response:`, which an empty text is not."""
    outcome = simulate(wf.sdk_d_ask, profile=profile, answers=[""])
    assert {("pause.answer", "empty-answer", known), ("result.reached", "empty-answer", known)} == {
        (v.guarantee, v.cause, v.defect) for v in outcome.violations if v.defect != "A01"
    }


@gone_in("activation", "compat")
def test_generation_e_takes_an_empty_answer_since_0_14_4(profile):
    """`_execute_workflow` asks `if user_response is not None` there, and asked as the seed before."""
    outcome = simulate(wf.sdk_d_ask, profile=profile, answers=[""])
    if Version("0.14.4") <= RELEASE:
        assert ("completed", "", ()) == (outcome.status, outcome.output, outcome.violations)
    else:
        assert {"E18"} == {violation.defect for violation in outcome.violations}


@shown_in(seed="A12")
def test_what_a_step_streams_is_numbered_anew(profile, known):
    """`_forward_delta` counts on `_delta_sequence`, the events on the emitter's `_sequence`."""
    assert ("events.order", "delta-sequence", known) in swept(
        wf.sdk_d_stream, profile, streaming=True
    )


@shown_in(seed="A13", activation="E10", compat="E10")
def test_a_step_that_asks_is_never_closed(profile, known):
    """A pause is a BaseException: it leaves `_step_checkpoint`, and `run`, past what closes a step."""
    found = swept(wf.sdk_d_ask_in_step, profile)
    assert ("events.paired", "suspended-inside", known) in found
    assert (profile == "compat") is (("world.awaited", "suspended-inside", known) in found)


@shown_in(seed="A14", compat="E12")
def test_a_result_that_is_no_json_comes_back_as_its_repr(profile, known):
    """`record_step_completion` puts `_sanitize_for_json(result)`, a repr, into the pause's report."""
    outcome = simulate(wf.sdk_d_model_and_ask, profile=profile, answers=reply)
    assert "str" == outcome.output
    assert ("memo.value", "repr", known) in swept(wf.sdk_d_model_and_ask, profile)


@gone_in("activation")
def test_activations_bring_back_a_model_as_a_dict(profile):
    """The record of an activation is the JSON of the result: its type is lost, its content is not."""
    outcome = simulate(wf.sdk_d_model_and_ask, profile=profile, answers=reply)
    assert "dict" == outcome.output


@shown_in(seed="A15")
def test_a_function_under_another_name_is_not_found(profile, known):
    """`_step_function` looks up `handler.__name__`, and raises after it emitted the start."""
    assert "not found in registry" in simulate(wf.sdk_d_other_name, profile=profile).error
    assert ("events.paired", "never-began", known) in swept(wf.sdk_d_other_name, profile)


@same(("A16", "E16"))
def test_an_answer_goes_to_the_question_of_another_branch(profile, known):
    """`WorkflowEntity._pause_index` numbers questions as they are asked, which a replay changes."""
    outcome = simulate(
        wf.sdk_d_ask_in_branches, profile=profile, answers={"a?": "for a", "b?": "for b"}
    )
    assert ["for b", "for a"] == outcome.output
    assert ("pause.answer", "shared-index", known) in swept(wf.sdk_d_ask_in_branches, profile)


@shown_in(activation="E01", compat="E01")
def test_an_attempt_emits_under_a_workflow_that_has_completed(profile, known):
    """`_execute_workflow` emits workflow.completed and run.completed one after the other."""
    assert {("events.parent", "closed-by-the-dead", known)} == swept(wf.sdk_d_step_and_ask, profile)


@shown_in(compat="E11")
def test_what_is_called_in_a_step_names_an_unknown_parent(profile, known):
    """`_step_checkpoint` pushes `step_event_id`, and emits the start under `step_correlation_id`."""
    assert ("events.parent", "nested", known) in swept(wf.sdk_d_step_in_step, profile)


@gone_in("activation", "seed")
def test_elsewhere_what_is_called_in_a_step_names_that_step(profile):
    """The seed emits the id it pushes; an activation pushes its own."""
    assert "nested" not in {cause for _, cause, _ in swept(wf.sdk_d_step_in_step, profile)}


@shown_in(activation="E13")
def test_a_step_whose_result_cannot_be_written_stays_open(profile, known):
    """`ActivationClient.run` calls `encode_output` outside of the `try` that calls `fail`."""
    assert ("events.paired", "unencodable", known) in swept(wf.sdk_d_unwritable, profile)


@shown_in(activation="E14", compat="E14")
def test_a_streaming_function_is_never_closed(profile, known):
    """`_handle_streaming_function` emits run.completed, and no function.completed before it."""
    found = swept(wf.sdk_d_words, profile)
    assert {
        ("events.paired", "streaming-function", known),
        ("events.parent", "streaming-function", known),
    } == found


@shown_in(seed="A19")
@pytest.mark.parametrize(
    ("ran", "given", "variable"),
    [
        (wf.sdk_d_nothing, None, "_entity_state_adapter"),
        (wf.sdk_d_echo, "text", "_trace_metadata"),
    ],
    ids=["workflow", "function"],
)
def test_variables_of_the_sdks_stay_set_in_the_context(profile, known, ran, given, variable):
    """`_execute_workflow` and `_execute_function` set them, keep no token, and reset nothing."""
    (found,) = simulate(ran, given, profile=profile).accepted
    assert ("world.awaited", variable, known) == (found.guarantee, found.cause, found.defect)
    assert repr(variable) in found.message


@shown_in(activation="E15", compat="E15")
def test_the_journal_gives_the_latest_question_the_first_answer(profile, known):
    """`wait_for_user` spends `_resumed_step_name` on the first question it replays, not the latest."""
    outcome = simulate(wf.sdk_d_ask_twice, profile=profile, answers=["one", "two"])
    assert ["one", "two"] == outcome.output
    assert [("pause.answer", "journal", known)] == [
        (v.guarantee, v.cause, v.defect) for v in outcome.accepted
    ]


@same(("A17", "E19"))
@pytest.mark.parametrize(
    "workflow",
    [
        wf.sdk_d_timeout,
        wf.sdk_d_timeout_function,
        wf.sdk_d_wait_for,
        wf.sdk_d_task_group,
        wf.sdk_d_first_completed,
    ],
    ids=lambda workflow: workflow.__name__.removeprefix("sdk_d_"),
)
def test_a_step_that_is_cancelled_is_never_closed(profile, known, workflow):
    """A CancelledError is no Exception: it leaves the SDK past what closes a step.

    Nothing that runs is touched by it: a replay is cancelled again, and comes to the same.
    """
    outcome = simulate(workflow, profile=profile)
    assert ("completed", "late") == (outcome.status, outcome.output)
    found = swept(workflow, profile)
    assert ("events.paired", "cancelled", known) in found
    siblings = {"A02"} if workflow in {wf.sdk_d_task_group, wf.sdk_d_first_completed} else set()
    assert HARMLESS | siblings >= {defect for _, _, defect in found}


@shown_in(compat="E19")
def test_a_step_that_was_cancelled_is_taken_for_the_parent_of_the_next(profile, known):
    """`_step_event_stack` is popped in `except Exception` as well, and a cancelled step stays."""
    broken = live_of(wf.sdk_d_timeout, profile)
    assert ("world.awaited", "cancelled", known) in {
        (v.guarantee, v.cause, v.defect) for v in broken
    }
    (found,) = [v for v in broken if v.guarantee == "events.parent"]
    assert ("workflow.step.started/after", "cancelled", known) == (
        found.step,
        found.cause,
        found.defect,
    )


@shown_in(seed="A17", compat="E19")
def test_a_sleep_that_is_cancelled_is_never_closed(profile, known):
    """`WorkflowContext.sleep` closes what it opened only when it gets to its end."""
    assert ("events.paired", "cancelled", known) in {
        (v.guarantee, v.cause, v.defect) for v in live_of(wf.sdk_d_timeout_sleep, profile)
    }


def test_a_timeout_within_a_step_is_told(profile):
    """A TimeoutError is an Exception: a step that raises it is closed."""
    outcome = simulate(wf.sdk_d_timeout_inside, profile=profile)
    assert ("late", ()) == (outcome.output, outcome.violations)


def live_of(workflow, profile):
    """Return what a life without faults breaks, harmless or not."""
    outcome = simulate(workflow, profile=profile)
    return (*outcome.violations, *outcome.accepted)


# -- what needs no fault, and no guarantee, to show ----------------------------------------


def test_a_leading_none_is_dropped(profile):
    """`_step_function` takes a first argument of None for none at all, in both generations."""
    assert ["x", "default"] == simulate(wf.sdk_d_none_first, profile=profile).output


def test_a_function_without_context_cannot_be_a_step(profile):
    """The worker hands the context to the handler whether or not it takes one."""
    outcome = simulate(wf.sdk_d_without_context, profile=profile)
    assert "takes 1 positional argument but 2 were given" in outcome.error


def test_retries_are_ignored_in_a_step_before_0_14_4(profile):
    """`_step_function` calls `func_config.handler`, which is not what retries."""
    outcome = simulate(wf.sdk_d_retry, profile=profile)
    assert (3 if Version("0.14.4") <= RELEASE else 1) == outcome.steps[0].executions


def test_a_timeout_does_not_strike_a_durable_sleep(profile):
    """`run_durable_sleep` ends the attempt; the one that goes on finds the sleep over."""
    outcome = simulate(wf.sdk_d_timeout_sleep, profile=profile)
    expected = ("slept", 100.0) if profile == "activation" else ("late", 5.0)
    assert expected == (outcome.output, outcome.history[-1].time)


def test_the_seed_cannot_write_a_model_when_it_streams(profile):
    """`EventEmitter._queue_event` uses plain `json.dumps` for streamed events, in generation A."""
    outcome = simulate(wf.sdk_d_stream_model, profile=profile, streaming=True)
    assert ("failed" if profile == "seed" else "completed") == outcome.status


# -- the list itself -----------------------------------------------------------------------


def test_every_id_is_given_once_and_names_a_generation():
    """An id is its generation's letter and a number; `accept` takes it."""
    ids = [known.id for known in DEFECTS]
    assert sorted(set(ids)) == ids
    assert all(re.fullmatch(r"[AE]\d\d", identity) for identity in ids)
    letters = {known.id: {"seed": "A"}.get(known.profiles[0], "E") for known in DEFECTS}
    assert {identity: identity[0] for identity in ids} == letters


def test_every_defect_breaks_guarantees_there_are():
    """What a defect breaks is a guarantee and a cause; no two defects of a profile share one."""
    seen = {}
    for known in DEFECTS:
        for guarantee, cause in known.breaks:
            assert guarantee in GUARANTEE_IDS
            for profile in known.profiles:
                assert known.id == seen.setdefault((guarantee, cause, profile), known.id)


def test_every_defect_is_reproduced_here_and_written_up():
    """The tests above and the documentation name each of them."""
    here = Path(__file__).read_text()
    docs = (Path(__file__).parents[2] / "docs" / "sdk-defects.md").read_text()
    for known in DEFECTS:
        assert f'"{known.id}"' in here
        assert f"## {known.id}" in docs


@shown_in(activation="E21", compat="E21")
def test_a_reply_that_does_not_come_in_time_fails_the_run(profile, known):
    """`EventEmitter.emit_async` awaits 5 s and raises; what was emitted is in the journal."""
    found = swept(wf.sdk_d_step_and_ask, profile, faults=("lost",))
    assert ("result.same", "given-up", known) in found
    assert {("given-up", known)} == {(cause, defect) for _, cause, defect in found}


@gone_in("seed")
def test_the_seed_takes_no_reply_for_granted(profile):
    """A checkpoint that is not answered is as good as none."""
    found = swept(wf.sdk_d_step_and_ask, profile, faults=("lost", "slow"))
    assert set() == {defect for _, _, defect in found} - HARMLESS
