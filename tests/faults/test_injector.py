"""The injector: counts the points of a life, and strikes where the plan says."""

from __future__ import annotations

import pytest

from agnt5_sim import Fault, FaultPlan, Point
from agnt5_sim.faults import BEFORE, KINDS, Injector, Kind, Sort, nth
from agnt5_sim.faults.decision import DELIVER, DROP, ERROR, delay
from agnt5_sim.faults.kind import Place


class Hands:
    """Notes what a fault does to a life."""

    def __init__(self) -> None:
        self.struck: list[str] = []

    def kill(self, why: str) -> None:
        self.struck.append(why)

    def stall(self, why: str, seconds: float) -> None:
        self.struck.append(f"{why} for {seconds:g} s")

    def note(self, kind: str, why: str) -> None:
        self.struck.append(f"{kind}: {why}")


def _injector(*faults: str) -> tuple[Injector, list[str]]:
    hands = Hands()
    return Injector(FaultPlan.of(*faults), hands), hands.struck


def test_points_are_counted_by_kind_and_name():
    """The first, the second … of each; every one is listed in order."""
    injector, _ = _injector()
    for kind, name in [("body", "a"), ("body", "b"), ("body", "a"), ("emit", "a")]:
        injector.leave(injector.reach(kind, name))
    assert [str(point) for point in injector.points] == [
        "body:a#1",
        "body:b#1",
        "body:a#2",
        "emit:a#1",
    ]


def test_before_strikes_when_the_point_is_reached():
    """What crosses there has not happened yet; it strikes once, at that occurrence only."""
    injector, struck = _injector("kill before body:a#2")
    injector.leave(injector.reach("body", "a"))
    assert struck == []
    point = injector.reach("body", "a")
    assert struck == ["kill before body:a#2"]
    injector.leave(point)
    injector.reach("body", "a")
    assert struck == ["kill before body:a#2"]


def test_after_strikes_when_the_point_is_left():
    """What crosses there has taken effect."""
    injector, struck = _injector("kill after body:a#1")
    point = injector.reach("body", "a")
    assert struck == []
    injector.leave(point)
    assert struck == ["kill after body:a#1"]


def test_during_is_asked_for_and_struck_by_the_sleep():
    """Each comes with the part of the sleep that passes first: half, if the plan does not say."""
    injector, struck = _injector("kill during sleep:s#1", "kill(0.25) during sleep:s#1")
    point = injector.reach("sleep", "s")
    due = injector.during(point)
    assert sorted(part for _, part in due) == [0.25, 0.5]
    for fault, _ in due:
        injector.strike(fault)
    assert sorted(struck) == ["kill during sleep:s#1", "kill(0.25) during sleep:s#1"]
    assert injector.during(point) == []


def test_the_nth_point_is_whichever_comes():
    """Before and after the second point, whatever it is."""
    injector, struck = _injector("kill before any:point#2", "kill after any:point#2")
    injector.leave(injector.reach("body", "a"))
    assert struck == []
    point = injector.reach("emit", "b")
    assert struck == ["kill before any:point#2"]
    injector.leave(point)
    assert struck == ["kill before any:point#2", "kill after any:point#2"]


def test_after_the_nth_is_not_after_another_within_it():
    """A point that is left when others were reached since is no longer the latest."""
    injector, struck = _injector("kill after any:point#1")
    outer = injector.reach("body", "outer")
    injector.leave(injector.reach("emit", "inner"))
    injector.leave(outer)
    assert struck == []
    assert [str(fault) for fault in injector.missed] == ["kill after any:point#1"]


def test_of_two_points_that_are_open_only_the_later_is_the_nth():
    """In branches beside each other the earlier may be left first."""
    injector, struck = _injector("kill after any:point#2")
    earlier, later = injector.reach("body", "a"), injector.reach("body", "b")
    injector.leave(earlier)
    assert struck == []
    injector.leave(later)
    assert struck == ["kill after any:point#2"]


