"""What both generations need to hand a dispatch to the SDK."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from agnt5_sim.platform import PauseRequest
from agnt5_sim.sdk.protocol import metadata as keys
from agnt5_sim.sdk.protocol.payloads import STEP_NAME
from agnt5_sim.sdk.protocol.tokens import CUSTOM, SKIPS, answer_record

if TYPE_CHECKING:
    from agnt5_sim.platform import Dispatch


class Request:
    """A request as the worker's entry reads it."""

    def __init__(self, dispatch: Dispatch, metadata: dict[str, str]) -> None:
        self.invocation_id = dispatch.run_id
        self.component_name = dispatch.component
        self.component_type = dispatch.kind
        self.session_id = dispatch.session_id
        self.user_id = dispatch.user_id
        self.is_streaming = dispatch.streaming
        self.runtime_context = None
        self.attempt = dispatch.attempt
        self.input_data = dispatch.input
        self.metadata = metadata


def json_object(items: Mapping[str, bytes]) -> str:
    """Write names and JSON values as one JSON object, without reading the values."""
    pairs = (f"{json.dumps(name)}:{value.decode()}" for name, value in items.items())
    return "{" + ",".join(pairs) + "}"


_UNREAD = b"\0"


def unread(payload: bytes) -> bytes:
    """Mark an event that says a step completed, to be read only if an attempt needs it.

    Most lives have one attempt, and none of their events is ever read back.
    """
    return _UNREAD + payload


def known_steps(
    completed: Mapping[str, bytes], result_of: Callable[[Any], Any]
) -> dict[str, bytes]:
    """Return what is on record of steps as JSON, reading the events that were left unread.

    Args:
        completed: by step name: JSON, or an event marked by `unread`.
        result_of: finds the result in an event's payload.
    """
    return {
        name: json.dumps(result_of(json.loads(value[1:]))).encode()
        if value[:1] == _UNREAD
        else value
        for name, value in completed.items()
    }


def answered(dispatch: Dispatch) -> dict[str, bytes]:
    """Return the answers of earlier pauses, as the completed steps they are to the SDK.

    The answer to the latest is not among them: the SDK is told that one by `user_response`,
    and makes a completed step of it itself.
    """
    latest = dispatch.resume.pause_index if dispatch.resume is not None else None
    return {
        answer_record(dispatch.run_id, index): json.dumps(value).encode()
        for index, value in dispatch.answers.items()
        if index != latest
    }


def resumed(dispatch: Dispatch) -> dict[str, str]:
    """Return what a pause reported, and the answer to it."""
    resume = dispatch.resume
    if resume is None:
        return {}
    metadata = dict(resume.metadata)
    if resume.pause_index is not None:
        metadata[keys.QUESTION_INDEX] = str(resume.pause_index)
        answer = dispatch.answers.get(resume.pause_index)
        if answer is not None:
            metadata[keys.ANSWER] = answer
    return metadata


def reported_steps(metadata: Mapping[str, str]) -> dict[str, bytes]:
    """Return the steps a pause's own report says are done."""
    try:
        events = json.loads(metadata.get(keys.STEP_EVENTS) or "[]")
    except ValueError:
        return {}
    return {
        event[STEP_NAME]: json.dumps(event["result"]).encode()
        for event in events
        if STEP_NAME in event and "result" in event
    }


def pause_request(metadata: Mapping[str, str], question: str, input_type: str) -> PauseRequest:
    """Read a question from what the worker reported with it."""
    options: list[Any] = json.loads(metadata.get("options") or "[]")
    return PauseRequest(
        index=int(metadata.get(keys.QUESTION_INDEX, "0")),
        question=question,
        input_type=input_type,
        options=tuple(_option(option) for option in options),
        custom=CUSTOM if metadata.get("allow_custom") == "True" else "",
        skips=SKIPS if metadata.get("skippable") == "True" else (),
    )


def _option(option: Any) -> tuple[str, str]:
    if isinstance(option, Mapping):
        return str(option.get("id", "")), str(option.get("label", ""))
    return str(option), str(option)


def scope_name(scope: str, key: str) -> str:
    """Name an entity in a fault point: by its scope, without generated ids."""
    return scope or key
