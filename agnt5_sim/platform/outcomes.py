"""How an attempt ends."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agnt5_sim.platform.pauses import PauseRequest

_KINDS = ("completed", "failed", "paused", "suspended", "cancelled")


def _frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(mapping))


@attrs.frozen
class TimerRequest:
    """A timer an attempt is suspended on.

    Args:
        key: the timer's key within the run.
        delay: seconds from now until it is ready; used the first time only.
        activation_id: the timer's activation, if it has one.

    Raises:
        ValueError: the delay is negative or not finite.
    """

    key: str
    delay: float
    activation_id: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse a delay that is none."""
        if not math.isfinite(self.delay) or self.delay < 0:
            msg = f"delay={self.delay!r} is not a duration; allowed: seconds, 0 or more"
            raise ValueError(msg)


@attrs.frozen
class Outcome:
    """What an attempt reports at its end.

    Args:
        kind: `completed`, `failed`, `paused`, `suspended` or `cancelled`.
        output: the output, JSON bytes.
        error: the error's message.
        error_type: the error's type.
        pause: the question, for `paused`.
        timer: the timer, for `suspended`.
        metadata: what the next attempt is handed back as `Resume.metadata`; copied.
        reported: step name → JSON bytes: what a `paused` outcome says is completed; copied.

    Raises:
        ValueError: no such kind, or a pause or timer is missing.
    """

    kind: str
    output: bytes = b""
    error: str = ""
    error_type: str = ""
    pause: PauseRequest | None = None
    timer: TimerRequest | None = None
    metadata: Mapping[str, str] = attrs.field(factory=dict, converter=_frozen, hash=False)
    reported: Mapping[str, bytes] = attrs.field(factory=dict, converter=_frozen, hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse an outcome that lacks what its kind needs."""
        if self.kind not in _KINDS:
            msg = f"kind={self.kind!r} is no outcome; allowed: {', '.join(map(repr, _KINDS))}"
            raise ValueError(msg)
        if self.kind == "paused" and self.pause is None:
            msg = "a paused outcome needs pause=PauseRequest(...)"
            raise ValueError(msg)
        if self.kind == "suspended" and self.timer is None:
            msg = "a suspended outcome needs timer=TimerRequest(...)"
            raise ValueError(msg)


class Finished(NamedTuple):
    """What became of an outcome.

    Args:
        kind: the state of the run after it: `completed`, `failed`, `cancelled`,
            `waiting`, or `queued` when what it asks for is there already.
        note: what is worth knowing about it, or `""`.
    """

    kind: str
    note: str
