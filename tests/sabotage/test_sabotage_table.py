"""The table of sabotages is in order: each still says what it does, and to whom."""

from __future__ import annotations

import ast
from pathlib import Path

import attrs
import pytest
from sabotage_table import Sabotage, TableError, choose, load

ROOT = Path(__file__).parents[2]
TABLE = load()
ENTRY = """
[first]
file = "box.py"
text = "3"
with = "4"
test = "test_box.py::test_box"
"""


@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry.id)
def test_an_entry_can_be_done(entry):
    """Its text is there as often as it says, and leaves Python; a test of that name is there."""
    file = ROOT / entry.file
    assert file.is_file() == bool(entry.text)
    source = file.read_text() if entry.text else ""
    assert entry.done_to(source) != source
    path, _, name = entry.test.partition("[")[0].partition("::")
    assert name.partition("::")[0] in named((ROOT / path).read_text())


def named(source: str) -> set[str]:
    """Return the functions of a file of tests, and what it gives a name to."""
    return {
        name
        for node in ast.walk(ast.parse(source))
        for name in (
            [node.name]
            if isinstance(node, ast.FunctionDef)
            else [getattr(target, "id", "") for target in node.targets]
            if isinstance(node, ast.Assign)
            else []
        )
    }


def test_no_two_entries_do_the_same():
    """One sabotage, one entry."""
    done = [(entry.file, entry.text, entry.replacement) for entry in TABLE]
    assert [] == [each for each in set(done) if done.count(each) > 1]


def test_the_sample_is_of_ten():
    """Fixed, and from all over the table."""
    sample = choose(TABLE, sample=True)
    assert 10 == len(sample)
    assert 5 <= len({entry.file.split("/")[1] for entry in sample})


# -- reading it ------------------------------------------------------------------------------


def table(folder: Path, **files: str) -> list[Sabotage]:
    """Read a table of these files."""
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text)
    return load(folder)


def test_an_entry_is_read(tmp_path):
    """What is left out is the usual."""
    expected = Sabotage("first", "box.py", "3", "4", "test_box.py::test_box")
    assert [expected] == table(tmp_path, a=ENTRY)
    assert (1, "current", False) == (expected.count, expected.sdk, expected.sample)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("colour = 'red'", "colour"),
        ("count = 0", "count"),
        ("sdk = 'newest'", "sdk"),
        ("sample = 1", "sample"),
    ],
)
def test_an_entry_that_cannot_be_read_is_named(tmp_path, line, says):
    """With what is wrong in it."""
    with pytest.raises(TableError, match=rf"the entry 'first' cannot be read: .*{says}"):
        table(tmp_path, a=f"{ENTRY}{line}\n")


@pytest.mark.parametrize("left_out", ["file", "text", "with", "test"])
def test_an_entry_says_everything(tmp_path, left_out):
    """None of the four can be left out."""
    lines = [line for line in ENTRY.splitlines() if not line.startswith(left_out)]
    with pytest.raises(TableError, match="the entry 'first' cannot be read"):
        table(tmp_path, a="\n".join(lines))


def test_two_entries_of_one_id_are_refused(tmp_path):
    """In two files; in one file TOML refuses them."""
    with pytest.raises(TableError, match="two entries are called 'first'"):
        table(tmp_path, a=ENTRY, b=ENTRY)


# -- what is done ----------------------------------------------------------------------------

ONE = Sabotage("first", "box.py", "3", "4", "test_box.py::test_box")


@pytest.mark.parametrize(
    ("source", "count", "becomes"),
    [("LIMIT = 3\n", 1, "LIMIT = 4\n"), ("A = 3\nB = 3\n", 2, "A = 4\nB = 4\n")],
)
def test_the_text_is_replaced_as_often_as_it_is_there(source, count, becomes):
    """All of it."""
    assert becomes == attrs.evolve(ONE, count=count).done_to(source)


@pytest.mark.parametrize(("source", "found"), [("LIMIT = 5\n", 0), ("A = 3\nB = 3\n", 2)])
def test_a_text_that_is_not_there_once_is_an_error(source, found):
    """It is gone, or has come to stand for several places."""
    with pytest.raises(TableError, match=f"its text is {found} times in box.py, and should be 1"):
        ONE.done_to(source)


def test_a_file_that_is_not_there_is_put_there():
    """It had no text, and has all of what replaces it; one that has a text is another matter."""
    new = attrs.evolve(ONE, text="")
    assert "4" == new.done_to("")
    with pytest.raises(TableError, match="its text is"):
        new.done_to("LIMIT = 3")


@pytest.mark.parametrize(("becomes", "says"), [("(", "no Python"), ("3", "with the same")])
def test_what_is_no_sabotage_is_an_error(becomes, says):
    """What breaks every test there is, and what changes nothing."""
    with pytest.raises(TableError, match=says):
        attrs.evolve(ONE, replacement=becomes).done_to("LIMIT = 3\n")


# -- choosing from it ------------------------------------------------------------------------

FIVE = [
    attrs.evolve(ONE, id=f"entry-{n}", file=f"room-{n % 2}/x.py", sample=n == 3) for n in range(5)
]


@pytest.mark.parametrize(
    ("how", "numbers"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"only": "entry-2"}, [2]),
        ({"only": "room-1/"}, [1, 3]),
        ({"only": "test_box"}, [0, 1, 2, 3, 4]),
        ({"part": "1/2"}, [0, 2, 4]),
        ({"part": "2/2"}, [1, 3]),
        ({"part": "2/2", "only": "room-1"}, [3]),
        ({"sample": True}, [3]),
    ],
)
def test_some_are_chosen(how, numbers):
    """By a part of id, file or test; every n-th; the sample."""
    assert [FIVE[number] for number in numbers] == choose(FIVE, **how)


def test_the_parts_are_the_whole():
    """Each entry is in one of them."""
    parts = [entry for part in ("1/3", "2/3", "3/3") for entry in choose(FIVE, part=part)]
    assert FIVE == sorted(parts, key=lambda entry: entry.id)


@pytest.mark.parametrize("part", ["0/2", "3/2", "2", "a/b", "1/0", "-1/2", "1/2/3"])
def test_a_part_that_is_none_is_refused(part):
    """The message shows how one is written."""
    with pytest.raises(TableError, match="is no part; the second of three is written 2/3"):
        choose(FIVE, part=part)


@pytest.mark.parametrize("how", [{"only": "nowhere"}, {"part": "9/9"}])
def test_to_choose_nothing_is_refused(how):
    """A check that checks nothing is no check."""
    with pytest.raises(TableError, match="no entry of the table is left to try"):
        choose(FIVE, **how)
