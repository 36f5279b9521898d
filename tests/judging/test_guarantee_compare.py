"""A life ends under faults as without; what is volatile is compared by type and presence."""

from __future__ import annotations

import pytest


@pytest.fixture
def lives(tell):
    """Return what a run that gave `seen` breaks, where it gave `one` and `other` without faults."""

    def lives(seen, one, other, kept="output"):
        def lived(value):
            life = tell().step("a_0")
            return life.completed(value) if kept == "output" else life.completed(state=value)

        return [found[0] for found in lived(seen).against(lived(one), lived(other))]

    return lives


# -- result.same -----------------------------------------------------------------------


@pytest.mark.parametrize("output", [None, 1, "x", [1, 2], {"a": {"b": [None]}}])
def test_the_same_result_breaks_nothing(lives, output):
    """result.same kept."""
    assert [] == lives(output, output, output)


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [(2, 1), (None, 1), (1, True), (1, 1.0), ([1], [1, 2]), ({"a": 1}, {"a": 1, "b": 2}), ("1", 1)],
)
def test_another_output_is_found(tell, seen, wanted):
    """result.same: JSON tells numbers from truths, and integers from fractions."""
    from json import dumps

    life, baseline = tell().completed(seen), tell().completed(wanted)
    expected = ("result.same", "", f"completed {dumps(wanted)}", f"completed {dumps(seen)}", "")
    assert [expected] == life.against(baseline)


def test_another_status_is_found(tell):
    """result.same: it failed, and does not without faults."""
    expected = ("result.same", "", "completed 1", "failed ValueError: no", "other-status")
    assert [expected] == tell().failed().against(tell().completed(1))


def test_a_conflict_is_told_apart(tell):
    """result.same: the platform refused a step that was called with other inputs."""
    life = tell().failed("refused", means="record-of-another")
    assert ["conflict"] == [found[4] for found in life.against(tell().completed(1))]


def test_what_led_a_run_astray_is_its_cause(tell):
    """result.same: when one other guarantee broke in the run, its cause is the cause."""
    life = tell().step("a_0", (1,)).recovered().replayed("a_0", [1]).completed([1, 0])
    expected = ("result.same", "", "completed [1]", "completed [1, 0]", "type-lost")
    assert [expected] == life.against(tell().step("a_0", (1,)).completed([1]))


def test_what_led_another_run_astray_is_no_cause(tell):
    """result.same: a cause is one of the run's own, and one only."""
    life = tell().step("a_0", (1,)).recovered().replayed("a_0", [1]).completed(1)
    life.submitted("run-2").dispatched().completed(2)
    baseline = tell().step("a_0", (1,)).completed(1).submitted("run-2").dispatched().completed(3)
    assert [("result.same", "", "completed 3", "completed 2", "")] == life.against(baseline)


def test_two_things_that_led_a_run_astray_are_no_one_cause(tell):
    """result.same: between two causes it does not choose."""
    life = tell().step("a_0", (1,)).step("b_1", 1).recovered()
    life.replayed("a_0", [1]).replayed("b_1", 2).completed(2)
    baseline = tell().step("a_0", (1,)).step("b_1", 1).completed(1)
    assert [("result.same", "", "completed 1", "completed 2", "")] == life.against(baseline)


def test_a_run_that_fails_otherwise_is_found(tell):
    """result.same: the error is what a failed run gives its client."""
    expected = ("result.same", "", "failed KeyError: 2", "failed KeyError: 1", "")
    assert [expected] == tell().failed("KeyError: 1").against(tell().failed("KeyError: 2"))


def test_an_address_in_an_error_is_no_difference(tell):
    """result.same: no two processes keep an object in the same place."""
    one, other = (f"ValueError: <Client object at 0x7f{n}>" for n in "12")
    assert [] == tell().failed(one).against(tell().failed(other))


def test_an_error_that_differs_without_faults_too_is_volatile(tell):
    """result.same: it was drawn, or read off the clock."""
    assert [] == tell().failed("at 3").against(tell().failed("at 1"), tell().failed("at 2"))


