"""What stands in the payloads of events: the keys, and who reads them.

A reader is given the payload as it was sent, and reads it only when it is asked.
"""

from __future__ import annotations

import json
from typing import Any, Final

NAME: Final = "name"
ANSWER_STEP: Final = "wait_for_user"
"""What the step of a question is handled by, and how its name begins."""

CORRELATION_ID: Final = "correlation_id"
PARENT_CORRELATION_ID: Final = "parent_correlation_id"
EVENT_ID: Final = "event_id"
PARENT_EVENT_ID: Final = "parent_event_id"
EVENT_TYPE: Final = "event_type"
TIMESTAMP_NS: Final = "timestamp_ns"
STACK_TRACE: Final = "stack_trace"
INPUT_DATA: Final = "input_data"
OUTPUT_DATA: Final = "output_data"
STEP_NAME: Final = "step_name"
HANDLER_NAME: Final = "handler_name"
IS_REPLAY: Final = "is_replay"
DURATION_SECONDS: Final = "duration_seconds"
START_TIME: Final = "start_time"
ERROR_MESSAGE: Final = "error_message"
ERROR_CODE: Final = "error_code"

ENVELOPE: Final = (
    ("ids", (EVENT_ID, CORRELATION_ID)),
    ("given", ("content", "input", INPUT_DATA, OUTPUT_DATA, "response", "result", "value")),
    ("said", (EVENT_TYPE, STACK_TRACE, TIMESTAMP_NS)),
    ("same", ((EVENT_ID, CORRELATION_ID),)),
    ("generated", r"actv1_[A-Za-z0-9_-]{43}"),
)
"""How to read a payload for people, which every history begins with.

`ids`: how the keys of generated ids end; `given`: the keys under which stands what a workflow
put in; `said`: the keys that say what the line says already, or nothing; `same`: a key that is
left out where the other is there; `generated`: a pattern of the ids the SDK makes.
"""


def output_of(payload: str | bytes) -> bytes | None:
    """Return what an event says came of a workflow, as JSON; None when it does not say."""
    content = json.loads(payload)
    return json.dumps(content[OUTPUT_DATA]).encode() if OUTPUT_DATA in content else None


def ended_with(payload: str | bytes) -> tuple[bytes, str, str]:
    """Return output as JSON, error and its code, off the event that ends a run."""
    content = json.loads(payload)
    output = json.dumps(content.get(OUTPUT_DATA)).encode()
    return output, content.get(ERROR_MESSAGE) or "", content.get(ERROR_CODE) or ""


def replays(content: dict[str, Any]) -> bool:
    """Tell whether the start of a workflow is marked: it had started before."""
    return bool(content.get(IS_REPLAY)) or int(content.get("attempt") or 0) > 0


def answered_question(payload: str | bytes) -> tuple[int, bytes] | None:
    """Return which question an event says is answered, and the answer as JSON; else None."""
    output = json.loads(payload).get(OUTPUT_DATA)
    if not isinstance(output, dict) or output.get(HANDLER_NAME) != ANSWER_STEP:
        return None
    number = str(output.get(STEP_NAME, "")).rpartition("_")[2]
    if not number.isdigit():
        return None
    return int(number), json.dumps(output.get("result")).encode()


def sleep_record(seconds: Any, source_ns: int) -> bytes:
    """Return the record of a sleep that began at `source_ns` and lasts for `seconds`."""
    return json.dumps({START_TIME: source_ns / 1e9, "duration": seconds}).encode()


def state_key(content: dict[str, Any]) -> str:
    """Return the key of the state that an event says has changed, or ""."""
    return str(content.get("key") or "")
