"""What generation E is handed with a dispatch, and how it says that an attempt ended."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from agnt5_sim.platform import Outcome, TimerRequest
from agnt5_sim.sdk.generations.requests import (
    answered,
    json_object,
    known_steps,
    pause_request,
    reported_steps,
    resumed,
)
from agnt5_sim.sdk.protocol import metadata as keys
from agnt5_sim.sdk.protocol.events import RUN_FAILED, RUN_PAUSED, WORKFLOW_STARTED
from agnt5_sim.sdk.protocol.payloads import CORRELATION_ID, OUTPUT_DATA

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agnt5_sim.platform import Accepted, Dispatch


def metadata_of(
    dispatch: Dispatch, journal: Callable[[], Sequence[Accepted]], *, activation: bool
) -> dict[str, str]:
    """Return the metadata of a dispatch.

    Args:
        dispatch: what the platform handed out.
        journal: reads that of its run.
        activation: whether activations and suspension are negotiated.
    """
    metadata = {keys.TENANT: dispatch.tenant, keys.PROJECT: dispatch.tenant}
    if activation:
        metadata |= keys.DURABLE
        metadata[keys.SESSION] = f"worker-{dispatch.lease.incarnation}"
        metadata[keys.LEASE] = f"lease-{dispatch.lease.number}"
    if dispatch.initial_state:
        metadata[keys.WORKFLOW_STATE] = dispatch.initial_state.decode()
    resume = resumed(dispatch)
    completed = known_steps(dispatch.completed, _result)
    if dispatch.resume is not None and dispatch.resume.timer_key is not None:
        completed.update(_continued(resume.get(keys.CONTINUATION, "")))
        metadata[keys.TIMER] = dispatch.resume.timer_key
        metadata[keys.ACTIVATION] = dispatch.resume.activation_id
    completed.update(answered(dispatch))
    if completed and dispatch.recovered:
        metadata[keys.WORKFLOW_ID] = _workflow_id(journal())
    metadata.update(resume)
    if completed:
        metadata[keys.COMPLETED_STEPS] = json_object(completed)
    return metadata


def _workflow_id(journal: Sequence[Accepted]) -> str:
    """Return the id under which a run's first attempt began, off its journal."""
    for accepted in journal:
        if accepted.event.type == WORKFLOW_STARTED:
            return str(json.loads(accepted.event.data).get(CORRELATION_ID, ""))
    return ""


def outcome_of(response: Any) -> Outcome | None:
    """Read how an attempt ended off what the worker answers; None where an event said it."""
    if response is None:
        return None
    metadata = dict(response.metadata or {})
    suspension = response.worker_suspension
    if suspension is not None:
        continuation = base64.urlsafe_b64encode(bytes(suspension.continuation)).decode()
        timer = TimerRequest(
            suspension.timer_key, suspension.delay_ms / 1000, suspension.activation_id
        )
        return Outcome("suspended", timer=timer, metadata={keys.CONTINUATION: continuation})
    if response.event_type == RUN_PAUSED:
        output = json.loads(bytes(response.output_data))
        pause = pause_request(metadata, output["question"], metadata.get(keys.INPUT_TYPE, "text"))
        reported = reported_steps(metadata)
        return Outcome("paused", pause=pause, metadata=metadata, reported=reported)
    if response.event_type == RUN_FAILED or not response.success:
        return Outcome(
            "failed",
            error=response.error_message or "",
            error_type=metadata.get(keys.ERROR_TYPE, ""),
        )
    return Outcome("completed", bytes(response.output_data))


def _result(payload: Any) -> Any:
    return payload[OUTPUT_DATA]["result"]


def _continued(encoded: str) -> dict[str, bytes]:
    """Return the steps a suspension's continuation says are done."""
    if not encoded:
        return {}
    steps = json.loads(base64.urlsafe_b64decode(encoded)).get(keys.COMPLETED_STEPS) or {}
    return {name: json.dumps(value).encode() for name, value in steps.items()}
