"""The table of sabotages: what is done to the product, and the test that must turn red for it.

An entry is a table of a TOML file in `entries/`, under its id:

    [after-a-crossing]
    file = "agnt5_sim/sdk/ports/crossings.py"
    text = '''the exact text'''
    with = '''what it is replaced with'''
    test = "tests/sdk/test_ports_points.py::test_a_kill_strikes_after"

An entry without a `text` puts a file there that was not there before.
`count` says how often the text is there, once if it is left out; all of them are replaced.
`sdk` names the environment, "current" or "seed", where the test can turn red in one alone.
`sample` marks the fixed ten that every check tries.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs

ENTRIES = Path(__file__).parent / "entries"
SDKS = ("current", "seed")
_TEXT = attrs.validators.instance_of(str)


class TableError(ValueError):
    """The table, or a choice from it, says what cannot be."""


@attrs.frozen
class Sabotage:
    """One sabotage.

    Attributes:
        id: its name in the table.
        file: what is changed, from the root of the tree.
        text: what is replaced, exactly; "" where the file is not there before.
        replacement: what it is replaced with.
        test: the node id of the test that must turn red.
        count: how often the text is there.
        sdk: the environment the test is run in.
        sample: whether it is one of those that every check tries.
    """

    id: str
    file: str = attrs.field(validator=_TEXT)
    text: str = attrs.field(validator=_TEXT)
    replacement: str = attrs.field(validator=_TEXT)
    test: str = attrs.field(validator=_TEXT)
    count: int = attrs.field(default=1, validator=attrs.validators.ge(1))
    sdk: str = attrs.field(default="current", validator=attrs.validators.in_(SDKS))
    sample: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))

    def done_to(self, source: str) -> str:
        """Return a file's text with the sabotage in it.

        Args:
            source: the text of the file, whole; "" for one that is not there.

        Raises:
            TableError: the text is not there as often as the entry says, the replacement is
                the text itself, or what comes of it is no Python.
        """
        found = source.count(self.text) if self.text or source else 1
        if found != self.count:
            raise TableError(
                f"its text is {found} times in {self.file}, and should be {self.count}"
            )
        if self.text == self.replacement:
            raise TableError("it replaces its text with the same")
        sabotaged = source.replace(self.text, self.replacement)
        try:
            compile(sabotaged, self.file, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise TableError(f"it leaves no Python in {self.file}: {error}") from None
        return sabotaged


def load(folder: Path = ENTRIES) -> list[Sabotage]:
    """Read the table, in the order of its files and of the entries in them.

    Args:
        folder: with the TOML files.

    Raises:
        TableError: an entry cannot be read, or two have one id.
    """
    found: dict[str, Sabotage] = {}
    for file in sorted(folder.glob("*.toml")):
        for identity, fields in tomllib.loads(file.read_text()).items():
            if identity in found:
                raise TableError(f"two entries are called {identity!r}")
            found[identity] = _entry(identity, fields)
    return list(found.values())


def _entry(identity: str, fields: dict[str, Any]) -> Sabotage:
    named = {("replacement" if key == "with" else key): value for key, value in fields.items()}
    try:
        return Sabotage(identity, **named)
    except (TypeError, ValueError) as error:
        raise TableError(f"the entry {identity!r} cannot be read: {error}") from None


def choose(
    table: Iterable[Sabotage], *, only: str = "", part: str = "", sample: bool = False
) -> list[Sabotage]:
    """Return some of the table, in its order.

    Args:
        table: all of it.
        only: what an entry's id, file or test must contain; "" for all.
        part: "i/n" for the i-th of n equal parts; "" for all.
        sample: whether only those of the fixed sample.

    Raises:
        TableError: the part is none, or nothing is left.
    """
    chosen = [
        entry
        for entry in table
        if (entry.sample or not sample)
        and any(only in x for x in (entry.id, entry.file, entry.test))
    ]
    if part:
        number, _, of = part.partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise TableError(f"{part!r} is no part; the second of three is written 2/3")
        chosen = chosen[int(number) - 1 :: int(of)]
    if not chosen:
        raise TableError("no entry of the table is left to try")
    return chosen
