"""The marker `agnt5_sim`: what one test asks of its sweep, over what was chosen for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from agnt5_sim.arguments.words import unknown
from agnt5_sim.plugin.options import checked, on_command_line
from agnt5_sim.plugin.table import MARKED

if TYPE_CHECKING:
    from agnt5_sim.exploring import Sweep
    from agnt5_sim.plugin.options import Choices

NAME = "agnt5_sim"


def is_marked(item: pytest.Item) -> bool:
    """Tell whether a test is marked, itself or by its class or module."""
    return item.get_closest_marker(NAME) is not None


def sweep_of(item: pytest.Item, choices: Choices) -> Sweep:
    """Return how a test is swept: its markers over the choices, argument by argument.

    The command line has the last word; of several markers, the nearest.

    Args:
        item: the test.
        choices: what was chosen for all.

    Raises:
        pytest.UsageError: a marker says what cannot be; the message names the test, the
            argument and what is allowed.
    """
    where = f"{item.nodeid}: the marker agnt5_sim"
    asked: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers(NAME))):
        if marker.args:
            raise pytest.UsageError(f"{where} takes keywords only: {', '.join(MARKED)}")
        asked.update(marker.kwargs)
    said: dict[str, Any] = {}
    for name, value in asked.items():
        if name not in MARKED:
            raise pytest.UsageError(f"{where} has an {unknown('argument', name, MARKED)}")
        option = MARKED[name]
        if on_command_line(item.config, option):
            continue
        try:
            kept = checked(option, value)
        except ValueError as error:
            raise pytest.UsageError(f"{where}: {error}") from None
        said[name] = (*getattr(choices, name), *kept) if option.adds else kept
    return choices.sweep(said)
