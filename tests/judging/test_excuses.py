"""What is put down to known defects, and no more than that."""

from __future__ import annotations

import pytest

from agnt5_sim.judging import comparing
from agnt5_sim.judging.diagnosis import DEFECTS
from agnt5_sim.judging.verdicts import accepted_split, check_accept
from agnt5_sim.judging.violation import Violation

HARMLESS = ["A01", "A17", "A19", "E01", "E14", "E15", "E17", "E19"]


# -- which violations count ------------------------------------------------------------------


def broken(defect: str | None) -> Violation:
    """Return a violation that is put down to a defect, or to none."""
    return Violation(guarantee="memo.value", message="", defect=defect)


def test_what_no_defect_explains_always_counts():
    """Whatever is accepted."""
    ids = [known.id for known in DEFECTS]
    assert ((broken(None),), ()) == accepted_split([broken(None)], ids)


@pytest.mark.parametrize("known", DEFECTS, ids=lambda known: known.id)
def test_a_defect_counts_until_it_is_accepted(known):
    """By its own id; those alone that harm nobody are put up with unasked."""
    violation = broken(known.id)
    others = [other.id for other in DEFECTS if other is not known]
    unasked = ((), (violation,)) if known.id in HARMLESS else ((violation,), ())
    assert unasked == accepted_split([violation])
    assert unasked == accepted_split([violation], others)
    assert ((), (violation,)) == accepted_split([violation], [known.id])


def test_violations_are_parted_in_order():
    """Each by itself, whatever stands beside it."""
    counts, accepted = broken("E02"), broken("E03")
    mixed = [counts, accepted, broken(None), counts]
    assert ((counts, broken(None), counts), (accepted,)) == accepted_split(mixed, ["E03"])


def test_accepting_nothing_accepts_nothing():
    """No id is none of them, and one id is that alone."""
    assert (frozenset(), frozenset({"E02"})) == (check_accept(()), check_accept("E02"))


# -- what the known defects explain ----------------------------------------------------------

EXCUSED = """
A01 seed 0.3.1-0.3.2a1 events.started/nothing-completed
A02 seed 0.3.1-0.3.2a1 events.parent/parallel
A03 seed 0.3.1-0.3.2a1 memo.distinct/same-name memo.executed/same-name memo.value/same-name pause.durable/same-name result.same/same-name state.replay/same-name world.awaited/same-name
A04 seed 0.3.1-0.3.2a1 memo.executed/shared-counter memo.identity/shared-counter memo.input/shared-counter memo.value/shared-counter result.same/shared-counter state.replay/shared-counter
A05 seed 0.3.1-0.3.2a1 world.awaited/replayed-awaitable
A06 seed 0.3.1-0.3.2a1 events.paired/sibling events.parent/sibling quiet.after/sibling
A07 seed 0.3.1-0.3.2a1 sleep.distinct/same-name sleep.duration/same-name
A08 seed 0.3.1-0.3.2a1 result.same/resumed-snapshot state.replay/resumed-snapshot
A09 seed 0.3.1-0.3.2a1 scope.version/blind-save
A10 seed 0.3.1-0.3.2a1 state.durable/swallowed-save
A11 seed 0.3.1-0.3.2a1 pause.answer/empty-answer result.reached/empty-answer result.same/empty-answer
A12 seed 0.3.1-0.3.2a1 events.order/delta-sequence
A13 seed 0.3.1-0.3.2a1 events.paired/suspended-inside
A14 seed 0.3.1-0.3.2a1 memo.value/repr result.same/repr state.replay/repr
A15 seed 0.3.1-0.3.2a1 events.paired/never-began
A16 seed 0.3.1-0.3.2a1 pause.answer/shared-index result.same/shared-index state.replay/shared-index
A17 seed 0.3.1-0.3.2a1 events.paired/cancelled events.parent/cancelled
A18 seed 0.3.1-0.3.2a1 memo.executed/nested-counter memo.identity/nested-counter memo.input/nested-counter memo.value/nested-counter result.same/nested-counter state.replay/nested-counter
A19 seed 0.3.1-0.3.2a1 world.awaited/_entity_state_adapter world.awaited/_trace_metadata
E01 activation compat 0.11.0-0.14.5 events.parent/closed-by-the-dead
E02 activation compat 0.11.0-0.14.5 memo.executed/shared-counter memo.identity/shared-counter memo.input/shared-counter memo.value/shared-counter result.same/shared-counter state.replay/shared-counter
E03 compat 0.11.0-0.14.5 memo.distinct/same-name memo.executed/same-name memo.value/same-name pause.durable/same-name result.same/same-name state.replay/same-name world.awaited/same-name
E04 activation compat 0.11.0-0.14.5 sleep.distinct/same-name sleep.duration/same-name
E05 activation compat 0.11.0-0.14.5 world.awaited/replayed-awaitable
E06 activation compat 0.11.0-0.14.5 events.paired/sibling events.parent/sibling quiet.after/sibling
E07 activation 0.11.0-0.14.5 sleep.remainder/sibling
E08 activation compat 0.11.0-0.14.5 result.same/resumed-snapshot state.replay/resumed-snapshot
E09 activation compat 0.11.0-0.14.5 scope.version/blind-save
E10 activation compat 0.11.0-0.14.5 events.paired/suspended-inside world.awaited/suspended-inside
E11 compat 0.11.0-0.14.5 events.parent/nested
E12 compat 0.11.0-0.14.5 memo.value/repr result.same/repr state.replay/repr
E13 activation 0.11.0-0.14.5 events.paired/unencodable
E14 activation compat 0.11.0-0.14.5 events.paired/streaming-function events.parent/streaming-function
E15 activation compat 0.11.0-0.14.5 pause.answer/journal
E16 activation compat 0.11.0-0.14.5 pause.answer/shared-index result.same/shared-index state.replay/shared-index events.paired/closed-twice
E17 activation compat 0.11.0-0.14.5 events.paired/unsaved events.parent/unsaved
E18 activation compat 0.11.0-0.14.3 pause.answer/empty-answer result.reached/empty-answer result.same/empty-answer
E19 activation compat 0.11.0-0.14.5 events.paired/cancelled events.parent/cancelled world.awaited/cancelled
E20 activation compat 0.11.0-0.14.5 memo.executed/nested-counter memo.identity/nested-counter memo.input/nested-counter memo.value/nested-counter result.same/nested-counter state.replay/nested-counter
E21 activation compat 0.11.0-0.14.5 events.paired/given-up events.parent/given-up memo.value/given-up quiet.after/given-up result.agrees/given-up result.same/given-up state.replay/given-up world.awaited/given-up
"""


