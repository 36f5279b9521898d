"""`freeze_time` as a marker, and the `freezer` fixture, where no other plugin brings them.

Both are those of pytest-freezer, for any test; in one that asks for `sim`, whoever brings them,
they set the clock of its life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

MARKER = "freeze_time"
FIXTURE = "freezer"
MARKER_HELP = f"{MARKER}(...): freeze time with the arguments of freezegun's freeze_time"
OTHERS = ("freezer", "pytest_freezer", "freezegun", "pytest_freezegun")
SET_THE_CLOCK = (FIXTURE, "time_machine")
_IGNORED = ("_pytest.runner", "_pytest.terminal", "_pytest.timing")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a test that is marked have the fixture."""
    for item in items:
        names = getattr(item, "fixturenames", None)
        if names is not None and item.get_closest_marker(MARKER) and FIXTURE not in names:
            names.insert(0, FIXTURE)


@pytest.fixture(name=FIXTURE)
def frozen_time(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Freeze time at an instant, by the marker's arguments if there is one, and move it."""
    from freezegun import freeze_time

    marker = request.node.get_closest_marker(MARKER)
    arguments: tuple[Any, ...] = () if marker is None else marker.args
    options: dict[str, Any] = {} if marker is None else dict(marker.kwargs)
    options["ignore"] = [*options.get("ignore", ()), *_IGNORED]
    with freeze_time(*arguments, **options) as frozen:
        yield frozen
