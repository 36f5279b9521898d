"""What is looked at before any fault: whether two lives took one course, and have one shape."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from agnt5_sim.exploring.preliminaries import differences, same_course
from agnt5_sim.history import History

Told = tuple[str, dict[str, Any]]
SUBMITTED = {
    "component": "workflow",
    "input": b"{}",
    "session_id": "",
    "user_id": "",
    "home": ("", "", ""),
}
DISPATCHED = {"recovered": False, "completed": (), "answers": (), "initial_state": b""}


def entry(kind: str, name: str = "", **about: Any) -> Told:
    """Tell of one entry of the first attempt of a run."""
    return kind, {"name": name, "attempt": 0, "incarnation": 1, **about}


def called(name: str, *, call: str = "step", label: str = "", **about: Any) -> Told:
    """Tell of a call of the workflow."""
    data = {"call": call, "record": name, "within": "", "label": label, "input": b"N"}
    return entry("program.called", name, data=data, **about)


def ended(output: Any = None, state: Any = None) -> Told:
    """Tell of the end of a run."""
    data = {"output": json.dumps(output).encode(), "error": "", "state": json.dumps(state).encode()}
    return "run.ended", {"name": "completed", "data": data}


def life(*told: Told, runs: Iterable[str] = ("run-1",), attempts: int = 1) -> History:
    """Return the history of a life in which this happened, of its first run if nothing is said."""
    history = History()
    history.add(0.0, "life.began", name="compat", data={"agnt5": "0.14.5"})
    for run in runs:
        history.add(
            0.0, "run.submitted", run_id=run, name="order", data={**SUBMITTED, "tenant": "default"}
        )
        for number in range(attempts):
            history.add(
                0.0,
                "run.dispatched",
                run_id=run,
                attempt=number,
                incarnation=number + 1,
                name="order",
                data={**DISPATCHED, "resumes": ""},
            )
    for kind, about in told:
        history.add(about.pop("time", 1.0), kind, **{"run_id": "run-1", **about})
    history.close()
    return history


RUNS = ("run-1", "run-2")

# -- the course ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([], []),
        ([called("a_0")], [called("a_0", time=99.0)]),
        ([called("a_0")], [called("a_1")]),
        (
            [entry("body.returned", "a", data={"value": b"1"})],
            [entry("body.returned", "a", data={"value": b"2"})],
        ),
        ([entry("platform.flush", "checkpoints", data={"reply": 0})], []),
    ],
    ids=["nothing", "times", "counters", "values", "what crosses"],
)
def test_a_course_is_the_same_but_for_values_and_times(one, other):
    """Nor do numbers that branches share, or what the SDK sends, make another of it."""
    assert same_course(life(*one), life(*other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([called("a")], []),
        ([called("a")], [entry("program.answered", "a", data={"value": b"1"})]),
        ([called("a", label="pay")], [called("a", label="ship")]),
        ([called("a", branch="1")], [called("a", branch="2")]),
        ([called("a", run_id="run-1")], [called("a", run_id="run-2")]),
        ([called("a", branch="1"), called("a", branch="2")],
         [called("a", branch="2"), called("a", branch="1")]),
        ([entry("body.started", "a")], []),
        ([entry("state.set", "n", data={"value": b"1"})], []),
        ([entry("effect", "send", data={"args": b"", "step": ""})], []),
        ([ended()], []),
    ],
    ids=["less", "kind", "label", "branch", "run", "order", "body", "state", "effect", "end"],
)  # fmt: skip
def test_another_course(one, other):
    """Something more or less, in another branch or run, or in another order."""
    for first, second in ((one, other), (other, one)):
        histories = (life(*(_fresh(each)), runs=RUNS) for each in (first, second))
        assert not same_course(*histories)


def _fresh(told: list[Told]) -> list[Told]:
    """Return what was told so that it can be told again."""
    return [(kind, dict(about)) for kind, about in told]


def test_another_course_breaks_something_else():
    """Of two lives of one course, one leaves a task behind."""
    left = ("world.left", {"run_id": "", "name": "a task"})
    assert same_course(life(), life())
    assert not same_course(life(), life(_fresh([left])[0]))
    assert not same_course(life(left), life())


@pytest.mark.parametrize("where", ["output", "state"])
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 2, True),
        (1, 2.5, True),
        ("a", "b", True),
        ([1, "a"], [2, "b"], True),
        ({"a": 1}, {"a": 2}, True),
        ({"a": 1}, {"b": "x"}, True),
        (1, "1", False),
        (1, True, False),
        (1, None, False),
        ([1], {"0": 1}, False),
        ([1], [1, 2], False),
        ([1], ["1"], False),
        ([1, [2]], [1, [2, 3]], False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1}, {"a": "1"}, False),
        ({"a": {"b": [1]}}, {"a": {"b": [1, 2]}}, False),
    ],
)
def test_what_comes_of_a_course_has_one_structure(where, one, other, same):
    """Values may differ, the names of keys too; types, lengths and numbers of keys may not."""
    lives = [life(ended(**{where: value})) for value in (one, other)]
    assert [same, same] == [same_course(*lives), same_course(*reversed(lives))]


def test_the_structure_of_every_run_counts():
    """Not that of the first alone."""

    def both(output):
        return life(
            ended(1), (ended(output)[0], {**ended(output)[1], "run_id": "run-2"}), runs=RUNS
        )

    assert same_course(both([1]), both([2]))
    assert not same_course(both([1]), both([1, 2]))


# -- the shape -------------------------------------------------------------------------------


def shape(one: list[Told], other: list[Told], **about: Any) -> list[str]:
    """Return why lives that differ in this are no lives of one workflow."""
    baseline, twin = life(*one, **about), life(*other, **about)
    return [violation.cause for violation in differences(baseline, twin, baseline)[0]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([called("a", run_id="run-1")], [called("a", run_id="run-2")]),
        ([called("a", attempt=0)], [called("a", attempt=1, incarnation=2)]),
        ([called("a", branch="1")], [called("a", branch="2")]),
        ([called("a", call="step")], [called("a", call="sleep")]),
        ([called("a_0", label="a")], [called("a_0", label="b")]),
        ([called("sleep:x:0")], [called("sleep:y:0")]),
        ([called("a")], []),
        ([], [called("a")]),
        ([called("a", label="a"), called("b", label="b")],
         [called("b", label="b"), called("a", label="a")]),
    ],
    ids=["run", "attempt", "branch", "kind", "label", "identity", "less", "more", "order"],
)  # fmt: skip
def test_another_shape(one, other):
    """Every part of a call's place tells one workflow from another."""
    assert ["shape"] == shape(_fresh(one), _fresh(other), runs=RUNS, attempts=2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([called("a_0", label="a")], [called("a_1", label="a")]),
        ([called("a", time=1.0)], [called("a", time=2.0)]),
        ([called("a", branch="1"), called("b", branch="2")],
         [called("b", branch="2"), called("a", branch="1")]),
    ],
    ids=["counter", "time", "which branch is first"],
)  # fmt: skip
def test_no_other_shape(one, other):
    """What depends on the time or the pace is none."""
    assert [] == shape(one, other)
