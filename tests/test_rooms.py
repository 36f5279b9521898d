"""The house: who may import whom, no circles, nothing loose, and no file of two ideas."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import agnt5_sim

HOUSE = Path(agnt5_sim.__file__).parent

EVERYBODY = {"errors", "arguments"}
"""What people see of a mistake, and the checks that find one: these know no other room."""

ROOMS = {
    "errors": set(),
    "arguments": set(),
    "history": set(),
    "world": {"history"},
    "platform": {"history"},
    "faults": set(),
    "sdk": {"history", "world", "platform", "faults"},
    "life": {"history", "world", "platform", "faults", "sdk"},
    "judging": {"history"},
    "exploring": {"history", "world", "faults", "life", "judging"},
    "report": {"history", "judging", "exploring"},
    "api": {
        "history",
        "world",
        "platform",
        "faults",
        "sdk",
        "life",
        "judging",
        "exploring",
        "report",
    },
    "strategies": {"faults", "sdk", "exploring", "api"},
    "plugin": {
        "history",
        "world",
        "faults",
        "sdk",
        "life",
        "judging",
        "exploring",
        "report",
        "api",
    },
    "__init__": set(),
}
"""Room → the rooms it may import from, beside those that everybody may."""

OUTSIDE = {"agnt5": "sdk", "pytest": "plugin", "_pytest": "plugin"}
"""What only one room knows."""


@cache
def modules() -> dict[str, Path]:
    """Return the modules of the package, by name without its own."""
    return {
        ".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(HOUSE.rglob("*.py"))
    }


def imported(name: str, path: Path) -> Iterator[str]:
    """Go through what a module imports, by full name, at whatever place and for whatever reason."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - (node.level - 1)]
                base = ".".join(["agnt5_sim", *filter(None, above), *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def ours(full: str) -> str | None:
    """Return which module of ours a full name is of, or None."""
    name = full.removeprefix("agnt5_sim.")
    if name == full:
        return None
    while name and name not in modules():
        name = name.rpartition(".")[0]
    return name or "__init__"


@pytest.mark.parametrize("name", modules())
def test_a_module_imports_what_its_room_may(name):
    """And not what only another room knows."""
    room = name.partition(".")[0]
    for full in imported(name, modules()[name]):
        top = full.partition(".")[0]
        assert OUTSIDE.get(top, room) == room, f"{name} imports {full}"
        target = ours(full)
        if target is None:
            continue
        other = target.partition(".")[0]
        allowed = ROOMS[room] | EVERYBODY | {room}
        assert other in allowed, f"{name} imports {full}, and {room} may not know {other}"


def test_no_two_files_import_each_other():
    """Nor three, nor more, in a circle; what is imported for types alone counts too."""
    graph = {
        name: {
            target for full in imported(name, path) if (target := ours(full)) not in {None, name}
        }
        for name, path in modules().items()
    }
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " imports ".join((*above[above.index(name) :], name))
        if name in done:
            return
        for other in sorted(graph[name]):
            visit(other, (*above, name))
        done.add(name)

    for name in graph:
        visit(name, ())


def test_no_module_lies_loose():
    """But the public face, and the errors."""
    assert {path.stem for path in HOUSE.glob("*.py")} == {"__init__", "errors"}
    rooms = {path.name for path in HOUSE.iterdir() if (path / "__init__.py").is_file()}
    assert rooms | {"errors", "__init__"} == set(ROOMS)


def test_every_room_says_what_it_is():
    """In the docstring of its package."""
    for path in HOUSE.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_a_file_is_read_in_one_sitting():
    """None is past 400 lines, and the usual one is far from it."""
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules().items()
    }
    assert [name for name, length in lengths.items() if length > 400] == []
    assert statistics.median(lengths.values()) <= 150


def test_a_profile_is_told_apart_in_one_room():
    """Nobody outside of `sdk` asks which it is: a delivery and a durability are chosen there, once."""
    for name, path in modules().items():
        if name.partition(".")[0] in {"sdk", "judging"}:  # the tables of defects name profiles
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                compared = {getattr(n, "id", getattr(n, "attr", "")) for n in ast.walk(node)}
                texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
                assert not (
                    "profile" in compared and any(isinstance(t, str) and t for t in texts)
                ), name
