"""Batches in forked children: whatever becomes of a child, its lives are not taken for lived."""

from __future__ import annotations

import os
import signal
from types import SimpleNamespace

import pytest

from agnt5_sim.exploring import batches

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@pytest.fixture(autouse=True)
def _in_children(monkeypatch):
    monkeypatch.setattr(batches, "HERE", 0)
    monkeypatch.setattr(batches, "BATCH", 2)


def ended(how):
    """Return a judge in whose hands a child comes to an end at the fourth life."""

    def live(number):
        if number == 3:
            how()
        return number

    return SimpleNamespace(live=live)


@pytest.mark.parametrize(
    "how",
    [lambda: os._exit(0), lambda: os._exit(1), lambda: os.kill(os.getpid(), signal.SIGKILL)],
    ids=["left", "failed", "killed"],
)
def test_a_child_that_dies_is_no_batch_without_verdicts(how, forked):
    """The sweep ends, and says so; the verdicts that came before are told."""
    told = []
    with pytest.raises(batches.BatchFailed, match="died without a word"):
        told.extend(batches.live_all(ended(how), list(range(8))))
    assert [0, 1] == told
    assert forked
    for child in forked:
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)


def test_a_child_that_raises_says_what():
    """Its traceback is in the error."""

    def fails():
        raise ZeroDivisionError("in the child")

    with pytest.raises(batches.BatchFailed, match="ZeroDivisionError: in the child"):
        list(batches.live_all(ended(fails), list(range(8))))


def test_verdicts_come_in_the_order_of_the_plans():
    """All of them, whichever child was quicker."""
    assert list(range(7)) == list(batches.live_all(ended(lambda: None), list(range(7))))
