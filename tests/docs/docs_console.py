"""What a console block shows, and whether what was printed is that."""

from __future__ import annotations

import re
from typing import NamedTuple

ELIDED = "…"


class Shown(NamedTuple):
    """A command a page shows.

    Attributes:
        command: without the prompt.
        output: what the page says it prints; `…` stands for text left out: alone on a line for
            any lines, else for anything within the line.
    """

    command: str
    output: str


def commands_in(text: str) -> list[Shown]:
    """Return the commands of a console block, each with its output."""
    found: list[Shown] = []
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE):
        if not part.strip():
            continue
        command, _, output = part.partition("\n")
        found.append(Shown(command.strip(), output))
    return found


def as_shown(expected: str, printed: str) -> str:
    """Return what was printed, in the words of the page where it agrees with them."""
    tidy = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    return expected if _pattern(expected).fullmatch(tidy + "\n" if tidy else "") else tidy + "\n"


def _pattern(expected: str) -> re.Pattern[str]:
    lines = []
    for line in expected.rstrip("\n").splitlines():
        if line == ELIDED:
            lines.append(r"(?:[^\n]*\n)*?")
        else:
            lines.append("[^\n]*".join(map(re.escape, line.rstrip().split(ELIDED))) + "\n")
    return re.compile("".join(lines))
