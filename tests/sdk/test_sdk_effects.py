"""Effects: declared where they are written, or where they are simulated."""

from __future__ import annotations

import inspect

import pytest
import wf_stubbed as wf
from agnt5 import workflow

from agnt5_sim import Stub, explore, simulate
from agnt5_sim.sdk.ports.effects import declared


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
    from agnt5_sim.history.values import thaw

    entry = simulate(wf.sdk_paying, effects=(wf.pay,), profile=profile).history.select("effect")[0]
    assert (("o",), {}) == thaw(entry.data["args"])


def test_an_effect_outside_of_a_step_breaks_its_guarantee(profile):
    """Every replay repeats it; inside a step only a crash before the record does."""
    found = explore(wf.sdk_sending, profile=profile)
    assert [("effect.once", "send", None)] == [
        (v.guarantee, v.step, v.defect) for v in found.violations
    ]
    assert {"send", "send_later"} == {name for name, _ in found.repeated}


class Gateway:
    """A client of a payment service."""

    def charge(self, order):
        """Charge for an order."""
        return f"receipt {order}"

    @staticmethod
    def refund(order):
        """Give the money back."""
        return f"refund {order}"


GATEWAY = Gateway()
MARK = "s"


def _made():
    sign = "#"

    def closing(order, /, amount=1, *, currency="EUR"):
        """Close over something, and have every kind of parameter."""
        return f"{sign}{order} {amount} {currency}"

    return closing


closing = _made()
TABLE = {"card": closing}


def by_default(order, call=closing):
    """Hold what matters as a default."""
    return call(order, 2)


async def streamed(order):
    """Be a streaming step."""
    yield f"{order} {MARK}"


@workflow
async def effect_everywhere(ctx, order: str):
    """Call what matters by way of an object, a class, a table, a default, and a step."""
    done = [
        GATEWAY.charge(order),
        Gateway.refund(order),
        TABLE["card"](order, currency="USD"),
        by_default(order),
    ]
    done.append(await ctx.step("stream", streamed, order))
    return done


def test_a_function_is_watched_whatever_it_is_called_by(profile):
    """A method, a static method, a container, a default argument, a stream."""
    matter = (GATEWAY.charge, Gateway.refund, closing, streamed)
    expected = [("charge", False), ("refund", False), ("closing", False), ("closing", False)]
    outcome = simulate(effect_everywhere, "o", effects=(*matter, closing), profile=profile)
    assert [*expected, ("streamed", True)] == effects(outcome)
    assert ["receipt o", "refund o", "#o 1 USD", "#o 2 EUR"] == outcome.output[:4]


def test_a_watched_function_is_itself_again_afterwards():
    """Its code, its signature and what it does; during the life its signature stays too."""
    before = closing.__code__, inspect.signature(closing)
    with declared([closing]):
        assert closing.__code__ is not before[0]
        assert before[1] == inspect.signature(closing)
        assert inspect.isasyncgenfunction(streamed)
    with declared([streamed]):
        assert inspect.isasyncgenfunction(streamed)
    assert before == (closing.__code__, inspect.signature(closing))
    assert "__signature__" not in vars(closing)


@pytest.mark.parametrize("thing", [None, 5, "charge", inspect, print, Gateway], ids=str)
def test_what_cannot_be_watched_is_refused(thing):
    """Never silently: a gate that watches nothing is none."""
    with pytest.raises(ValueError, match="effect"):
        simulate(effect_everywhere, "o", effects=(thing,))


@workflow
async def effect_as_a_step(ctx):
    """Hand what matters to a step of another name."""
    return await ctx.step("other", closing, "o")


@pytest.mark.parametrize("target", [closing, "closing", "other"], ids=["function", "name", "step"])
def test_an_effect_can_be_stubbed_too(profile, target):
    """By function, by its name, by the step's; it is not called, so nothing happens."""
    stubs = {target: Stub(returns="stubbed")}
    outcome = simulate(effect_as_a_step, effects=(closing,), stubs=stubs, profile=profile)
    assert ([], "stubbed") == (effects(outcome), outcome.output)
