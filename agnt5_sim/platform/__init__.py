"""A pure, in-memory fake of the AGNT5 durable-execution platform.

No asyncio, no clock, no SDK: time is an argument, values are bytes. The rules are
those of the run-lifecycle documentation; where that is silent, see `Policy`.
"""

from __future__ import annotations

from agnt5_sim.errors import AnswerRefused, PlatformError
from agnt5_sim.platform.activations import Activation, ActivationGrant
from agnt5_sim.platform.agenda import Change
from agnt5_sim.platform.dispatches import Dispatch, Resume
from agnt5_sim.platform.errors import (
    DuplicateRun,
    Fenced,
    RecordConflict,
    RunIsOver,
    UnknownActivation,
    UnknownRun,
    VersionConflict,
    WrongState,
)
from agnt5_sim.platform.facade import Platform
from agnt5_sim.platform.journal import BUFFERED, Accepted, JournalEvent
from agnt5_sim.platform.leases import Lease, Refused
from agnt5_sim.platform.outbox import Seen
from agnt5_sim.platform.outcomes import Finished, Outcome, TimerRequest
from agnt5_sim.platform.pauses import Answered, Pause, PauseRequest
from agnt5_sim.platform.policy import Policy
from agnt5_sim.platform.runs import Run

__all__ = [
    "BUFFERED",
    "Accepted",
    "Activation",
    "ActivationGrant",
    "AnswerRefused",
    "Answered",
    "Change",
    "Dispatch",
    "DuplicateRun",
    "Fenced",
    "Finished",
    "JournalEvent",
    "Lease",
    "Outcome",
    "Pause",
    "PauseRequest",
    "Platform",
    "PlatformError",
    "Policy",
    "RecordConflict",
    "Refused",
    "Resume",
    "Run",
    "RunIsOver",
    "Seen",
    "TimerRequest",
    "UnknownActivation",
    "UnknownRun",
    "VersionConflict",
    "WrongState",
]
