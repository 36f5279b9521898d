"""The names other people write: guarded here, so that none comes or goes unnoticed."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from public_face import LIST, face

import agnt5_sim

NAMES = sorted(agnt5_sim.__all__)


def test_the_names_and_their_signatures():
    """Exactly those of the list; `python tests/public_face.py > tests/public_face.txt` renews it."""
    assert LIST.read_text(encoding="utf-8") == face()


@pytest.mark.parametrize(
    "change",
    [
        lambda: SimpleNamespace(__all__=[*NAMES, "NAMES"], NAMES=1),
        lambda: SimpleNamespace(simulate=lambda workflow: None),
        lambda: SimpleNamespace(Sim=type("Sim", (agnt5_sim.Sim,), {"__module__": "agnt5_sim.x"})),
        lambda: SimpleNamespace(
            Policy=type("Policy", (), {"__module__": "agnt5_sim.x", "lease": 1, "more": 2})
        ),
    ],
    ids=["a name more", "another signature", "another base", "other members"],
)
def test_a_change_of_the_face_shows(change, monkeypatch):
    """Of a name, of a parameter, of a base class, of a member."""
    for name, value in vars(change()).items():
        monkeypatch.setattr(agnt5_sim, name, value, raising=False)
    assert LIST.read_text(encoding="utf-8") != face()


def test_every_name_can_be_imported_and_is_listed():
    """By attribute, by `from … import`, and in `dir`."""
    assert NAMES == sorted(dir(agnt5_sim))
    for name in NAMES:
        thing = getattr(agnt5_sim, name)
        assert isinstance(thing, ModuleType) is (name == "strategies")
        assert thing is getattr(agnt5_sim, name)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_documented(name):
    """Classes and functions say what they are."""
    thing = getattr(agnt5_sim, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert inspect.getdoc(thing)


def test_importing_it_costs_nothing():
    """The package alone brings in neither the SDK nor any module of its own; a name brings in its home."""
    code = (
        "import sys, agnt5_sim; print(sorted(n for n in sys.modules if n.split('.')[0] in"
        " ('agnt5', 'agnt5_sim', 'hypothesis', 'freezegun', 'pytest')));"
        "import agnt5_sim.exploring.sweep; print(callable(agnt5_sim.explore), agnt5_sim.FaultPlan.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["['agnt5_sim']", "True FaultPlan"]


def test_no_name_is_a_module_too():
    """A module of a public name would take its place as soon as it is imported."""
    here = Path(agnt5_sim.__file__).parent
    assert [
        name
        for name in NAMES
        if name != "strategies" and ((here / name).exists() or (here / f"{name}.py").exists())
    ] == []


def test_an_unknown_name_is_an_attribute_error():
    """As of any module."""
    with pytest.raises(AttributeError, match="No agnt5_sim attribute simulat"):
        agnt5_sim.simulat  # noqa: B018


def test_it_is_typed():
    """The marker for type checkers is there."""
    assert (Path(agnt5_sim.__file__).parent / "py.typed").is_file()
