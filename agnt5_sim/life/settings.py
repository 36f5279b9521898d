"""What a life is lived under: validated once, here, whoever asks for the life."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

from agnt5_sim.arguments.checks import functions, instance, seconds, text, whole_number
from agnt5_sim.faults import FaultPlan
from agnt5_sim.platform import Policy
from agnt5_sim.sdk.generations.detect import profile as known_profile
from agnt5_sim.sdk.ports.effects import watchable
from agnt5_sim.sdk.ports.stubs import Stubs
from agnt5_sim.world.isolation import DEFAULT_STALL_S
from agnt5_sim.world.world import DEFAULT_TURNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_ATTEMPTS = 50
MAX_START_S = 200 * 31_557_600
"""Two hundred years: later, the wall clock's nanoseconds no longer fit into 64 bits."""


def _effects(value: Any) -> tuple[Callable[..., Any], ...]:
    effects = functions("effects", value)
    for effect in effects:
        watchable(effect)
    return effects


def _profile(value: Any) -> Any:
    if isinstance(value, str):
        known_profile(value)
    return value


def _stubs(value: Any) -> Mapping[Any, Any]:
    if value is None:
        return MappingProxyType({})
    Stubs(value)
    return MappingProxyType(dict(value))


@attrs.frozen(kw_only=True, eq=False)
class Settings:
    """What a life is lived under.

    What `simulate` has an argument for, under the same name, is explained there; so is the
    rest of what can be given.

    Attributes:
        plan: what goes wrong; the `faults` of `simulate`.
        max_attempts: attempts of one run that come no further before it counts as never ending.
        quiet: whether the SDK's loggers are silenced.
        forget: whether a killed worker's changes to module globals are undone, as they are
            when a process ends.
        pace: virtual seconds that pass with every request of the platform.

    Raises:
        ValueError: one of them cannot be used; the message names it and what is allowed.
        BadStub: a stub cannot stand in for a step; a `ValueError` too.
        UnknownProfile: the installed SDK has no such profile.
    """

    plan: FaultPlan = attrs.field(factory=FaultPlan)
    seed: int = attrs.field(default=0, validator=whole_number(least=0))
    profile: str | None = attrs.field(
        default=None, converter=_profile, validator=attrs.validators.optional(text)
    )
    policy: Policy = attrs.field(
        factory=Policy,
        validator=instance(Policy, "a Policy, for example Policy(recovery='journal')"),
    )
    stubs: Mapping[Any, Any] = attrs.field(default=None, converter=_stubs)
    effects: tuple[Callable[..., Any], ...] = attrs.field(default=(), converter=_effects)
    turns: int = attrs.field(default=DEFAULT_TURNS, validator=whole_number(least=1))
    stall: float = attrs.field(default=DEFAULT_STALL_S, validator=seconds)
    start: int = attrs.field(default=0, validator=whole_number(least=0, most=MAX_START_S))
    max_attempts: int = MAX_ATTEMPTS
    quiet: bool = True
    forget: bool = False
    pace: float = attrs.field(default=0.0, validator=seconds)
