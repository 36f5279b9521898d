"""What a kind of defect breaks, in whichever generation it is: guarantees and causes."""

from __future__ import annotations

STEP_NAMES = (
    ("memo.distinct", "same-name"),
    ("memo.executed", "same-name"),
    ("memo.value", "same-name"),
    ("pause.durable", "same-name"),
    ("result.same", "same-name"),
    ("state.replay", "same-name"),
    ("world.awaited", "same-name"),
)
COUNTER = (
    ("memo.executed", "shared-counter"),
    ("memo.identity", "shared-counter"),
    ("memo.input", "shared-counter"),
    ("memo.value", "shared-counter"),
    ("result.same", "shared-counter"),
    ("state.replay", "shared-counter"),
)
NESTED_COUNTER = tuple((guarantee, "nested-counter") for guarantee, _ in COUNTER)
SIBLINGS = (
    ("events.paired", "sibling"),
    ("events.parent", "sibling"),
    ("quiet.after", "sibling"),
)
SLEEP_NAMES = (("sleep.distinct", "same-name"), ("sleep.duration", "same-name"))
SNAPSHOT = (("result.same", "resumed-snapshot"), ("state.replay", "resumed-snapshot"))
REPR = (("memo.value", "repr"), ("result.same", "repr"), ("state.replay", "repr"))
INDEX = (
    ("pause.answer", "shared-index"),
    ("result.same", "shared-index"),
    ("state.replay", "shared-index"),
)

CANCELLED = (("events.paired", "cancelled"), ("events.parent", "cancelled"))

IN_SEQUENCE = (
    "let each branch that runs in parallel be one step; follow it by another round of them"
)
