"""Words that must be of a list."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def unknown(what: str, word: str, allowed: Iterable[str]) -> str:
    """Say that a word is not known, which are, and which was probably meant.

    Args:
        what: the word is to be.
        word: as it was given.
        allowed: the words there are.
    """
    allowed = tuple(allowed)
    return f"unknown {what} {word!r}: allowed are {', '.join(allowed)}{meant(word, allowed)}"


def meant(word: object, allowed: Iterable[str]) -> str:
    """Return the end of a sentence that says which word was probably meant, or ""."""
    near = difflib.get_close_matches(str(word), tuple(allowed), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
