"""Entities: `(tenant, type, key, scope, scope id) → bytes, version`.

A save needs the current version. Nothing is visible across tenants or scopes.
"""

from __future__ import annotations

from typing import NamedTuple

from agnt5_sim.platform.errors import VersionConflict


class EntityKey(NamedTuple):
    """Where an entity lives."""

    tenant: str
    type: str
    key: str
    scope: str
    scope_id: str


class Entities:
    """All entities of all tenants."""

    def __init__(self) -> None:
        """Start with no entity."""
        self._values: dict[EntityKey, tuple[bytes, int]] = {}

    def load(self, key: EntityKey) -> tuple[bytes, int]:
        """The value and its version; `(b"", 0)` when there is none."""
        return self._values.get(key, (b"", 0))

    def save(self, key: EntityKey, value: bytes, expected: int | None) -> int:
        """Save a value on top of version `expected` (None: whatever is there).

        Returns:
            the new version, one higher.

        Raises:
            VersionConflict: the current version is another.
        """
        current = self._values.get(key, (b"", 0))[1]
        if expected is not None and expected != current:
            where = f"{key.type} {key.key!r} ({key.scope} {key.scope_id!r} of {key.tenant!r})"
            raise VersionConflict(where, expected, current)
        self._values[key] = (value, current + 1)
        return current + 1
