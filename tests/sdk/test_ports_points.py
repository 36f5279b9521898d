"""Every place a program crosses is a fault point, and what a plan says there happens there."""

from __future__ import annotations

from typing import Any

import pytest
import wf_points as wf

from agnt5_sim import Point, simulate
from agnt5_sim.faults import Sort
from agnt5_sim.sdk.generations.detect import installed

BODY, AWAIT, THREAD = "body:step:s:0#1", "await:step:s:0#{}", "thread:step:s:0#1"
AWAITS = [AWAIT.format(number) for number in (1, 2, 3)]
INSIDE = {
    wf.points_callable: [BODY],
    wf.points_coroutine: [BODY, *AWAITS],
    wf.points_awaitable: [BODY, *AWAITS],
    wf.points_late_coroutine: [BODY, *AWAITS],
    wf.points_generator: [BODY, AWAITS[0]],
    wf.points_generator_object: [BODY, AWAITS[0]],
    wf.points_late_generator: [BODY, AWAITS[0]],
    wf.points_thread: [BODY, AWAITS[0], THREAD],
    wf.points_state: [],
}
BEGINS = {
    "seed": ["queue:workflow.started#1", "flush:checkpoints#1"],
    "activation": ["emit:run.started+workflow.started#1"],
    "compat": ["emit:run.started+workflow.started#1"],
}
ENDS = {
    "seed": ["queue:workflow.completed#1", "flush:checkpoints#2", "report:completed#1"],
    "activation": ["emit:workflow.completed#1", "emit:run.completed#1"],
    "compat": ["emit:workflow.completed#1", "emit:run.completed#1"],
}
STEP = {
    "seed": (
        ["step.started:step:s:0#1", "queue:workflow.step.started/s#1"],
        ["step.completed:step:s:0#1", "queue:workflow.step.completed/s#1"],
    ),
    "activation": (["begin:step:s:0#1"], ["complete:step:s:0#1"]),
    "compat": (["emit:workflow.step.started/s#1"], ["emit:workflow.step.completed/s#1"]),
}
SAVE = ["state.load:run#1", "state.save:run#1"]
IN_PROCESS = [profile for profile in installed().profiles if profile != "activation"]


def named(workflow: Any) -> str:
    """Name a workflow for pytest."""
    return workflow.__name__.removeprefix("points_")


def points(workflow: Any, profile: str) -> list[Point]:
    """Return the points of a life without faults."""
    return list(simulate(workflow, profile=profile).points)


# -- what is a point -------------------------------------------------------------------------


@pytest.mark.parametrize("workflow", INSIDE, ids=named)
def test_bodies_awaits_and_threads_are_points(workflow, profile):
    """Entering a body is one, whatever its kind, every await in it, and a thread's job."""
    inside = {"body", "await", "thread"}
    found = [str(p) for p in points(workflow, profile) if p.kind in inside]
    assert INSIDE[workflow] == found


def inside_of(target: Any, profile: str, **how: Any) -> list[str]:
    """Return kind and occurrence of the points in the only body of a life."""
    found = [
        p for p in simulate(target, profile=profile, **how).points if p.kind in {"body", "await"}
    ]
    assert 1 == len({p.name for p in found})
    return [f"{p.kind}#{p.occurrence}" for p in found]


@pytest.mark.parametrize(
    ("target", "inside"),
    [
        (wf.points_function, ["body#1", "await#1", "await#2"]),
        (wf.points_wait, ["body#1", "await#1", "await#2"]),
        (wf.points_streaming_function, ["body#1", "await#1"]),
        (wf.points_stream, ["body#1", "await#1"]),
    ],
    ids=["in a step", "by itself", "streaming in a step", "streaming by itself"],
)
def test_the_body_of_a_function_is_a_point(target, inside, profile):
    """Of a @function, as a step and as a run of its own, and every await in it."""
    assert inside == inside_of(target, profile)


