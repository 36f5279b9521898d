"""What an event of generation E tells, beyond that it was sent."""

from __future__ import annotations

import json
from typing import Any

from agnt5_sim.platform import Outcome
from agnt5_sim.sdk.generations.requests import unread
from agnt5_sim.sdk.protocol.events import RUN_COMPLETED
from agnt5_sim.sdk.protocol.payloads import (
    DURATION_SECONDS,
    INPUT_DATA,
    answered_question,
    ended_with,
    output_of,
    replays,
    sleep_record,
)
from agnt5_sim.sdk.protocol.tokens import SLEEP

Told = tuple[tuple[str, bytes] | None, tuple[str, bytes] | None, dict[str, Any] | None]
"""The step that is completed, the sleep that has begun, and more for the entry."""


def ended_by(kind: str, data: bytes) -> Outcome:
    """Read how a run ended off its terminal event, which is what ends it in this generation."""
    output, error, code = ended_with(data)
    if kind == RUN_COMPLETED:
        return Outcome("completed", output)
    return Outcome("failed", error=error, error_type=code)


def of_step(phase: str, call: str, step: str, data: bytes, source_ns: int) -> Told:
    """Return what an event tells of a step or a sleep, and what it says of a question.

    Args:
        phase: "started", "completed" …
        call: the kind of call it is emitted in.
        step: what the SDK calls it.
        data: the payload.
        source_ns: when it was emitted, in nanoseconds since the epoch.
    """
    if phase == "completed":
        if call == "step":
            return (step, unread(data)), None, None
        if call == "wait":
            return None, None, _answered(data)
    elif phase == "started" and call == "sleep":
        seconds = json.loads(data)[INPUT_DATA][DURATION_SECONDS]
        return None, (f"{SLEEP}{step}", sleep_record(seconds, source_ns)), None
    return None, None, None


def _answered(data: bytes) -> dict[str, Any] | None:
    """Return what an event says of a question that is answered."""
    found = answered_question(data)
    return None if found is None else {"answer_to": found[0], "output": found[1]}


def of_workflow(phase: str, data: bytes) -> dict[str, Any] | None:
    """Return what an event says of a workflow: that it had started before, what came of it."""
    if phase == "started":
        return {"replay": replays(json.loads(data))}
    output = output_of(data) if phase == "completed" else None
    return None if output is None else {"output": output}