def test_a_run_without_an_end_is_found(tell):
    """result.same: without faults it has one."""
    expected = ("result.same", "", "completed", "no end", "")
    assert [expected] == tell().step("a_0").against(tell().completed())


@pytest.mark.parametrize("why", ["run.abandoned", "life.stuck"])
def test_a_run_whose_end_is_spoken_of_elsewhere_is_not_told_twice(tell, why):
    """result.same leaves to result.reached what never ended for a reason."""
    life = tell().note(why, run="run-1" if why.startswith("run") else "")
    assert [] == life.against(tell().completed())


def test_a_run_that_has_no_end_without_faults_either_is_not_compared(tell):
    """result.same has nothing to compare it with."""
    assert [] == tell().completed(1).against(tell())


def test_runs_are_compared_each_with_its_own(tell):
    """result.same: one of two runs ended otherwise."""
    lives = [
        tell().completed(1).submitted("run-2").dispatched().completed(second) for second in (2, 3)
    ]
    assert [("result.same", "completed 3", "completed 2")] == [
        (found[0], found[2], found[3]) for found in lives[0].against(lives[1])
    ]


# -- volatile --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "one", "other"),
    [
        ("id-c", "id-a", "id-b"),
        (3, 1, 2),
        ({"id": "c", "n": 1}, {"id": "a", "n": 1}, {"id": "b", "n": 1}),
        ([{"at": 3.5}], [{"at": 1.5}], [{"at": 2.5}]),
        ({"a": [["c"], 1]}, {"a": [["a"], 1]}, {"a": [["b"], 1]}),
        ([1, 2, 3], [1], [1, 2]),
        ([7], [], [1]),
        ({"c": 1}, {"a": 1}, {"b": 1}),
        ({"k": 0, "c": 1}, {"k": 0, "a": 1}, {"k": 0, "b": 1}),
        ({"a": 1}, {}, {"b": 1}),
        (None, None, 5),
        (7, None, 5),
        (7, 5, None),
        ({"x": 7}, {"x": None}, {"x": 5}),
        ([1], {"a": 1}, [2]),
    ],
)
@pytest.mark.parametrize("kept", ["output", "state"])
def test_what_differs_without_faults_may_differ_under_them(lives, kept, seen, one, other):
    """Volatile at any depth: values, lengths, keys, and whether a value is there at all."""
    assert [] == lives(seen, one, other, kept)


@pytest.mark.parametrize(
    ("seen", "one", "other"),
    [
        (3, "id-a", "id-b"),
        (None, "id-a", "id-b"),
        (1.5, 1, 2),
        (True, 1, 2),
        ({"id": "c", "n": 2}, {"id": "a", "n": 1}, {"id": "b", "n": 1}),
        ({"id": "c"}, {"id": "a", "n": 1}, {"id": "b", "n": 1}),
        ({"n": 1}, {"id": "a", "n": 1}, {"id": "b", "n": 1}),
        ({"id": "c", "n": 1, "m": 1}, {"id": "a", "n": 1}, {"id": "b", "n": 1}),
        ([["c"], 2], [["a"], 1], [["b"], 1]),
        (["c", "d"], ["a"], ["b"]),
        ([], ["a"], ["b"]),
        ({"k": 1, "c": 1}, {"k": 0, "a": 1}, {"k": 0, "b": 1}),
        ({"c": 1}, {"k": 0, "a": 1}, {"k": 0, "b": 1}),
        ({}, {"a": 1}, {"b": 1}),
        ("x", None, 5),
        ("same", "x", "x"),
    ],
)
@pytest.mark.parametrize("kept", ["output", "state"])
def test_what_does_not_differ_without_faults_must_not_under_them(lives, kept, seen, one, other):
    """Beside what is volatile, and in its type and presence, a life is held to the other."""
    guarantee = "result.same" if kept == "output" else "state.replay"
    assert [guarantee] == lives(seen, one, other, kept)


def test_without_a_second_end_nothing_is_volatile(tell):
    """A twin that never ended shows nothing to be volatile."""
    life, baseline = tell().completed("id-b"), tell().completed("id-a")
    assert ["result.same"] == [found[0] for found in life.against(baseline, tell())]
