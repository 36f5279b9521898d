"""The table of options: each row has its twin, its keyword, its place in the marker and its file."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import attrs
import pytest

from agnt5_sim import explore
from agnt5_sim.exploring import Budget, Sweep
from agnt5_sim.life.settings import Settings
from agnt5_sim.plugin import options, table

HOMES = {"Sweep": Sweep, "Settings": Settings}
KEYWORDS = {
    name: parameter.default
    for name, parameter in inspect.signature(explore).parameters.items()
    if parameter.kind is parameter.KEYWORD_ONLY
}
GIVEN = {
    "depth": "2",
    "budget": "5m",
    "seed": "7",
    "faults": "kill, kill",
    "profile": None,  # of the installed SDK
    "plan": "kill before emit:a#1",
    "shard": "2/3",
    "turns": "9",
    "stall": "0.5",
    "accept": None,  # of the known defects
}
"""A value of each option, other than its default."""


@pytest.mark.parametrize("option", table.OPTIONS, ids=lambda option: option.name)
def test_an_option_has_a_keyword_of_explore_with_its_default(option):
    """All but what only the plugin can do; the classes behind both have that default too."""
    assert bool(option.sets) == (option.name in KEYWORDS)
    for where in option.sets:
        home, _, field = where.partition(".")
        assert field in {attribute.name for attribute in attrs.fields(HOMES[home])}
    if option.sets:
        default = options._default(option)
        assert default == options.checked(option, KEYWORDS[option.name])


@pytest.mark.parametrize("option", table.OPTIONS, ids=lambda option: option.name)
def test_the_default_in_words_is_the_default(option):
    """Where the words are such as could be given; others say what there is instead."""
    if option.default in {"no limit", "the SDK's first", "a sweep", "none"}:
        assert options._default(option) in (None, (), Budget())
    else:
        assert options._default(option) == options.checked(option, option.read(option.default))


@pytest.mark.parametrize("option", table.MARKED.values(), ids=lambda option: option.name)
def test_an_argument_of_the_marker_is_a_keyword_of_explore(option):
    """By the same name, and with the same default."""
    assert KEYWORDS[option.name] == ast.literal_eval(option.marker)


def test_what_a_sweep_can_be_told_is_in_the_table():
    """Every field of `Sweep` but what only code asks for, and each at most once."""
    fields = [where for option in table.OPTIONS for where in option.sets]
    assert len(set(fields)) == len(fields)
    every = {f"Sweep.{attribute.name}" for attribute in attrs.fields(Sweep)}
    assert every - set(fields) == {"Sweep.stop_at_first"}


def test_names_are_written_in_one_way():
    """Small letters, so that option, ini value, keyword and argument can be the same word."""
    names = [option.name for option in table.OPTIONS]
    assert [name for name in names if not re.fullmatch(r"[a-z]+", name)] == []
    assert len(set(names)) == len(names)


def test_a_shard_is_numbered_from_one():
    """In what people write; the parts of a sweep are numbered from 0."""
    (shard,) = (option for option in table.OPTIONS if option.name == "shard")
    assert [(0, 4), (3, 4)] == [shard.read("1/4"), shard.read("4/4")]


@pytest.mark.parametrize("text", ["\u0663", "\u00b2", " 1", "1.0", "-1"])
def test_a_number_is_written_in_plain_digits(text):
    """Anything else is left for the field to refuse, as it was written."""
    (depth,) = (option for option in table.OPTIONS if option.name == "depth")
    assert text == depth.read(text)


def test_every_option_has_a_test_of_its_own():
    """A file that names it."""
    files = {path.stem for path in Path(__file__).parent.glob("test_*.py")}
    tested = {word for file in files for word in re.split("_", file)}
    assert [option.name for option in table.OPTIONS if option.name not in tested] == []


def _values(project, *args: str) -> options.Choices:
    config = project.pytester.parseconfig(*args)
    return options.read(config)


def _given(option: table.Option) -> str:
    if option.name == "profile":
        from agnt5_sim.sdk.generations.detect import installed

        return installed().profiles[-1]
    if option.name == "accept":
        from agnt5_sim.judging.diagnosis import DEFECTS

        return DEFECTS[0].id
    return GIVEN[option.name]


@pytest.mark.parametrize("option", table.OPTIONS, ids=lambda option: option.name)
def test_an_option_and_its_ini_twin_set_the_same(project, option):
    """What is read is what the class keeps of it, wherever it was given."""
    text = _given(option)
    project.ini(**{option.ini: text})
    by_ini = getattr(_values(project), option.name)
    read = (text,) if option.name == "accept" else option.read(text)
    assert by_ini == options.checked(option, read)
    if option.is_option:
        project.ini()
        assert by_ini == getattr(_values(project, f"{option.flag}={text}"), option.name)


def test_what_is_chosen_reaches_sweep_and_settings(project):
    """Each value is in the field its row names."""
    project.ini(**{option.ini: _given(option) for option in table.OPTIONS})
    choices = _values(project)
    made = {"Sweep": choices.sweep({}), "Settings": choices.settings()}
    for option in table.OPTIONS:
        for where in option.sets:
            home, _, field = where.partition(".")
            assert getattr(choices, option.name) == getattr(made[home], field), where


def test_what_is_no_option_is_no_choice(project):
    """A name that the table does not have is an attribute error, as of any object."""
    with pytest.raises(AttributeError, match="dept"):
        _ = _values(project).dept
