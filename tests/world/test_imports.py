"""No circle between the files of the world, not for types alone either."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import agnt5_sim.world

ROOM = Path(agnt5_sim.world.__file__).parent
NAME = "agnt5_sim.world"


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports anywhere, in a `TYPE_CHECKING` block too."""
    seen: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            seen |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = NAME if node.level else ""
            base = ".".join(filter(None, (package, node.module)))
            seen |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return seen


def test_no_two_files_of_the_world_import_each_other() -> None:
    """Nor do any three, or more: they have an order, in which each imports only earlier ones."""
    names = {
        ".".join((NAME, *path.relative_to(ROOM).with_suffix("").parts)): path
        for path in ROOM.rglob("*.py")
        if path.name != "__init__.py"
    }
    graph = {name: imported(path) & set(names) for name, path in names.items()}
    order = tuple(TopologicalSorter(graph).static_order())  # raises CycleError at a circle
    assert set(names) == set(order)
    assert (
        order.index(f"{NAME}.loop") < order.index(f"{NAME}.process") < order.index(f"{NAME}.world")
    )
