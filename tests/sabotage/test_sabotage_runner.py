"""The runner: what counts as seen, what is an error, and that the tree itself is left alone."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import attrs
import pytest
from sabotage_runner import Answer, Runner, report
from sabotage_table import Sabotage

TESTS = """
import pytest, time
from box import LIMIT

def test_red():
    assert LIMIT == 3

def test_green():
    assert LIMIT

def test_already_red():
    assert LIMIT == 99

def test_skipped():
    pytest.skip("not here")

def test_hangs():
    time.sleep(0 if LIMIT == 3 else 60)

@pytest.mark.parametrize("number", [3, 4])
def test_each(number):
    assert LIMIT <= number
"""
SEEN = Sabotage("seen", "box.py", "LIMIT = 3", "LIMIT = 4", "test_box.py::test_red")


@pytest.fixture
def tree(tmp_path, monkeypatch) -> Path:
    """Return a tree with one file to sabotage, and its tests, which need no plugin."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name, text in (
        ("box.py", "LIMIT = 3\n"),
        ("test_box.py", TESTS),
        ("pytest.ini", "[pytest]\n"),
    ):
        (tmp_path / name).write_text(text)
    return tmp_path


def problems(tree: Path, *sabotages: Sabotage, **how: object) -> list[str]:
    """Return what is wrong with each of these."""
    runner = Runner(tree, {"current": sys.executable}, **how)
    return [answer.problem for answer in runner.run(sabotages)]


def test_what_turns_its_test_red_is_seen(tree):
    """In one of its cases too; the order is the table's, and the tree is left as it was."""
    before = {path: path.read_text() for path in tree.iterdir()}
    entries = [
        SEEN,
        attrs.evolve(SEEN, id="in a case", test="test_box.py::test_each"),
        attrs.evolve(SEEN, id="one case", test="test_box.py::test_each[3]"),
    ]
    runner = Runner(tree, {"current": sys.executable})
    assert [(entry, "") for entry in entries] == [
        (answer.sabotage, answer.problem) for answer in runner.run(entries)
    ]
    assert before == {path: path.read_text() for path in tree.iterdir()}


def test_a_file_that_was_not_there_is_put_there(tree):
    """And its folder, and both are gone before the next; one that is there is left alone."""
    names = "{p.name for p in Path().iterdir()}"
    (tree / "test_loose.py").write_text(
        "from pathlib import Path\n\n"
        f"def test_loose():\n    assert not {{'loose.py', 'attic'}} & {names}\n"
    )
    new = attrs.evolve(SEEN, file="loose.py", text="", test="test_loose.py")
    attic = attrs.evolve(new, file="attic/loose.py")
    harmless = attrs.evolve(new, file="other.py")
    said = problems(tree, new, attic, attrs.evolve(new, file="box.py"), harmless)
    stays = "its test stays green: test_loose.py"
    assert ["", "", "there is already a file box.py", stays] == said


def test_what_is_not_seen_is_an_error(tree):
    """A test that stays green, one that is red already, one that is skipped or not there."""

    def at(test: str) -> Sabotage:
        return attrs.evolve(SEEN, test=f"test_box.py::{test}")

    stays, red, skipped, gone, seen = problems(
        tree,
        at("test_green"),
        at("test_already_red"),
        at("test_skipped"),
        at("test_gone"),
        at("test_red"),
    )
    assert "its test stays green: test_box.py::test_green" == stays
    assert "its test is red already: test_box.py::test_already_red" == red
    assert "its test stays green: test_box.py::test_skipped" == skipped
    assert gone.startswith("its test cannot be run (4): ")
    assert "test_gone" in gone
    assert "" == seen


def test_a_sabotage_that_cannot_be_done_is_an_error(tree):
    """Its text is gone, its file is gone, it leaves no Python, it has no environment."""
    text, file, python, sdk = problems(
        tree,
        attrs.evolve(SEEN, text="LIMIT = 5"),
        attrs.evolve(SEEN, file="bag.py"),
        attrs.evolve(SEEN, replacement="LIMIT = ("),
        attrs.evolve(SEEN, sdk="seed"),
    )
    assert "its text is 0 times in box.py, and should be 1" == text
    assert "there is no file bag.py" == file
    assert python.startswith("it leaves no Python in box.py")
    assert "there is no environment 'seed' to run its test in" == sdk


def test_a_sabotage_after_which_no_test_can_be_run_is_an_error(tree):
    """The test is not what turned red: any would have."""
    (said,) = problems(tree, attrs.evolve(SEEN, replacement="LIMIT = nothing"))
    assert said.startswith("its test cannot be run (4): ")


def test_a_test_that_hangs_is_an_error(tree):
    """It gave no answer."""
    began = time.monotonic()
    (said,) = problems(tree, attrs.evolve(SEEN, test="test_box.py::test_hangs"), patience=4.0)
    assert "its test gave no answer in 4 s: test_box.py::test_hangs" == said
    assert time.monotonic() - began < 50


def test_one_line_an_entry_and_one_at_the_end():
    """The exit code is 0 only if every test turned red."""
    told: list[str] = []
    good, bad = Answer(SEEN, seconds=1.25), Answer(SEEN, "its text is gone")
    assert (0, 1, 1) == (
        report([good], told.append),
        report([good, bad], told.append),
        report([bad], told.append),
    )
    line = "red   seen 1.2 s test_box.py::test_red"
    assert [
        line,
        "1 sabotages were seen, 0 entries are in error",
        line,
        "ERROR seen: its text is gone",
        "1 sabotages were seen, 1 entries are in error",
        "ERROR seen: its text is gone",
        "0 sabotages were seen, 1 entries are in error",
    ] == told