def test_the_known_defects_explain_exactly_this():
    """Written down a second time, so that none is made broader by the way.

    Each line says in which profiles and releases which guarantees are broken by which cause.
    """
    told = [
        f"{known.id} {' '.join(known.profiles)} {'-'.join(known.releases)}"
        f" {' '.join('/'.join(each) for each in known.breaks)}"
        for known in DEFECTS
    ]
    assert EXCUSED.strip().splitlines() == told


# -- what led a run astray -------------------------------------------------------------------


@pytest.fixture
def astray(tell, monkeypatch):
    """Return the cause of a result that is another, where defects explain these causes."""

    def astray(life, *known):
        monkeypatch.setattr(
            comparing, "find_defect", lambda _, cause, *__: "known" if cause in known else None
        )
        return [
            found[4] for found in life.against(tell().completed(1)) if found[0] == "result.same"
        ]

    return astray


def lost(tell):
    """Tell of a life in which a step's type is lost, and another value read from the state."""
    life = tell().step("a_0", (1,)).get("n", 1).recovered()
    return life.replayed("a_0", [1]).get("n", 2).completed(2)


def test_two_causes_that_are_both_known_explain_a_result(astray, tell):
    """The first of them is named."""
    assert ["type-lost"] == astray(lost(tell), "type-lost", "")


@pytest.mark.parametrize("known", [(), ("type-lost",), ("",)], ids=str)
def test_one_known_cause_of_two_explains_nothing(astray, tell, known):
    """The workflow's own fault is not to hide behind the SDK's."""
    assert [""] == astray(lost(tell), *known)


def test_one_cause_alone_explains_a_result_known_or_not(astray, tell):
    """There is nothing else it could be."""
    life = tell().step("a_0", (1,)).recovered().replayed("a_0", [1]).completed(2)
    assert ["type-lost"] == astray(life)


def test_the_cause_in_another_run_explains_nothing(astray, tell):
    """Each run answers for itself."""
    life = tell().submitted("run-2").dispatched("run-2")
    life.step("a_0", (1,)).recovered().replayed("a_0", [1]).completed(1)
    life.run = "run-1"
    assert [""] == astray(life.completed(2), "type-lost")
