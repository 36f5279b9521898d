"""Every example of the documentation does what its page says."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from docs_console import as_shown, commands_in
from docs_pages import Block, blocks_of, name_of, pages

from agnt5_sim.sdk.generations.detect import installed

RUNNER = Path(__file__).with_name("docs_runner.py")
EXECUTED = ("python", "console")
BLOCKS = [block for page in pages() for block in blocks_of(page)]
EXAMPLES = [block for block in BLOCKS if block.language in EXECUTED]
LETTER = installed().generation.letter


def _id(block: Block) -> str:
    return f"{name_of(block.page)}:{block.line}"


@pytest.fixture(scope="session")
def runner(tmp_path_factory) -> Iterator[subprocess.Popen[str]]:
    """Executes pages one after the other: each when a test first asks for it, whoever runs the others."""
    if not hasattr(os, "fork"):
        pytest.skip("the pages are executed in forked children, and there is no fork here")
    command = [sys.executable, str(RUNNER), LETTER, str(tmp_path_factory.mktemp("pages"))]
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
        ) as process,
    ):
        process.said = said
        yield process


@pytest.fixture(scope="session")
def outcome_of(runner) -> Callable[[Block], dict]:
    """Return what came of an example; its page is executed once."""

    @cache
    def page(name: str) -> dict[int, dict]:
        print(name, file=runner.stdin, flush=True)
        line = runner.stdout.readline()
        if not line.strip():
            runner.said.seek(0)
            pytest.fail(runner.said.read(), pytrace=False)
        result = json.loads(line)
        assert result["page"] == name
        return {block["line"]: block for block in result["blocks"]}

    return lambda block: page(name_of(block.page))[block.line]


@pytest.mark.parametrize("example", EXAMPLES, ids=_id)
def test_an_example_does_what_its_page_says(example, outcome_of):
    """A python block runs without an error; a command prints what is shown under it."""
    outcome = outcome_of(example)
    assert outcome["error"] == ""
    assert outcome["executed"] == (example.only in {"", LETTER})
    if not outcome["executed"] or example.language != "console":
        return
    shown = commands_in(example.text)
    for command, printed in zip(shown, outcome["printed"], strict=True):
        assert command.output == as_shown(command.output, printed), command.command


def test_every_python_file_of_a_page_is_imported_or_collected():
    """A file that no command and no other block of its page uses would show nothing."""
    unused = []
    for block in BLOCKS:
        if not block.file.endswith(".py"):
            continue
        others = [other for other in BLOCKS if other.page == block.page and other is not block]
        module = Path(block.file).stem
        imported = any(module in _imports(o) for o in others if o.language == "python")
        run = any(
            block.file in c.command or ".py" not in c.command
            for o in others
            if o.language == "console"
            for c in commands_in(o.text)
        )
        if not (imported or run):
            unused.append(_id(block))
    assert unused == []


def _imports(block: Block) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(block.text)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_no_block_with_python_or_a_command_is_left_out():
    """Only what cannot be executed has another language: a shape, an ini file, the two commands."""
    languages = {block.language for block in BLOCKS}
    assert languages <= {*EXECUTED, "text", "ini", "sh"}
    strange = [
        _id(b)
        for b in BLOCKS
        if b.language in {"text", ""} and ("import " in b.text or "$ " in b.text)
    ]
    assert strange == []


def test_what_shows_one_generation_has_its_like_for_the_other():
    """A page with an example of one generation has one of the other too."""
    only = Counter((name_of(block.page), block.only) for block in BLOCKS if block.only)
    names = {page for page, _ in only}
    lacking = [
        (page, letter) for page in sorted(names) for letter in "AE" if not only[page, letter]
    ]
    assert lacking == []


def test_the_page_parser_sees_every_fence():
    """A fence the parser did not take for a block's would be an example nobody executes."""
    for page in pages():
        fences = sum(
            line.lstrip().startswith("```")
            for line in page.read_text(encoding="utf-8").splitlines()
        )
        assert (name_of(page), 2 * len(blocks_of(page))) == (name_of(page), fences)


class TestComparing:
    """What is printed agrees with what is shown, or is shown as it is."""

    def test_equal_text_agrees(self):
        """Text without anything left out must be equal."""
        assert as_shown("one\ntwo\n", "one\ntwo  \n") == "one\ntwo\n"

    def test_other_text_is_shown_as_it_is(self):
        """A difference comes to light in the comparison of the two."""
        assert as_shown("one\n", "two\n") == "two\n"

    def test_an_ellipsis_in_a_line_stands_for_a_part_of_it(self):
        """It does not reach into the next line."""
        assert as_shown("took … s\n", "took 3 s\n") == "took … s\n"
        assert as_shown("took … s\n", "took 3\nor 4 s\n") == "took 3\nor 4 s\n"

    def test_an_ellipsis_alone_stands_for_lines(self):
        """Any number of them, none included."""
        assert as_shown("a\n…\nb\n", "a\nx\ny\nb\n") == "a\n…\nb\n"
        assert as_shown("a\n…\nb\n", "a\nb\n") == "a\n…\nb\n"

    def test_commands_are_parted_by_their_prompts(self):
        """Each has the output under it."""
        assert commands_in("$ one\n1\n$ two\n") == [("one", "1\n"), ("two", "")]
