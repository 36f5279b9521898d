"""Effects: declared where they are written, or where they are simulated."""

from __future__ import annotations

import pytest
import wf_stubbed as wf

from agnt5_sim import explore, simulate


@pytest.fixture(autouse=True)
def _nothing_sent():
    wf.SENT.clear()
    wf.PAID.clear()


def effects(outcome):
    """Return name and step of each effect of a life."""
    return [(e.name, bool(e.data["step"])) for e in outcome.history.select("effect")]


def test_a_decorated_function_is_watched_wherever_it_is_called(profile):
    """Plain or asynchronous, in a step or outside of any."""
    outcome = simulate(wf.sdk_sending, profile=profile)
    assert [("send", True), ("send_later", True), ("send", False)] == effects(outcome)


def test_a_decorated_function_still_does_what_it_did():
    """Outside of a simulation it is the function it was."""
    wf.send("now")
    assert ["now"] == wf.SENT


def test_a_function_is_declared_for_one_life(profile):
    """`effects=` watches it where the workflow reaches it, and only as long."""
    outcome = simulate(wf.sdk_paying, effects=(wf.pay,), profile=profile)
    assert [("pay", True)] == effects(outcome)
    assert [] == effects(simulate(wf.sdk_paying, profile=profile))


def test_declared_in_both_ways_it_counts_once(profile):
    """A decorated function that is declared again is not watched twice."""
    outcome = simulate(wf.sdk_sending, effects=(wf.send,), profile=profile)
    assert 3 == len(effects(outcome))


def test_the_arguments_are_on_record(profile):
    """The report can say with what it happened."""
    from agnt5_sim.values import thaw

    entry = simulate(wf.sdk_paying, effects=(wf.pay,), profile=profile).history.select("effect")[0]
    assert (("o",), {}) == thaw(entry.data["args"])


def test_an_effect_outside_of_a_step_breaks_its_guarantee(profile):
    """Every replay repeats it; inside a step only a crash before the record does."""
    found = explore(wf.sdk_sending, profile=profile)
    assert [("effect.once", "send", None)] == [
        (v.guarantee, v.step, v.defect) for v in found.violations
    ]
    assert {"send", "send_later"} == {name for name, _ in found.repeated}
