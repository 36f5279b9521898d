"""Each sleep lasts as long as it says, counted from its first start."""

from __future__ import annotations

import pytest

from agnt5_sim.platform import Policy

NAP = "sleep:nap:0"


def test_a_sleep_in_process_keeps_its_time(life):
    """Called, begun, over after its seconds."""
    assert [] == life.slept(NAP, 5).completed().broken()


@pytest.mark.parametrize("seconds", [0, -1, 0.25, "soon", None])
def test_odd_durations_are_no_finding(life, seconds):
    """Nothing, less than nothing, and what is no number at all return at once."""
    life.sleeps(NAP, seconds).after(0.25).wakes(NAP)
    assert [] == life.completed().broken()


def test_a_resumed_sleep_lasts_what_was_left(life):
    """Killed after 2 of 60 seconds, back after 30 more: 28 are left."""
    life.sleeps(NAP, 60).falls_asleep(NAP).after(2).recovered()
    life.sleeps(NAP, 60).after(28).wakes(NAP)
    assert [] == life.completed().broken()


def test_a_resumed_sleep_past_its_end_returns_at_once(life):
    """The lease took longer than the sleep: nothing is left of it."""
    life.sleeps(NAP, 5).falls_asleep(NAP).after(2).recovered().sleeps(NAP, 5).wakes(NAP)
    assert [] == life.completed().broken()


def test_a_sleep_that_had_returned_returns_at_once_on_replay(life):
    """Its time passed before the worker died."""
    life.slept(NAP, 5).step("a_1", until="body").recovered().sleeps(NAP, 5).wakes(NAP).step("a_1")
    assert [] == life.completed().broken()


def test_a_sleep_whose_start_nobody_heard_of_begins_anew(life):
    """Killed before its beginning was durable: the next attempt starts it for the first time."""
    life.sleeps(NAP, 5).recovered().slept(NAP, 5)
    assert [] == life.completed().broken()


def test_a_suspended_sleep_is_resumed_by_its_timer(tell):
    """Nothing is said of it but the report; the timer brings the run back."""
    life = (
        tell(profile="activation").sleeps(NAP, 5).report("suspended", timer="sleep:nap", delay=5.0)
    )
    life.after(5).dispatched(resumes="suspended").sleeps(NAP, 5).answers_call(
        NAP, None, call="sleep"
    )
    assert [] == life.completed().broken()


def test_a_suspension_may_round_up_to_a_millisecond(tell):
    """Timers count whole milliseconds."""
    life = tell().sleeps(NAP, 0.0001).report("suspended", timer="sleep:nap", delay=0.001)
    life.after(0.001).dispatched(resumes="suspended").sleeps(NAP, 0.0001)
    assert [] == life.answers_call(NAP, None, call="sleep").completed().broken()


def test_a_sleep_in_process_is_not_rounded(life):
    """sleep.remainder: only a suspension is counted in whole milliseconds."""
    life.slept(NAP, 5, lasts=5.0005)
    assert [
        ("sleep.remainder", NAP, "back by 5 s", "back at 5.0005 s", "")
    ] == life.completed().broken()


def test_a_bare_platform_knows_nothing_of_sleeps(tell):
    """Under `bare` each attempt sleeps its whole time again, as the platform would have it."""
    life = tell(policy=Policy(sleep_records="bare")).sleeps(NAP, 60).falls_asleep(NAP).after(50)
    assert [] == life.recovered().slept(NAP, 60).completed().broken()


def test_a_start_that_a_kill_lost_is_no_start(tell):
    """Under `on-flush` the sleep's beginning died with the worker: it lasts its whole time."""
    life = tell(policy=Policy(durability="on-flush")).sleeps(NAP, 60).falls_asleep(NAP).after(50)
    life.recovered().flushed().slept(NAP, 60)
    assert [] == life.completed().broken()


def test_a_start_counts_from_when_it_was_and_not_from_when_it_was_flushed(tell):
    """sleep.remainder: a late flush makes no sleep any longer."""
    life = (
        tell(policy=Policy(durability="on-flush"))
        .sleeps(NAP, 60)
        .falls_asleep(NAP)
        .after(20)
        .flushed()
    )
    life.recovered().slept(NAP, 60, lasts=30)
    assert [
        ("sleep.remainder", NAP, "back by 60 s", "back at 80 s", "")
    ] == life.completed().broken()


def test_sleeps_of_branches_last_side_by_side(life):
    """Two sleeps at once, each with its own record and time."""
    with life.inside("0"):
        life.sleeps("sleep:a:0", 5).falls_asleep("sleep:a:0")
    with life.inside("1"):
        life.sleeps("sleep:b:1", 8).falls_asleep("sleep:b:1")
        life.after(5)
    with life.inside("0"):
        life.wakes("sleep:a:0")
    with life.inside("1"):
        life.after(3).wakes("sleep:b:1")
    assert [] == life.completed().broken()


def test_a_sleep_of_a_branch_that_lasts_too_long_is_told_apart(life):
    """sleep.remainder: beside others, a sleep may wait for what they do."""
    with life.inside("0"):
        life.sleeps(NAP, 5).falls_asleep(NAP).after(8).wakes(NAP)
    assert [
        ("sleep.remainder", NAP, "back by 5 s", "back at 8 s", "sibling")
    ] == life.completed().broken()


@pytest.mark.parametrize("lasts", [0, 4.99])
def test_a_sleep_that_returns_too_early_is_found(life, lasts):
    """sleep.duration."""
    life.slept(NAP, 5, lasts=lasts)
    expected = ("sleep.duration", NAP, "at least 5 s from its start at 0 s", f"{lasts:g} s", "")
    assert [expected] == life.completed().broken()