@pytest.mark.parametrize(
    "workflow",
    [wf.points_callable, wf.points_coroutine, wf.points_awaitable, wf.points_generator_object],
    ids=named,
)
def test_a_stub_is_entered_as_the_body_is(workflow, profile):
    """Where another stands in for a body, it is a point too."""
    assert ["body#1"] == inside_of(workflow, profile, stubs={"s": 1})


def test_the_stub_of_a_function_is_entered_as_the_body_is(profile):
    """It is a point too."""
    assert ["body#1"] == inside_of(wf.points_function, profile, stubs={wf.points_wait: 1})


@pytest.mark.parametrize("workflow", [*INSIDE, wf.points_sleep], ids=named)
def test_every_point_is_of_a_sort(workflow, profile):
    """So that each kind of fault knows whether it can strike there."""
    assert [] == [str(p) for p in points(workflow, profile) if p.sort is Sort.UNKNOWN]


def test_everything_a_step_sends_is_a_point(profile):
    """The events and records around a step, in their order; a batch is one."""
    before, after = STEP[profile]
    expected = [*BEGINS[profile], *before, BODY, *after, *ENDS[profile]]
    assert expected == [str(p) for p in points(wf.points_callable, profile)]


def test_loading_and_saving_state_are_points(profile):
    """In the order in which the worker does it."""
    begins, ends = BEGINS[profile], ENDS[profile]
    changed = [f"{'queue' if profile == 'seed' else 'emit'}:workflow.state.changed/n#1"]
    expected = (
        [*begins, *changed, ends[0], *SAVE, *ends[1:]]
        if profile == "seed"
        else [*begins, *changed, *SAVE, *ends]
    )
    assert expected == [str(p) for p in points(wf.points_state, profile)]


@pytest.mark.parametrize("profile", IN_PROCESS)
def test_a_sleep_in_the_process_is_a_point(profile):
    """One for each time it is slept, after the program called it."""
    assert ["sleep:sleep:s:0#1"] == [
        str(p) for p in points(wf.points_sleep, profile) if p.kind == "sleep"
    ]


# -- before and after ------------------------------------------------------------------------


def struck(workflow: Any, plan: str, profile: str) -> tuple[list[Any], Any]:
    """Live under a plan of one kill; return what came before the kill, and the kill's entry."""
    outcome = simulate(workflow, profile=profile, faults=plan)
    assert ((), 1) == (outcome.missed, len(outcome.history.select("fault.kill")))
    (kill,) = outcome.history.select("fault.kill")
    assert plan == kill.name
    return outcome.history[: kill.index], kill


def effects(entries: list[Any], point: Point) -> int:
    """Count how often what crosses at a point has happened: for a batch, its rarest part."""
    if point.kind == "body":
        return sum(e.kind == "body.returned" and e.name == point.name for e in entries)
    parts = point.name.split("+")
    # What is queued is an event like any other, that nobody acknowledges.
    kind = f"platform.{'emit' if point.kind == 'queue' else point.kind}"
    return min(sum(e.kind == kind and e.name == part for e in entries) for part in parts)


@pytest.mark.parametrize("workflow", INSIDE, ids=named)
def test_a_kill_strikes_before_a_point(workflow, profile):
    """What crosses there has not happened; a body has not begun."""
    for point in points(workflow, profile):
        if point.kind in {"await", "thread"}:
            continue
        entries, _ = struck(workflow, f"kill before {point}", profile)
        assert point.occurrence - 1 == effects(entries, point), point
        if point.kind == "body":
            assert not [e for e in entries if e.kind == "body.started"]


@pytest.mark.parametrize("workflow", INSIDE, ids=named)
def test_a_kill_strikes_after_a_point(workflow, profile):
    """What crosses there has just happened, all of a batch; nothing came after it."""
    for point in points(workflow, profile):
        if point.kind in {"await", "thread"}:
            continue
        entries, kill = struck(workflow, f"kill after {point}", profile)
        assert point.occurrence == effects(entries, point), point
        last = point.name.split("+")[-1]
        assert (last, kill.time) == (entries[-1].name, entries[-1].time), point


