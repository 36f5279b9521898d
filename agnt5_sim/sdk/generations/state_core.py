"""The state core both generations of the SDK load and save entities through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.sdk.generations.requests import scope_name
from agnt5_sim.sdk.ports.patience import Patience
from agnt5_sim.sdk.protocol.state import WORKFLOW_ENTITY

if TYPE_CHECKING:
    from collections.abc import Callable

    from agnt5_sim.sdk.ports.attempt import Attempt
    from agnt5_sim.sdk.ports.crossings import Crossings


_SESSION = Patience(10.0, 1, lambda what: RuntimeError(f"no answer to {what} for 10 s"))
"""Entities are asked for on the worker's stream, and waited for 10 s."""


class StateCore:
    """What a worker's state adapter talks to.

    Args:
        crossings: the platform port.
        attempt_of: finds the attempt that asks, by its route: the id of its run, or "".
    """

    def __init__(self, crossings: Crossings, attempt_of: Callable[[str], Attempt]) -> None:
        self.crossings = crossings
        self._attempt_of = attempt_of

    async def py_get_cached_or_load(
        self, entity_type: str, key: str, scope: str, scope_id: str, route: str = ""
    ) -> tuple[bytes, int]:
        """Load an entity."""
        attempt = self._attempt_of(route)
        crossings = self.crossings
        return await crossings.across(
            attempt,
            "state.load",
            scope_name(scope, key),
            lambda: crossings.platform.load_entity(
                attempt.lease, entity_type, key, scope, scope_id
            ),
            {
                "own": entity_type == WORKFLOW_ENTITY,
                "entity": entity_type,
                "key": key,
                "scope": scope,
                "scope_id": scope_id,
            },
            _SESSION,
        )

    async def py_save_state(
        self,
        entity_type: str,
        key: str,
        value: bytes,
        expected: int,
        scope: str,
        scope_id: str,
        route: str = "",
    ) -> int:
        """Save an entity on top of the version that was loaded."""
        attempt = self._attempt_of(route)
        crossings = self.crossings
        return await crossings.across(
            attempt,
            "state.save",
            scope_name(scope, key),
            lambda: crossings.platform.save_entity(
                crossings.world.now,
                attempt.lease,
                entity_type,
                key,
                value,
                expected,
                scope,
                scope_id,
            ),
            {
                "own": entity_type == WORKFLOW_ENTITY,
                "entity": entity_type,
                "key": key,
                "scope": scope,
                "scope_id": scope_id,
                "value": value,
                "expected": expected,
            },
            _SESSION,
        )

    async def py_invalidate_cache(self, entity_type: str, key: str) -> None:
        """Do nothing: nothing is cached."""

    async def py_clear_cache(self) -> None:
        """Do nothing: nothing is cached."""
