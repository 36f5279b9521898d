"""What is put down to a reply that was given up, and no more than that."""

from __future__ import annotations

import pytest

GAVE = "no acknowledgement for 5000 ms"
OTHER = "ValueError: the workflow's own"


def breach(life, guarantee: str) -> list[tuple[str, str | None]]:
    """Return cause and defect of each breach of a guarantee."""
    return [(v.cause, v.defect) for v in life.violations() if v.guarantee == guarantee]


def unpaired(life):
    """Tell of a step that begins and is never told to have ended."""
    life.emit("workflow.step.started", "a_0", name="a", step="a_0")
    return life


def test_an_attempt_that_gave_up_explains_its_events(tell):
    """The worker tells of a failure what has succeeded."""
    life = unpaired(tell().entry("request.unanswered", "emit:x#1", error=GAVE)).completed(1)
    assert [("given-up", "E21")] == breach(life, "events.paired")


def test_without_a_request_that_was_given_up_nothing_is_explained(tell):
    """The same events are a finding."""
    life = unpaired(tell()).completed(1)
    assert [None] == [defect for _, defect in breach(life, "events.paired")]


def test_an_attempt_that_gave_up_nothing_is_not_excused_by_another(tell):
    """What one gave up is no reason for what the next tells."""
    life = tell().entry("request.unanswered", "emit:x#1", error=GAVE).recovered()
    life = unpaired(life).completed(1)
    assert [None] == [defect for _, defect in breach(life, "events.paired")]


def test_a_run_that_gave_up_nothing_is_not_excused_by_another(tell):
    """Each answers for itself, at whatever attempt."""
    life = tell().entry("request.unanswered", "emit:x#1", error=GAVE)
    life.submitted("run-2").dispatched("run-2")
    life = unpaired(life).completed(1)
    assert [None] == [defect for _, defect in breach(life, "events.paired")]


def ends(tell, error: str, gave: str = GAVE):
    """Return cause of a run that fails, which without faults does not."""
    life = tell().entry("request.unanswered", "emit:x#1", error=gave).failed(error)
    return [found[4] for found in life.against(tell().completed(1)) if found[0] == "result.same"]


def test_a_run_that_fails_by_what_was_given_up_is_explained(tell):
    """Its error says so."""
    assert ["given-up"] == ends(tell, f"RuntimeError: {GAVE}")


def test_a_run_that_fails_by_an_error_of_its_own_is_not(tell):
    """That a reply was given up on the way is no reason for it."""
    assert ["other-status"] == ends(tell, OTHER)


@pytest.mark.parametrize("output", [GAVE, 2])
def test_a_run_that_completes_with_another_result_is_not(tell, output):
    """Only one that failed was failed by what was given up."""
    life = tell().entry("request.unanswered", "emit:x#1", error=GAVE).completed(output)
    found = [each[4] for each in life.against(tell().completed(1)) if each[0] == "result.same"]
    assert [""] == found
