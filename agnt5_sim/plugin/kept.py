"""Snapshots of a swept test: held to in the life without faults, and to nothing under faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agnt5_sim.report.snapshot import EventStream


class Anything:
    """Stands in for a snapshot while faults strike: under them the events differ rightly."""

    def __eq__(self, other: object) -> bool:
        """Be equal to anything."""
        return True

    __hash__ = None  # type: ignore[assignment]

    def __call__(self, *_args: Any, **_kwargs: Any) -> Anything:
        """Take any option of a snapshot."""
        return self

    def __getattr__(self, name: str) -> Any:
        """Have any method of a snapshot."""
        return self


def without_snapshots(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a test's arguments with something in place of each snapshot that equals anything."""
    return {
        name: Anything() if type(value).__module__.partition(".")[0] == "syrupy" else value
        for name, value in arguments.items()
    }


def compare_with_kept(item: pytest.Function, stream: EventStream) -> None:
    """Compare the events of a scenario's life without faults with those that are kept.

    Args:
        item: the scenario.
        stream: its events.

    Raises:
        pytest.fail.Exception: they differ, or none are kept.
    """
    snapshot = item._request.getfixturevalue("snapshot")  # noqa: SLF001 - no other way to ask late
    if stream == snapshot:
        return
    explain = item.ihook.pytest_assertrepr_compare
    explained = explain(config=item.config, op="==", left=stream, right=snapshot)
    lines = ["the events are not those that are kept:", *next(filter(None, explained), [])]
    pytest.fail("\n".join(lines), pytrace=False)
