"""What there is, is documented; and what is documented, is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import life_workflows as wf
import pytest
from docs_pages import ROOT, blocks_of, everything, name_of, pages, prose

import agnt5_sim
from agnt5_sim import simulate
from agnt5_sim.faults import KINDS
from agnt5_sim.history import History
from agnt5_sim.judging import GUARANTEE_IDS
from agnt5_sim.judging.diagnosis import DEFECTS
from agnt5_sim.plugin.table import MARKED, MARKER, OPTIONS, Option
from agnt5_sim.sdk.generations.detect import GENERATIONS, installed

REFERENCE = ROOT / "docs" / "reference"
PACKAGE = ROOT / "agnt5_sim"
_CODE = re.compile(r"`([^`\n]+)`")


def test_every_option_is_documented():
    """The options page has a row for every option, as the table has it, and for nothing else."""
    assert ([], []) == _differing(OPTIONS)


def test_an_option_without_a_row_is_noticed():
    """Be it new, or be it changed in any of what the row says of it."""
    new = Option("depths", "N", "1", "how many depths", marker="1")
    assert ([_row(new)], []) == _differing((*OPTIONS, new))
    for field in ("metavar", "default", "help", "marker", "is_option", "sets"):
        changed = OPTIONS[0]._replace(**{field: type(getattr(OPTIONS[0], field))()})
        missing, too_many = _differing((changed, *OPTIONS[1:]))
        assert (len(missing), len(too_many)) == (1, 1), field


def _differing(options: tuple[Option, ...]) -> tuple[list[str], list[str]]:
    """Return the rows the options page should have and has not, and those it should not have."""
    text = (REFERENCE / "options.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \S+ \| `agnt5_sim_\w+` \|.*$", text, re.MULTILINE)
    assert re.findall(r"^\| `--agnt5-sim` \| `agnt5_sim` \|", text, re.MULTILINE)

    def says(row: str, option: Option) -> bool:
        return row.startswith(_row(option)) and row[len(_row(option))] in " ;,"

    missing = [_row(option) for option in options if not any(says(row, option) for row in rows)]
    return missing, [row for row in rows if not any(says(row, option) for option in options)]


def _row(option: Option) -> str:
    """Return the row of an option, but for what the page adds to what it does."""
    metavar = option.metavar.replace("|", r"\|")
    cells = [
        f"`{option.flag}`" if option.is_option else "-",
        f"`{option.ini}`",
        f"`{metavar}`",
        option.default,
        f"`{option.name}`" if option.sets else "-",
        f"`{option.name}`" if option.marker else "-",
        option.help,
    ]
    return "| " + " | ".join(cells)


def test_the_marker_is_documented_as_it_is():
    """Its arguments and their defaults are those of the table."""
    text = (REFERENCE / "options.md").read_text(encoding="utf-8")
    signature = MARKER.partition(":")[0]
    assert f"`@pytest.mark.{signature}`" in text
    documented = re.findall(
        r"(\w+)=", text.partition("`@pytest.mark.agnt5_sim(")[2].partition("`")[0]
    )
    assert list(MARKED) == documented


def test_no_page_names_an_option_that_is_not_there():
    """An option that was renamed would else live on in an example."""
    known = {"agnt5-sim", *(option.flag[2:] for option in OPTIONS if option.is_option)}
    named = set(re.findall(r"--(agnt5-sim[a-z-]*)", everything()))
    assert known == known | named
    ini = {"agnt5_sim", *(option.ini for option in OPTIONS)}
    named_ini = set(re.findall(r"\bagnt5_sim_[a-z]+\b", everything()))
    assert ini == ini | named_ini


def test_every_guarantee_is_documented():
    """The guarantees page has a line for every id, in order, and for nothing else."""
    text = (
        (REFERENCE / "guarantees.md").read_text(encoding="utf-8").partition("## Frequent causes")[0]
    )
    documented = tuple(re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", text, re.MULTILINE))
    expected = GUARANTEE_IDS
    assert expected == documented


@pytest.mark.parametrize("name", agnt5_sim.__all__)
def test_every_public_name_is_documented(name):
    """Each name of the package is on a page of the reference."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in sorted(REFERENCE.glob("*.md")))
    assert re.search(rf"`{name}\b", text), f"{name} is not in docs/reference"


def test_the_list_of_public_names_is_complete():
    """The list at the end of the scripts page is the package's own."""
    text = (REFERENCE / "scripts.md").read_text(encoding="utf-8").rpartition("## Names")[2]
    documented = sorted(set(_CODE.findall(text)) - {"agnt5_sim"})
    assert sorted(agnt5_sim.__all__) == documented


