"""Many lives without their dead piling up: batches, each in a forked child.

A killed process can never be taken apart (`agnt5_sim.world.process`), so whoever lives ten
thousand kills keeps ten thousand dead stacks. A long sweep therefore lives in children that
take a batch of plans each, send back their verdicts, and leave by `os._exit`, which runs
nothing of anybody. Two are at work at a time. Verdicts come back in the order of the plans,
whoever was quicker; when the time for a sweep is up, what was lived by then is all told. A
short sweep, or one on a system without fork, lives right here.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
import traceback
import warnings
from collections import deque
from typing import TYPE_CHECKING

from agnt5_sim.world import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.exploring.judge import Judge
    from agnt5_sim.exploring.verdict import Verdict
    from agnt5_sim.faults import FaultPlan

BATCH = 100
HERE = 150
"""A sweep of no more plans than this is lived in the calling process."""
CHILDREN = 2


class BatchFailed(RuntimeError):
    """A child that lived a batch of plans failed; the message carries its traceback."""


def live_all(
    judge: Judge, plans: list[FaultPlan], deadline: float | None = None
) -> Iterator[Verdict]:
    """Live the story under each plan; go through the verdicts in the order of the plans.

    Args:
        judge: of the story.
        plans: under which it is lived.
        deadline: no life is begun after it but the first of a batch that is under way, in
            seconds of `time.monotonic`; None for no limit.
    """
    if len(plans) <= HERE or not hasattr(os, "fork"):
        with clock.held():
            yield from _in_turn(judge, plans, deadline)
        return
    waiting = deque(plans[start : start + BATCH] for start in range(0, len(plans), BATCH))
    children: deque[tuple[int, int]] = deque()
    try:
        while waiting or children:
            while waiting and len(children) < CHILDREN:
                children.append(_fork(judge, waiting.popleft(), deadline))
            yield from _receive(*children.popleft())
            if is_past(deadline):
                waiting.clear()
    finally:
        for pid, pipe in children:
            os.close(pipe)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def is_past(deadline: float | None) -> bool:
    """Tell whether an instant of `time.monotonic` has passed; None never has."""
    return deadline is not None and time.monotonic() > deadline


def _in_turn(judge: Judge, plans: list[FaultPlan], deadline: float | None) -> Iterator[Verdict]:
    for plan in plans:
        yield judge.live(plan)
        if is_past(deadline):
            return


def _fork(judge: Judge, plans: list[FaultPlan], deadline: float | None) -> tuple[int, int]:
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # The SDK's native half keeps threads; a child has no use for them.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    try:
        os.close(reader)
        try:
            with clock.held():
                result: object = list(_in_turn(judge, plans, deadline))
        except BaseException:  # noqa: BLE001 - told to the parent, whatever it is
            result = traceback.format_exc()
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(result, pipe)
    finally:
        os._exit(0)
    raise AssertionError


def _receive(pid: int, pipe: int) -> list[Verdict]:
    try:
        with os.fdopen(pipe, "rb") as reader:
            data = reader.read()
    except BaseException:  # an interrupt, while it was waited for
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        os.waitpid(pid, 0)
    if not data:
        msg = "a child that lived a batch of plans died without a word (out of memory?)"
        raise BatchFailed(msg)
    result = pickle.loads(data)  # noqa: S301 - from our own child
    if isinstance(result, str):
        raise BatchFailed(result)
    return result  # type: ignore[no-any-return]
