"""The pages of the documentation, and the blocks in them.

A fenced block may have an HTML comment on the line before it, which says what it is for:

    <!-- file: test_orders.py -->   it is that file of the page's project
    <!-- only: A -->               it shows one generation of the SDK, and is executed under it
    <!-- file: x.py; only: E -->   both
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(
    r"(?:^<!-- (?P<directive>[a-z]+: [^\n]*?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A fenced block.

    Attributes:
        page: the page it is in.
        line: where it begins there, from 1.
        language: "python", "console", …
        text: what is in it.
        file: the file of the page's project it is, or "".
        only: the generation of the SDK it shows, or "" for all.
    """

    page: Path
    line: int
    language: str
    text: str
    file: str
    only: str


def pages() -> list[Path]:
    """Return every page."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def name_of(page: Path) -> str:
    """Return a page's name, for people."""
    return page.relative_to(ROOT).as_posix()


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        directives = dict(
            part.strip().split(": ", 1)
            for part in (match["directive"] or "").split(";")
            if part.strip()
        )
        unknown = directives.keys() - {"file", "only"}
        if unknown:
            message = f"{name_of(page)}: unknown directive {', '.join(sorted(unknown))}"
            raise ValueError(message)
        line = text.count("\n", 0, match.start("text"))
        found.append(
            Block(
                page,
                line,
                match["language"],
                match["text"],
                directives.get("file", ""),
                directives.get("only", ""),
            )
        )
    return found


def prose(page: Path) -> str:
    """Return a page without its blocks."""
    return _BLOCK.sub("", page.read_text(encoding="utf-8"))


def everything() -> str:
    """Return the text of all pages."""
    return "\n".join(page.read_text(encoding="utf-8") for page in pages())
