"""How things are written where they cross to the SDK: answers, and the names of records."""

from __future__ import annotations

from typing import Final

CUSTOM: Final = "__custom__:"
"""What goes before an answer that is none of the options."""
SKIPS: Final = ("__skipped__", "__skip__")
"""The answers that leave a question out; the first is the one people are told of."""

ANSWER: Final = "user_response"
SLEEP: Final = "sleep:"
"""How the name of a sleep's record begins."""


def seen(answer: str) -> str | None:
    """Return what a workflow is to see of an answer; None for a question that was left out."""
    return None if answer in SKIPS else answer.removeprefix(CUSTOM)


def answer_record(run_id: str, index: int) -> str:
    """Name the record of an answer."""
    return f"{ANSWER}:{run_id}:{index}"
