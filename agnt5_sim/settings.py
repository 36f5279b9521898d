"""What a life is lived under."""

from __future__ import annotations

import attrs

from .faults import FaultPlan
from .platform import Policy
from .world.isolation import DEFAULT_STALL_S
from .world.scheduler import DEFAULT_TURNS

MAX_ATTEMPTS = 50


@attrs.frozen
class Settings:
    """What a life is lived under.

    Attributes:
        plan: what goes wrong.
        seed: what all randomness comes from.
        profile: how the platform drives the SDK, or None for the SDK's default.
        policy: the platform's choices where its sources are silent.
        turn_limit: loop turns without progress before a program counts as spinning.
        stall: seconds of processor time one turn may take.
        max_attempts: attempts of one run that come no further before it counts as never ending.
        start: wall-clock offset of the life's beginning, in whole seconds.
        quiet: whether the SDK's loggers are silenced.
        forget: whether a killed worker's changes to module globals are undone, as they are
            when a process ends.
    """

    plan: FaultPlan = attrs.field(factory=FaultPlan)
    seed: int = 0
    profile: str | None = None
    policy: Policy = attrs.field(factory=Policy)
    turn_limit: int = DEFAULT_TURNS
    stall: float = DEFAULT_STALL_S
    max_attempts: int = MAX_ATTEMPTS
    start: int = 0
    quiet: bool = True
    forget: bool = False