def test_what_a_kill_comes_before_is_not_on_record(profile):
    """Killed before its completion crosses, a step runs again; killed after that, it does not."""
    completes = STEP[profile][1][0]
    times = [
        simulate(wf.points_callable, profile=profile, faults=f"kill {moment} {completes}")
        .step("step:s:0")
        .executions
        for moment in ("before", "after")
    ]
    assert [2, 1] == times


@pytest.mark.parametrize("workflow", [wf.points_coroutine, wf.points_awaitable], ids=named)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_kill_strikes_at_an_await(workflow, number, profile):
    """Before it, nothing of what is awaited has passed; after it, all of that has."""
    point = AWAIT.format(number)
    times = [
        struck(workflow, f"kill {moment} {point}", profile)[1].time
        for moment in ("before", "after")
    ]
    assert [number - 1, number] == times


def test_a_kill_strikes_at_an_await_of_a_generator(profile):
    """Between its items."""
    before, _ = struck(wf.points_generator, f"kill before {AWAITS[0]}", profile)
    after, kill = struck(wf.points_generator, f"kill after {AWAITS[0]}", profile)
    assert ([1, 1], 1) == (
        [sum(e.name == "output.delta" for e in each) for each in (before, after)],
        kill.time,
    )


def test_a_kill_strikes_at_a_thread(profile):
    """Before its job has begun, and after it has come to its end."""
    times = [
        struck(wf.points_thread, f"kill {moment} {THREAD}", profile)[1].time
        for moment in ("before", "after")
    ]
    assert [0, 2] == times


# -- during ----------------------------------------------------------------------------------


def kills(workflow: Any, plan: str, profile: str) -> tuple[list[float], list[str]]:
    """Return when a life's workers were killed, and which faults were missed."""
    outcome = simulate(workflow, profile=profile, faults=plan)
    return (
        [kill.time for kill in outcome.history.select("fault.kill")],
        [str(fault) for fault in outcome.missed],
    )


@pytest.mark.parametrize("profile", IN_PROCESS)
@pytest.mark.parametrize(
    ("part", "time"), [("", 50.0), ("(0.25)", 25.0), ("(0.0)", 0.0), ("(0.875)", 87.5)]
)
def test_a_kill_strikes_during_a_sleep(part, time, profile):
    """When that part of it has passed; half of it if the plan does not say."""
    plan = f"kill{part} during sleep:sleep:s:0#1"
    assert ([time], []) == kills(wf.points_sleep, plan, profile)


@pytest.mark.parametrize("profile", IN_PROCESS)
def test_a_part_of_a_sleep_that_began_earlier_is_of_what_is_left(profile):
    """Killed at 50 s, it is slept again from 80 s (the lease) to 100 s: half of that is at 90 s."""
    plan = "kill during sleep:sleep:s:0#1; kill during sleep:sleep:s:0#2"
    assert ([50.0, 90.0], []) == kills(wf.points_sleep, plan, profile)


@pytest.mark.parametrize("profile", IN_PROCESS)
def test_during_a_sleep_that_is_over_nothing_strikes(profile):
    """Killed at 87.5 s, it was over before the run was taken up again: it is not slept again."""
    again = "kill(1.0) during sleep:sleep:s:0#2"
    plan = f"kill(0.875) during sleep:sleep:s:0#1; {again}"
    assert ([87.5], [again]) == kills(wf.points_sleep, plan, profile)


@pytest.mark.parametrize("profile", IN_PROCESS)
def test_nothing_strikes_during_a_sleep_that_was_cut(profile):
    """A timeout ended it; the worker that goes on is not killed for a sleep that is no more."""
    plan = "kill during sleep:sleep:s:0#1"
    assert ([], [plan]) == kills(wf.points_cut_sleep, plan, profile)


@pytest.mark.parametrize("profile", IN_PROCESS)
def test_the_sleep_of_a_dead_attempt_strikes_nobody(profile):
    """Its worker was killed in another branch: the one that came after lives on at 50 s."""
    plan = "kill before await:step:w:1#2; kill during sleep:sleep:s:0#1"
    assert ([1.0], ["kill during sleep:sleep:s:0#1"]) == kills(
        wf.points_sleep_beside, plan, profile
    )
