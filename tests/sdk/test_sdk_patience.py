"""What a worker's patience makes of a reply that is late, never comes, or is a refusal."""

from __future__ import annotations

import pytest

from agnt5_sim.sdk.ports.patience import Patience, Wait, given_up, late, refused

ONCE = Patience(5.0, 1, TimeoutError)
TWICE = Patience(5.0, 2, TimeoutError)


@pytest.mark.parametrize("patience", [ONCE, TWICE])
def test_a_reply_that_comes_in_time_is_waited_for(patience):
    """However often it could be asked for again."""
    assert Wait(4.9) == late(4.9, patience)


def test_a_reply_that_comes_when_the_time_is_up_comes_too_late():
    """The last try is given up; where there is another, that is answered at once."""
    for seconds in (5.0, 9.0):
        assert Wait(5.0, answered=False) == late(seconds, ONCE)
        assert Wait(5.0) == late(seconds, TWICE)


def test_a_reply_that_never_comes_is_waited_for_as_long():
    """And then it is as one that comes too late."""
    assert (Wait(5.0, answered=False), Wait(5.0)) == (given_up(ONCE), given_up(TWICE))


def test_a_refusal_is_an_answer_if_nothing_is_tried_again():
    """Else the next try comes after a pause."""
    assert (Wait(0.0, answered=False), Wait(0.1)) == (refused(ONCE), refused(TWICE))