def test_what_struck_and_what_did_not():
    """Struck faults come with how many points were reached by then; the others are missed, in order."""
    injector, _ = _injector("kill before body:a#1", "kill after body:z#1", "kill before body:b#9")
    injector.reach("emit", "x")
    injector.reach("body", "a")
    assert injector.struck == [(Fault.parse("kill before body:a#1"), 2)]
    assert [str(fault) for fault in injector.missed] == [
        "kill after body:z#1",
        "kill before body:b#9",
    ]


def test_a_strike_that_does_not_return_is_noted_all_the_same():
    """A kill ends the program that reached the point; the injector knows before."""

    class Killed(BaseException):
        """Stands for a stack that is left for ever."""

    class Deadly(Hands):
        def kill(self, why: str) -> None:
            raise Killed

    injector = Injector(FaultPlan.of("kill before body:a#1"), Deadly())
    with pytest.raises(Killed):
        injector.reach("body", "a")
    assert injector.points == [Point("body", "a", 1)]
    assert injector.missed == ()
    assert injector.struck == [(Fault.parse("kill before body:a#1"), 1)]


def test_without_a_plan_nothing_is_struck():
    """The points are counted all the same."""
    injector, struck = _injector()
    for _ in range(3):
        injector.leave(injector.reach("body", "a"))
    assert injector.points[-1] == Point("body", "a", 3)
    assert (struck, injector.missed, nth(1) in injector.points) == ([], (), False)


def test_each_kind_does_what_it_is():
    """A kill kills, a stall stalls, and only the others decide about a reply."""
    injector, struck = _injector(
        "kill after emit:a#1",
        "stall(9s) after emit:b#1",
        "slow(2s) after emit:c#1",
        "lost after emit:d#1",
    )
    decided = [injector.leave(injector.reach("emit", name)) for name in "abcde"]
    assert struck == [
        "kill after emit:a#1",
        "stall(9s) after emit:b#1 for 9 s",
        "fault.slow: slow(2s) after emit:c#1",
        "fault.lost: lost after emit:d#1",
    ]
    assert decided == [DELIVER, DELIVER, delay(2.0), DROP, DELIVER]


@pytest.mark.parametrize("reply", ["lost", "slow(2s)"])
def test_a_fault_that_decides_nothing_takes_no_decision_back(reply):
    """The reply is lost, or late, and the worker stands still at the same point."""
    injector, struck = _injector(f"{reply} after emit:a#1", "stall(9s) after emit:a#1")
    decided = injector.leave(injector.reach("emit", "a"))
    assert (2, DROP if reply == "lost" else delay(2.0)) == (len(struck), decided)


def test_what_is_planned_before_a_point_decides_about_the_request(monkeypatch):
    """Of the point that was reached last; a further kind is a row in the table and nothing else."""
    refuse = Kind(
        name="refuse",
        family="replies",
        meaning="the request is refused",
        places={Sort.REQUEST: Place(may=(BEFORE,), swept=(BEFORE,))},
        act=lambda fault, hands: hands.note("refuse", str(fault)) or ERROR,
    )
    monkeypatch.setitem(KINDS, "refuse", refuse)
    injector, struck = _injector("refuse before emit:a#1", "refuse before emit:z#1")
    injector.reach("emit", "a")
    assert injector.request == ERROR
    assert struck == ["refuse: refuse before emit:a#1"]
    injector.reach("emit", "b")
    assert injector.request == DELIVER


def test_whichever_point_comes_may_be_one_where_a_kind_cannot_strike():
    """Then it has not struck, and is told as missed."""
    injector, struck = _injector("lost after any:point#1")
    injector.leave(injector.reach("body", "a"))
    assert (struck, [str(fault) for fault in injector.missed]) == ([], ["lost after any:point#1"])
    injector, struck = _injector("lost after any:point#1")
    assert injector.leave(injector.reach("emit", "a")) == DROP