def _kinds_written() -> set[str]:
    """Return the kinds of entry that the package's source can write."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name)):
                found |= _kinds_of(node)
    return found


def _kinds_of(node: ast.Call) -> set[str]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
    texts = [
        arg.value
        for arg in node.args[:2]
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    ]
    first = texts[:1]
    if called in {"note", "record", "add", "failed", "_note_fault"}:
        return {
            text for text in first if text == "effect" or re.fullmatch(r"[a-z]+(\.[a-z]+)+", text)
        }
    if called in {"now", "across"}:
        # What is queued is an event like any other, that nobody acknowledges.
        return {f"platform.{'emit' if text == 'queue' else text}" for text in first}
    if called == "Change":
        return set(first)
    if called == "state" and first and first[0] in {"get", "set", "delete", "clear"}:
        return {f"state.{first[0]}"}
    return set()


_TEXT = (REFERENCE / "history.md").read_text(encoding="utf-8").partition("## Kinds of entry")[2]
_KINDS_OF_ENTRY, _, _OF_EVENTS = _TEXT.partition("The fields of an event:")
_CROSSED = {"reply", "refused"}
"""Fields that whatever crosses to the platform has."""


def _rows(text: str) -> list[list[str]]:
    """Return the cells of each row whose first cell is code."""
    return [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| `")]


def _fields_documented() -> dict[str, set[str]]:
    """Return the fields of each kind of entry, as the history page has them."""
    of_events = {field for row in _rows(_OF_EVENTS) for field in _CODE.findall(row[0])}
    found: dict[str, set[str]] = {}
    for kinds, _, what in _rows(_KINDS_OF_ENTRY):
        for kind in _CODE.findall(kinds):
            said = re.sub(r"\([^)]*\)", "", what)  # in parentheses are values, and what they mean
            found[kind] = {
                field for field in _CODE.findall(said) if re.fullmatch("[a-z0-9_]+", field)
            }
            if kind.startswith("platform."):
                found[kind] |= _CROSSED
    for kind in ("platform.emit", "platform.runtime"):
        found[kind] |= of_events
    found["platform.state.save"] |= found["platform.state.load"]
    return found


def test_every_kind_of_entry_is_documented():
    """The history page lists the kinds the source can write, and no other."""
    written = _kinds_written() | {"platform.emit"}  # written through a helper's tuple
    assert sorted(written) == sorted(_fields_documented())


def _lives() -> Iterator[History]:
    """Live what writes most kinds of entry: questions, sleeps, state, errors, kills."""
    for profile in installed().profiles:
        for plan in ("none", "kill after any:point#9", "kill before any:point#5"):
            yield simulate(
                wf.life_order,
                {"order_id": "o"},
                answers="yes",
                profile=profile,
                faults=plan,
            ).history
        yield simulate(wf.life_fails, profile=profile).history
        yield simulate(wf.life_remembers, {"name": "n"}, profile=profile, user_id="u").history


def test_every_field_of_an_entry_is_documented():
    """What lives write into their entries, the history page has a word for."""
    documented = _fields_documented()
    undocumented = {
        (entry.kind, field)
        for history in _lives()
        for entry in history
        for field in entry.data
        if field not in documented[entry.kind]
    }
    assert undocumented == set()


def test_every_field_that_is_documented_is_written():
    """A field that was renamed would else live on in the page."""
    literals = {
        node.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    fields = {field for fields in _fields_documented().values() for field in fields}
    assert sorted(fields - literals) == []


def test_every_kind_of_fault_is_documented():
    """The plans page explains each kind of fault."""
    text = prose(REFERENCE / "plans.md")
    assert [kind for kind in KINDS if f"**{kind}**" not in text] == []


def test_the_releases_that_are_served_are_documented():
    """The page about releases has a row for each generation, as the code has it."""
    text = (REFERENCE / "sdk.md").read_text(encoding="utf-8")
    rows = [
        f"| {g.letter} | {g.first} to {g.last} | {', '.join(f'`{name}`' for name in g.profiles)} |"
        for g in GENERATIONS
    ]
    assert [row for row in rows if row not in text] == []


def test_every_known_defect_is_written_up():
    """The page about defects has each id."""
    text = (ROOT / "docs" / "sdk-defects.md").read_text(encoding="utf-8")
    assert [known.id for known in DEFECTS if known.id not in text] == []


def test_every_error_is_documented():
    """The errors page has a row for each public error, with its nearest built-in base."""
    text = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", text, re.MULTILINE))
    errors = {name: getattr(agnt5_sim, name) for name in agnt5_sim.__all__}
    expected = {
        name: next(base.__name__ for base in error.__mro__ if base.__module__ == "builtins")
        for name, error in errors.items()
        if isinstance(error, type) and issubclass(error, BaseException)
    }
    assert expected == documented


def test_the_commands_of_the_readme_are_there():
    """What a shell block asks make for, the Makefile has."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lines = [
        line
        for page in pages()
        for b in blocks_of(page)
        if b.language == "sh"
        for line in b.text.splitlines()
    ]
    wanted = [line.split()[1] for line in lines if line.startswith("make ")]
    assert wanted == ["demo", "test", "test-quick", "test", "check", "bench", "bench"]
    assert [name for name in wanted if f"\n{name}:" not in makefile] == []


def test_the_changelog_has_this_version():
    """The newest entry is the version that is installed."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", text, re.MULTILINE)[0] == agnt5_sim.__version__


def test_the_package_has_the_readme():
    """The readme is what the package's page shows."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["readme"] == "README.md"


def test_no_page_has_a_path_of_one_machine():
    """Pages are for everybody's machines."""
    found = [
        name_of(page)
        for page in pages()
        if re.search(r"/(?:tmp|work|home|root)/", page.read_text(encoding="utf-8"))
    ]
    assert found == []
