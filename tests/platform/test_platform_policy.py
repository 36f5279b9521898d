"""Policies are validated, and the error says what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from agnt5_sim.platform import Outcome, Policy


def test_the_defaults_are_those_of_the_specification() -> None:
    """Both sources, rebuilt sleeps, immediate durability, half a minute of lease."""
    policy = Policy()
    assert ("both", "started", "immediate", 30.0, False, None) == (
        policy.recovery,
        policy.sleep_records,
        policy.durability,
        policy.lease,
        policy.buffered,
        policy.tail,
    )


@pytest.mark.parametrize(
    ("durability", "buffered", "tail"),
    [("immediate", False, None), ("on-flush", True, None), ("tail-loss(12)", True, 12)],
)
def test_durability_is_parsed(durability: str, buffered: bool, tail: int | None) -> None:
    """Whether events are held, and how many of them a kill loses."""
    policy = Policy(durability=durability)
    assert (buffered, tail) == (policy.buffered, policy.tail)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"recovery": "all"}, "recovery='all' is not a policy; allowed: 'both', 'journal', 'memo'"),
        ({"sleep_records": ""}, "sleep_records='' is not a policy; allowed: 'started', 'bare'"),
        ({"durability": "tail-loss"}, "durability='tail-loss' .* 'tail-loss\\(N\\)'"),
        ({"durability": "tail-loss(-1)"}, "durability='tail-loss\\(-1\\)'"),
        ({"durability": "tail-loss(1) "}, "durability='tail-loss\\(1\\) '"),
        ({"durability": 3}, "durability=3"),
        ({"lease": 0.0}, "lease=0.0 is not a duration; allowed: a positive number of seconds"),
        ({"lease": -1}, "lease=-1"),
        ({"lease": float("inf")}, "lease=inf"),
        ({"lease": float("nan")}, "lease=nan"),
        ({"lease": "30"}, "lease='30'"),
        ({"lease": True}, "lease=True"),
    ],
)
def test_a_value_that_is_no_policy_is_named(wrong: dict[str, Any], message: str) -> None:
    """The message names the argument, the value and what is allowed."""
    with pytest.raises(ValueError, match=message):
        Policy(**wrong)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("done", "kind='done' is no outcome; allowed: 'completed', 'failed'"),
        ("paused", "needs pause=PauseRequest"),
        ("suspended", "needs timer=TimerRequest"),
    ],
)
def test_an_outcome_must_be_whole(kind: str, message: str) -> None:
    """A pause without a question, or a sleep without a timer, is refused where it is made."""
    with pytest.raises(ValueError, match=message):
        Outcome(kind)


def test_metadata_is_copied() -> None:
    """Neither the giver nor a reader can change what an outcome carries."""
    metadata = {"a": "1"}
    outcome = Outcome("completed", metadata=metadata)
    metadata["a"] = "2"
    with pytest.raises(TypeError):
        outcome.metadata["a"] = "3"  # type: ignore[index]
    assert {"a": "1"} == dict(outcome.metadata)
