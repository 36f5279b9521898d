"""The choices the sources leave open, as named policies with defaults."""

from __future__ import annotations

import math
import re

import attrs

_RECOVERY = ("both", "journal", "memo")
_SLEEP_RECORDS = ("started", "bare")
_TAIL = re.compile(r"tail-loss\((\d+)\)")


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        choices = ", ".join(repr(choice) for choice in allowed)
        msg = f"{name}={value!r} is not a policy; allowed: {choices}"
        raise ValueError(msg)


@attrs.frozen(kw_only=True)
class Policy:
    """How the platform behaves where the sources leave it open.

    Three more choices are fixed, and named here so that a report can cite them:
    *state at start* (every attempt of a run gets the entity bytes captured at its first
    dispatch), *failed activations: execute* (see `Platform.begin_activation`) and
    *first completion wins* (records and journal alike).

    Args:
        recovery: where an attempt learns which steps are completed: from completed step
            events (`"journal"`), from step records (`"memo"`), or from `"both"`.
        sleep_records: `"started"` rebuilds the record of a sleep from its started event;
            `"bare"` tells a new attempt nothing about earlier sleeps.
        durability: when a worker's event is safe: `"immediate"`, at once; `"on-flush"`,
            when flushed, a kill loses the rest; `"tail-loss(N)"`, as on-flush, but a
            kill loses only the last N un-flushed events and the others arrive.
        lease: seconds from a worker's death to the expiry of its leases.

    Raises:
        ValueError: naming the value that is not allowed, and those that are.
    """

    recovery: str = "both"
    sleep_records: str = "started"
    durability: str = "immediate"
    lease: float = 30.0
    tail: int | None = attrs.field(init=False, repr=False, eq=False)
    """How many un-flushed events a kill loses; None for all of them."""

    @tail.default
    def _tail(self) -> int | None:
        match = _TAIL.fullmatch(self.durability) if isinstance(self.durability, str) else None
        return int(match.group(1)) if match else None

    def __attrs_post_init__(self) -> None:
        """Refuse values that are no policy."""
        _one_of("recovery", self.recovery, _RECOVERY)
        _one_of("sleep_records", self.sleep_records, _SLEEP_RECORDS)
        if self.tail is None and self.durability not in ("immediate", "on-flush"):
            msg = (
                f"durability={self.durability!r} is not a policy; allowed: 'immediate', "
                "'on-flush', 'tail-loss(N)' with N a number of events"
            )
            raise ValueError(msg)
        lease: object = self.lease
        number = isinstance(lease, (int, float)) and not isinstance(lease, bool)
        if not number or not math.isfinite(self.lease) or self.lease <= 0:
            msg = f"lease={lease!r} is not a duration; allowed: a positive number of seconds"
            raise ValueError(msg)

    def told(self) -> tuple[tuple[str, object], ...]:
        """Return what was chosen, by name, as a history keeps it."""
        return (
            ("recovery", self.recovery),
            ("sleep_records", self.sleep_records),
            ("durability", self.durability),
            ("lease", self.lease),
            ("buffered", self.buffered),
            ("tail", self.tail),
        )

    @property
    def buffered(self) -> bool:
        """Whether a worker's events wait for a flush before they are durable."""
        return self.durability != "immediate"
