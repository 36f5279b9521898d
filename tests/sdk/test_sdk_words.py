"""The SDK's words stand in `sdk/protocol`, and nowhere else in the package."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import agnt5_sim
from agnt5_sim.sdk import protocol

PACKAGE = Path(agnt5_sim.__file__).parent
STREAMS = PACKAGE.parent / "scenarios" / "__events__"
MODULES = [
    importlib.import_module(f"{protocol.__name__}.{found.name}")
    for found in pkgutil.iter_modules(protocol.__path__)
]

SHARED = {
    "activation_id": "the platform's own argument, under the same name",
    "error_type": "what the history calls the type of an error",
    "input_type": "what the history calls the kind of a question",
    "pause_index": "what the history calls the number of a question",
    "sleep:": "how the history names a sleep, too",
    "timer_key": "the platform's own argument, under the same name",
}
"""Words that the history or the platform has of its own, with their reason."""

EXEMPT = {
    "faults/plan.py": "an error names a plan as an example, and points bear the events' types",
    "faults/point.py": "likewise a point",
    "judging/diagnosis/generation_a.py": "known defects are told in the SDK's words",
    "judging/diagnosis/generation_e.py": "likewise",
    "sdk/ports/program.py": "the watched context has the method's name, and says it to people",
    "world/libraries.py": "the library's own name for an attribute ends in one",
}
"""Files in which such words may stand, with their reason; the protocol itself apart."""


def _texts(value: object) -> set[str]:
    """Return the texts of a constant, in whatever it is."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        value = tuple(value)  # what the words mean is the history's term
    if isinstance(value, (tuple, list, set, frozenset)):
        return {text for part in value for text in _texts(part)}
    return set()


def _events() -> frozenset[str]:
    """Return the types of the events that the SDK emitted in the scenarios."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(STREAMS.rglob("*.events"))]
    return frozenset(
        t for text in texts for t in re.findall(r"^ +\+\S+s ([a-z_.]+) ", text, re.MULTILINE)
    )


def _words() -> frozenset[str]:
    """Return the constants of the protocol that are nobody else's words, and the events' types.

    A plain word, as `name` or `run`, is everybody's; one that has an underscore, a dot, a colon
    or a capital inside is not.
    """
    found = {
        text
        for module in MODULES
        for name, value in vars(module).items()
        if not name.startswith("__")
        for text in _texts(value)
    }
    special = {text for text in found if not text.isalpha() or not text.islower()}
    return (frozenset(special) | _events()) - SHARED.keys()


WORDS = _words()
BEGINNINGS = {f"{text.partition('.')[0]}." for text in _events()} - {"run."}
"""How the types of events begin; but so do the history's own kinds of entry of a run."""


def _docstrings(tree: ast.AST) -> set[int]:
    """Return the ids of the nodes that are documentation: texts that stand by themselves."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def words_in(source: str) -> list[tuple[int, str]]:
    """Return line and word for each of the SDK's words in the literals of a source."""
    tree = ast.parse(source)
    documentation = _docstrings(tree)
    return sorted(
        (node.lineno, word)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documentation
        for word in WORDS | BEGINNINGS
        if (word == node.value if word in BEGINNINGS else word in node.value)
    )


def _files() -> list[str]:
    every = (path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
    return sorted(n for n in every if not n.startswith("sdk/protocol/") and n not in EXEMPT)


@pytest.mark.parametrize("name", _files())
def test_no_word_of_the_sdk_stands_outside_of_its_protocol(name):
    """Guarantees, reports and the platform have terms of their own; adapters say a word once."""
    assert words_in((PACKAGE / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", sorted(EXEMPT))
def test_what_is_exempt_needs_to_be(name):
    """An exception that nothing makes use of goes."""
    assert words_in((PACKAGE / name).read_text(encoding="utf-8")) != []


@pytest.mark.parametrize("word", sorted(SHARED))
def test_what_is_shared_is_a_word_of_the_protocol(word):
    """A word that the SDK does not have needs no excuse."""
    assert word in {t for module in MODULES for v in vars(module).values() for t in _texts(v)}


@pytest.mark.parametrize(
    "word",
    [
        "workflow.started",
        "workflow.step",
        "run.completed",
        "function.started",
        "output.delta",
        "__custom__:",
        "__skipped__",
        "WorkflowEntity",
        "agnt5_step_event_stack",
        "stable step key was reused",
        "cache_hit",
        "step_name",
        "duration_seconds",
        "output_data",
        "user_response",
    ],
)
def test_a_word_is_found_in_a_literal(word):
    """As a text of its own, as a part of one, and in one that is put together."""
    assert word in WORDS
    for literal in (f"'{word}'", f"'a {word} b'", f"f'{word}{{x}}'"):
        assert (1, word) in words_in(f"thing = {literal}")


def test_the_beginning_of_a_type_is_found():
    """As what a type is held against; a sentence may end with the word."""
    assert words_in("kind.startswith('output.')") == [(1, "output.")]
    assert words_in("text = 'no such workflow.'") == []


def test_a_word_in_a_docstring_is_an_example():
    """People are told of the SDK's words where it helps them."""
    assert words_in('def f():\n    """As `workflow.started`."""') == []
    assert words_in("x = 1\n'''The `workflow.started`.'''") == []
