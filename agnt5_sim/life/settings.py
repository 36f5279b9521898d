"""What a life is lived under."""

from __future__ import annotations

import attrs

from agnt5_sim.arguments.checks import instance, seconds, whole_number
from agnt5_sim.faults import FaultPlan
from agnt5_sim.platform import Policy
from agnt5_sim.world.isolation import DEFAULT_STALL_S
from agnt5_sim.world.world import DEFAULT_TURNS

MAX_ATTEMPTS = 50
MAX_START_S = 200 * 31_557_600
"""Two hundred years: later, the wall clock's nanoseconds no longer fit into 64 bits."""


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
        pace: virtual seconds that pass with every request of the platform.

    Raises:
        ValueError: one of them cannot be used; the message names it and what is allowed.
    """

    plan: FaultPlan = attrs.field(factory=FaultPlan)
    seed: int = attrs.field(default=0, validator=whole_number())
    profile: str | None = None
    policy: Policy = attrs.field(
        factory=Policy,
        validator=instance(Policy, "a Policy, for example Policy(recovery='journal')"),
    )
    turn_limit: int = attrs.field(default=DEFAULT_TURNS, validator=whole_number(least=1))
    stall: float = attrs.field(default=DEFAULT_STALL_S, validator=seconds)
    max_attempts: int = MAX_ATTEMPTS
    start: int = attrs.field(default=0, validator=whole_number(least=0, most=MAX_START_S))
    quiet: bool = True
    forget: bool = False
    pace: float = attrs.field(default=0.0, validator=seconds)
