"""What comes of a life in which the test itself failed."""

from __future__ import annotations

import pytest

from agnt5_sim.exploring.judge import Judge
from agnt5_sim.exploring.story import Lived
from agnt5_sim.faults import FaultPlan
from agnt5_sim.judging.volatile import Volatile

ASSERTION = ("result.same", "assertion")


@pytest.mark.parametrize(
    ("behind", "told"),
    [
        (lambda life: life.step("a_0"), True),
        (lambda life: life.entry("context.left", "_entity_state_adapter", keeps=""), True),
        (lambda life: life.entry("program.unawaited", "load_0", what="load"), False),
    ],
    ids=["nothing", "a harmless defect", "another guarantee"],
)
def test_an_assertion_that_failed_is_told_unless_a_guarantee_tells_why(tell, behind, told):
    """What only observers read explains no failure of a test, so that it hides none."""
    life = behind(tell(profile="seed", agnt5="0.3.2a1")).completed()
    lived = Lived(FaultPlan(), life.history, (), (), failure="assert 1 == 2")
    judge = Judge(lambda *_: lived, lived, Volatile(life.history, life.history), 0)
    found = {(v.guarantee, v.cause) for v in judge.verdict(lived).violations}
    assert (ASSERTION in found) is told
    assert {(v.guarantee, v.cause) for v in life.violations()} == found - {ASSERTION}
