"""Links between pages lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs_pages import ROOT, name_of, pages, prose

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def _anchor(heading: str) -> str:
    """Return the anchor a heading gets: lower case, hyphens for spaces, no other signs."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_between_pages_resolve(page: Path) -> None:
    """A relative link names a file of the project and, after `#`, a heading of it."""
    links = [link for link in _LINK.findall(prose(page)) if not link.startswith("https://")]
    assert [link for link in links if not _resolves(link, page)] == []


def _resolves(link: str, page: Path) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.is_file() or not target.is_relative_to(ROOT):
        return False
    return not anchor or anchor in map(_anchor, _HEADING.findall(prose(target)))


def test_every_page_can_be_reached():
    """From the readme and the index of the documentation, every page is one link away."""
    reached = {
        (start.parent / link.partition("#")[0]).resolve()
        for start in (ROOT / "README.md", ROOT / "docs" / "README.md")
        for link in _LINK.findall(prose(start))
        if not link.startswith("https://")
    }
    entrances = {ROOT / "README.md", ROOT / "docs" / "README.md"}
    assert [name_of(page) for page in pages() if page not in reached | entrances] == []
