"""Step records, and what an attempt is told about completed steps."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from agnt5_sim.platform.errors import RecordConflict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agnt5_sim.platform.policy import Policy


class StepRecords:
    """`(tenant, run, step key) → output bytes`; the first completion wins."""

    def __init__(self) -> None:
        """Start with nothing recorded."""
        self._outputs: dict[tuple[str, str, str], bytes] = {}

    def put(self, tenant: str, run_id: str, key: str, output: bytes) -> bool:
        """Record a completion.

        Returns:
            True when it is the first, False when the same one is on record.

        Raises:
            RecordConflict: another output is on record; it stays.
        """
        where = (tenant, run_id, key)
        first = self._outputs.get(where)
        if first is None:
            self._outputs[where] = output
            return True
        if first != output:
            raise RecordConflict(run_id, key, "is completed with another output")
        return False

    def get(self, tenant: str, run_id: str, key: str) -> bytes | None:
        """The recorded output; None when there is none."""
        return self._outputs.get((tenant, run_id, key))


class Completed:
    """What one run's next attempt is told: step name → JSON bytes, first come first kept.

    But what a pause reports goes before it: a run is resumed with what it paused with.
    """

    def __init__(self, policy: Policy) -> None:
        """Keep what `policy` lets a new attempt know."""
        self._journal = policy.recovery != "memo"
        self._memo = policy.recovery != "journal"
        self._sleeps = policy.sleep_records != "bare"
        self._outputs: dict[str, bytes] = {}

    def from_event(self, name: str, output: bytes) -> None:
        """A durable event says that step `name` completed with `output`."""
        if self._journal:
            self._outputs.setdefault(name, output)

    def from_record(self, name: str, output: bytes) -> None:
        """A step record says that step `name` completed with `output`."""
        if self._memo:
            self._outputs.setdefault(name, output)

    def from_report(self, steps: Mapping[str, bytes]) -> None:
        """A pause reports these steps completed: the last word on them."""
        self._outputs.update(steps)

    def from_sleep(self, name: str, record: bytes) -> None:
        """A durable started event tells when and for how long sleep `name` began."""
        if self._sleeps:
            self._outputs.setdefault(name, record)

    def snapshot(self) -> Mapping[str, bytes]:
        """A read-only copy, in the order things happened."""
        return MappingProxyType(dict(self._outputs))
