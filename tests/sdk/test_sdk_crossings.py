"""Crossings carry out what is decided about them: synchronous ones, asynchronous ones, batches."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from agnt5_sim import FaultPlan
from agnt5_sim.errors import PlatformError
from agnt5_sim.faults import AFTER, BEFORE, KINDS, Injector, Kind, Sort
from agnt5_sim.faults.decision import CORRUPT, DOUBLE, DROP, ERROR, delay
from agnt5_sim.faults.kind import Place
from agnt5_sim.history import History
from agnt5_sim.sdk.ports.crossings import Crossings, corrupted
from agnt5_sim.sdk.ports.patience import Patience
from agnt5_sim.world import World, isolated

ONCE = Patience(5.0, 1, TimeoutError)
OFTEN = Patience(5.0, 3, TimeoutError)


def _kind(name: str, decision, moment: str) -> Kind:
    return Kind(
        name=name,
        family="tests",
        meaning="a decision",
        places={sort: Place((moment,), ()) for sort in (Sort.REQUEST, Sort.SENT)},
        act=lambda fault, hands: decision,
    )


@pytest.fixture(autouse=True)
def _every_decision(monkeypatch):
    decisions = {
        "held": (delay(2.0), BEFORE),
        "dropped": (DROP, BEFORE),
        "doubled": (DOUBLE, BEFORE),
        "refused": (ERROR, BEFORE),
        "late": (delay(2.0), AFTER),
        "too-late": (delay(9.0), AFTER),
        "never": (DROP, AFTER),
        "garbled": (CORRUPT, AFTER),
    }
    for name, (decision, moment) in decisions.items():
        monkeypatch.setitem(KINDS, name, _kind(name, decision, moment))


def _cross(fault: str, patience: Patience | None, how: str):
    """Cross once; return what came of it, when, when it took effect, and when another task ran."""
    world, history = World(), History()
    moment = KINDS[fault].moments[0]
    injector = Injector(FaultPlan.of(f"{fault} {moment} emit:it#1"), SimpleNamespace())
    crossings = Crossings(world, SimpleNamespace(), injector, history, lambda *_: "")
    process = world.spawn()
    attempt = SimpleNamespace(run_id="r", number=0, incarnation=1, process=process)
    effects: list[float] = []
    others: list[float] = []

    def effect() -> bytes:
        effects.append(world.now)
        return b"answer"

    async def other() -> None:
        await asyncio.sleep(1.0)
        others.append(world.now)

    async def program():
        beside = asyncio.ensure_future(other())
        await asyncio.sleep(0)
        try:
            if how == "now":
                reply = crossings.now(attempt, "emit", "it", effect, {}, patience)
            elif how == "across":
                reply = await crossings.across(attempt, "emit", "it", effect, {}, patience)
            else:
                await crossings.together([(attempt, "emit", "it", effect, {})], patience)
                reply = b"answer"
        except TimeoutError as error:
            reply = str(error)
        at = world.now
        await beside
        return reply, at

    with isolated(world, "seed"):
        task = process.start(program())
        world.drive(None, task.done)
    assert injector.missed == ()
    given_up = [entry.name for entry in history.select("request.unanswered")]
    assert given_up == (["emit:it#1"] if task.result()[0] == "emit:it#1" else [])
    return (*task.result(), effects, others)


@pytest.mark.parametrize("how", ["now", "across", "together"])
@pytest.mark.parametrize(
    ("fault", "patience", "reply", "at", "effects"),
    [
        ("held", OFTEN, b"answer", 2.0, [2.0]),
        ("held", None, b"answer", 2.0, [2.0]),
        ("dropped", OFTEN, b"answer", 5.0, [5.0]),
        ("dropped", ONCE, "emit:it#1", 5.0, []),
        ("doubled", ONCE, b"answer", 0.0, [0.0, 0.0]),
        ("refused", OFTEN, b"answer", 0.1, [0.1]),
        ("refused", ONCE, "emit:it#1", 0.0, []),
        ("late", ONCE, b"answer", 2.0, [0.0]),
        ("late", OFTEN, b"answer", 2.0, [0.0]),
        ("too-late", OFTEN, b"answer", 5.0, [0.0]),
        ("too-late", ONCE, "emit:it#1", 5.0, [0.0]),
        ("never", OFTEN, b"answer", 5.0, [0.0]),
        ("never", ONCE, "emit:it#1", 5.0, [0.0]),
        ("never", None, b"answer", 0.0, [0.0]),
    ],
)
def test_a_decision_is_carried_out(fault, patience, reply, at, effects, how):
    """When it takes effect, when the worker goes on, and with what; a try that is left is made.

    While a synchronous crossing waits, everything of its worker stands still.
    """
    got, when, took_effect, others = _cross(fault, patience, how)
    assert (reply, at, effects) == (got, when, took_effect)
    assert others == [max(1.0, at) if how == "now" else 1.0]


@pytest.mark.parametrize("how", ["now", "across"])
def test_a_corrupt_reply_is_not_what_was_sent(how):
    """Half of its bytes arrive; what took effect took effect."""
    assert _cross("garbled", ONCE, how)[:3] == (b"ans", 0.0, [0.0])


def test_what_is_corrupted():
    """Bytes, wherever in a reply they are; nothing else."""
    point = FaultPlan.of("never after emit:it#1").faults[0].point
    assert corrupted(b"1234") == b"12"
    assert corrupted((b"1234", 7)) == (b"12", 7)
    assert corrupted(point) == point
    assert corrupted(None) is None


@pytest.mark.parametrize("how", ["across", "together"])
def test_a_schedule_knows_a_reply_by_its_label(how, monkeypatch):
    """By the crossing's name and the run's id, which are the same in every life."""
    labels = []
    reply_at = World.reply_at

    def noted(self, when, action, label, loop=None):
        labels.append(label)
        return reply_at(self, when, action, label, loop)

    monkeypatch.setattr(World, "reply_at", noted)
    _cross("late", ONCE, how)
    assert labels == ["emit:it of r"]


def test_what_is_refused_the_second_time_changes_nothing_for_the_worker():
    """It gets the reply to the first."""
    world, history = World(), History()
    injector = Injector(FaultPlan.of("doubled before emit:it#1"), SimpleNamespace())
    crossings = Crossings(world, SimpleNamespace(), injector, history, lambda *_: "")
    attempt = SimpleNamespace(run_id="r", number=0, incarnation=1, process=world.spawn())
    replies = iter([b"first", PlatformError("again")])

    def effect() -> bytes:
        reply = next(replies)
        if isinstance(reply, PlatformError):
            raise reply
        return reply

    assert crossings.now(attempt, "emit", "it", effect, {}, ONCE) == b"first"
