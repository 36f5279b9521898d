"""Hypothesis strategies: fault plans, inputs, answers and spans of time."""

from __future__ import annotations

import datetime
import json

import life_workflows as wf
import pytest
from agnt5 import workflow
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from agnt5_sim import BadInput, FaultPlan, NotAWorkflow, PlanError, explore, simulate
from agnt5_sim.arguments.durations import seconds_of
from agnt5_sim.strategies import answers, fault_plans, inputs, json_values

QUICK = settings(max_examples=25, deadline=None)


@workflow
async def strategies_annotated(
    ctx,
    text: str,
    number: int,
    part: float,
    flag: bool,
    several: list[int],
    by_name: dict[str, float],
    anything: dict,
    maybe: str | None = None,
) -> dict:
    """Take input of every sort."""
    return {"text": text, "several": several, "by_name": by_name, "maybe": maybe}


@workflow
async def strategies_bare(ctx, thing) -> None:
    """Take input without an annotation."""


# -- fault plans ---------------------------------------------------------------------------


@given(fault_plans(reach=5, min_faults=1, max_faults=2))
def test_plans_without_points_strike_at_the_nth(plan):
    """Wherever that is: the first five points of whatever life."""
    assert 1 <= len(plan) <= 2
    assert {fault.point.kind for fault in plan} == {"any"}
    assert all(fault.point.occurrence <= 5 for fault in plan)
    assert plan == FaultPlan.parse(str(plan))


@pytest.mark.parametrize("source", [simulate, explore])
def test_plans_strike_at_the_points_of_a_life(source):
    """An outcome or an exploration says where; every plan comes about."""
    lived = source(wf.life_small)

    @given(fault_plans(lived, max_faults=1))
    @QUICK
    def every_plan_comes_about(plan):
        assert simulate(wf.life_small, faults=plan).check().missed == ()

    every_plan_comes_about()


def test_plans_shrink_to_fewer_and_earlier_faults():
    """The smallest plan is none; the smallest that kills at all is one kill at the first point."""
    assert FaultPlan() == find(fault_plans(), lambda plan: True)
    assert str(find(fault_plans(), lambda plan: len(plan) > 0)) == "kill before any:point#1"


def test_how_many_faults_can_be_said():
    """No more than asked for, no fewer either."""
    with pytest.raises(NoSuchExample):
        find(fault_plans(max_faults=2), lambda plan: len(plan) > 2, settings=QUICK)
    with pytest.raises(NoSuchExample):
        find(fault_plans(min_faults=1), lambda plan: len(plan) < 1, settings=QUICK)


def test_what_cannot_be_drawn_from_is_refused_at_once():
    """A kind that is none, and no point at all."""
    with pytest.raises(PlanError, match="did you mean 'kill'"):
        fault_plans(faults=("kil",))
    for points in ("abc", 5, ["body:a#1"], [("body", "a", 1)]):
        with pytest.raises(ValueError, match=r"points=.* cannot be used; allowed: an Outcome, an"):
            fault_plans(points)
    with pytest.raises(ValueError, match="there is no point at which a fault could strike"):
        fault_plans([])


# -- inputs --------------------------------------------------------------------------------


@given(inputs(strategies_annotated))
@QUICK
def test_inputs_fit_the_annotations(drawn):
    """Every input is taken, and comes back as it was."""
    outcome = simulate(strategies_annotated, drawn).check()
    assert outcome.status == "completed"
    assert outcome.output["text"] == drawn["text"]
    assert outcome.output["several"] == drawn["several"]
    assert outcome.output["maybe"] == drawn.get("maybe")


def test_what_has_a_default_may_be_left_out():
    """And may be given."""
    drawn = inputs(wf.life_order, order_id=st.just("o"), count=st.just(7))
    assert find(drawn, lambda given_: "count" not in given_) == {"order_id": "o"}
    assert find(drawn, lambda given_: "count" in given_) == {"order_id": "o", "count": 7}


def test_a_parameter_can_have_a_strategy_of_its_own():
    """In place of its annotation, or of none."""
    assert find(inputs("strategies_bare", thing=st.just(5)), lambda drawn: True) == {"thing": 5}
    assert find(inputs(wf.life_order, order_id=st.just("o")), lambda drawn: True)["order_id"] == "o"


def test_mistakes_name_the_parameter():
    """What to pass, which there is none of, and what is no workflow."""
    with pytest.raises(
        TypeError,
        match=r"parameter 'thing' of strategies_bare has no annotation.*thing=st.text\(\)",
    ):
        inputs(strategies_bare)
    with pytest.raises(TypeError, match="life_order has no parameter colour"):
        inputs(wf.life_order, colour=st.text())
    with pytest.raises(NotAWorkflow, match="did you mean 'life_order'"):
        inputs("life_ordr")


@given(json_values())
def test_json_values_are_json(value):
    """They survive being written and read."""
    assert value == json.loads(json.dumps(value))


# -- answers -------------------------------------------------------------------------------


@given(answers("yes", "no", max_size=3))
def test_answers_are_among_the_options(drawn):
    """As many as asked for, of those that were given."""
    assert len(drawn) <= 3
    assert set(drawn) <= {"yes", "no"}


@given(answers(max_size=2).filter(all))  # an empty answer is a known defect's business
@QUICK
def test_answers_without_options_are_any_text(drawn):
    """A workflow takes each, in whatever state that leaves it."""
    outcome = simulate(wf.life_two_questions, answers=drawn).check()
    assert outcome.status == ("completed" if len(drawn) == 2 else "paused")


@given(
    plan=fault_plans(reach=15), drawn=answers("yes", "no", max_size=1), given_=inputs(wf.life_order)
)
@QUICK
def test_a_property_over_everything(plan, drawn, given_):
    """Whatever is put in, answered and killed: the guarantees hold, and the answer comes through."""
    outcome = simulate(wf.life_order, given_, faults=plan, answers=drawn).check()
    assert outcome.status == ("completed" if drawn else "paused")
    if drawn:
        assert outcome.output["answer"] == drawn[0]


# -- spans of time -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "seconds"),
    [
        (0, 0.0),
        (1.5, 1.5),
        ("90s", 90.0),
        ("2h", 7200.0),
        ("1d 12h", 129_600.0),
        ("1d12h", 129_600.0),
        (" 250ms ", 0.25),
        ("1.5m", 90.0),
        ("2w", 1_209_600.0),
        (datetime.timedelta(hours=1, microseconds=5), 3600.000005),
    ],
)
def test_spans_of_time(span, seconds):
    """Seconds, timedeltas, and text as people write it."""
    assert seconds == seconds_of(span)


@pytest.mark.parametrize(
    "span", ["", "2", "soon", "-1h", "1h-", "2hours", -1, float("nan"), float("inf"), "1h 2"]
)
def test_what_is_no_span(span):
    """The message shows how one is written."""
    with pytest.raises(ValueError, match="is no span of time"):
        seconds_of(span)


def test_a_bad_input_is_not_drawn():
    """What the strategies draw is what the workflow takes: the contrary is refused."""
    with pytest.raises(BadInput):
        simulate(wf.life_order, {"number": 1})