def test_a_resumed_sleep_that_returns_too_early_is_found(life):
    """sleep.duration counts from the first start, whichever attempt it was in."""
    life.sleeps(NAP, 60).falls_asleep(NAP).recovered().slept(NAP, 60, lasts=10)
    expected = ("sleep.duration", NAP, "at least 60 s from its start at 0 s", "40 s", "")
    assert [expected] == life.completed().broken()


def test_a_resumed_sleep_that_starts_over_is_found(life):
    """sleep.remainder: 58 of 60 seconds were over or nearly so, and it slept 60 more."""
    life.sleeps(NAP, 60).falls_asleep(NAP).recovered().slept(NAP, 60)
    assert [
        ("sleep.remainder", NAP, "back by 60 s", "back at 90 s", "")
    ] == life.completed().broken()


def test_a_sleep_past_its_end_that_lasts_on_is_found(life):
    """sleep.remainder: it should have returned at once."""
    life.sleeps(NAP, 5).falls_asleep(NAP).recovered().slept(NAP, 5, lasts=1)
    assert [
        ("sleep.remainder", NAP, "back by 30 s", "back at 31 s", "")
    ] == life.completed().broken()


def test_a_suspended_sleep_that_starts_over_is_found(tell):
    """sleep.remainder: the timer had fired, and the attempt it woke slept again."""
    life = tell().sleeps(NAP, 5).report("suspended", timer="sleep:nap", delay=5.0)
    life.after(5).dispatched(resumes="suspended").slept(NAP, 5)
    assert [
        ("sleep.remainder", NAP, "back by 5.001 s", "back at 10 s", "")
    ] == life.completed().broken()


@pytest.mark.parametrize(("branch", "cause"), [("", ""), ("1", "sibling")])
def test_a_sleep_suspended_for_longer_than_was_left_is_found(life, branch, cause):
    """sleep.remainder: resumed for another sleep, it was suspended for its whole time again."""
    for number in (0, 1):
        with life.inside(branch):
            life.sleeps(NAP, 5)
        life.report("suspended", timer="sleep:nap", delay=5.0)
        life.after(3 if number == 0 else 5).dispatched(resumes="suspended")
    expected = ("sleep.remainder", NAP, "resumed by 5.001 s", "resumed at 8 s", cause)
    assert [expected] == life.broken()


def test_a_suspended_sleep_that_is_suspended_for_the_rest_keeps_its_time(life):
    """sleep.remainder: resumed early for something else, it is suspended for what is left."""
    life.sleeps(NAP, 5).report("suspended", timer="sleep:nap", delay=5.0).after(3)
    life.dispatched(resumes="suspended").sleeps(NAP, 5).report(
        "suspended", timer="sleep:nap", delay=2.0
    )
    life.after(2).dispatched(resumes="suspended").sleeps(NAP, 5).answers_call(
        NAP, None, call="sleep"
    )
    assert [] == life.completed().broken()


def test_a_suspension_is_held_against_the_sleep_it_was_for(life):
    """sleep.remainder: the short sleep was over, and it is the long one that suspends the run."""
    life.slept(NAP, 5).sleeps("sleep:long:1", 60).report(
        "suspended", timer="sleep:long", delay=60.0
    )
    life.after(60).dispatched(resumes="suspended").sleeps(NAP, 5).wakes(NAP)
    life.sleeps("sleep:long:1", 60).wakes("sleep:long:1")
    assert [] == life.completed().broken()


def test_a_sleep_too_short_beside_others_is_no_namesake_of_them(life):
    """sleep.duration: only sleeps that share its record explain it."""
    life.slept(NAP, 5).slept("sleep:tea:1", 5, lasts=0)
    expected = ("sleep.duration", "sleep:tea:1", "at least 5 s from its start at 5 s", "0 s", "")
    assert [expected] == life.completed().broken()


def test_a_sleep_that_raised_need_not_last(life):
    """Neither duration nor remainder asks anything of a sleep that raised, or never returned."""
    life.sleeps(NAP, 5).falls_asleep(NAP).raises(NAP, call="sleep")
    life.emit("workflow.step.failed", f"{NAP}@0", step=NAP).sleeps("sleep:nap:1", 5, record="own")
    assert [] == life.completed().broken()


def test_two_sleeps_of_one_record_are_found(life):
    """sleep.distinct, and sleep.duration of the second, which is taken for the first."""
    life.slept("sleep:nap:0", 5).slept("sleep:nap:1", 5, lasts=0)
    duration = (
        "sleep.duration",
        "sleep:nap:1",
        "at least 5 s from its start at 5 s",
        "0 s",
        "same-name",
    )
    distinct = (
        "sleep.distinct",
        "sleep:nap:1",
        "records of their own for sleep:nap:0 and sleep:nap:1",
        "one record, 'sleep:nap'",
        "same-name",
    )
    assert [duration, distinct] == life.completed().broken()


def test_a_shared_record_is_told_once_a_run(life):
    """sleep.distinct does not repeat itself in every attempt."""
    life.slept("sleep:nap:0", 5).slept("sleep:nap:1", 5).recovered()
    life.sleeps("sleep:nap:0", 5).wakes("sleep:nap:0").sleeps("sleep:nap:1", 5).wakes("sleep:nap:1")
    assert ["sleep.distinct"] == [found[0] for found in life.completed().broken()]
