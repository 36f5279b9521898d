"""The one record of a life: everything that happened, in the order in which it happened.

A history is append-only and its entries are immutable. Guarantees, snapshots, reports and
replays are readings of it and of nothing else. Two lives were equal exactly when the digests
of their histories are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, overload

from agnt5_sim.history.entries import Entry
from agnt5_sim.history.values import without_addresses

_PROGRAM = ("program.", "body.", "effect", "state.")
"""How the kinds of entry begin whose bytes are frozen values of the program."""

_new = tuple.__new__
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class History(Sequence[Entry]):
    """The entries of one life."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: list[Entry] = list(entries)
        self._closed = False

    # -- writing -----------------------------------------------------------------------

    def add(
        self,
        time: float,
        kind: str,
        *,
        run_id: str = "",
        attempt: int = -1,
        incarnation: int = 0,
        branch: str = "",
        name: str = "",
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Append an entry.

        Args:
            time: virtual time in seconds.
            kind: see `Entry`; so are the others.
            run_id: see `Entry`.
            attempt: see `Entry`.
            incarnation: see `Entry`.
            branch: see `Entry`.
            name: see `Entry`.
            data: a mapping nobody else will change; it is not copied.

        Raises:
            RuntimeError: the life is over.
        """
        self.write(time, kind, run_id, attempt, incarnation, branch, name, data)

    def write(
        self,
        time: float,
        kind: str,
        run_id: str,
        attempt: int,
        incarnation: int,
        branch: str,
        name: str,
        data: Mapping[str, Any] | None,
    ) -> None:
        """Append an entry: `add` for those who write every step of a life."""
        entries = self._entries
        if self._closed:
            msg = f"the life is over; {kind} {name} came after its end"
            raise RuntimeError(msg)
        place = len(entries)
        if data is None:
            data = _NOTHING
        # What `Entry(...)` does, without the call of a Python function for each entry.
        entries.append(
            _new(Entry, (place, time, kind, run_id, attempt, incarnation, branch, name, data))
        )

    def close(self) -> None:
        """Let nothing more be written."""
        self._closed = True

    @property
    def closed(self) -> bool:
        """Whether the life is over, and nothing more can be written."""
        return self._closed

    # -- reading -----------------------------------------------------------------------

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        """Return an entry, or a list of them."""
        return self._entries[index]

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """Go through the entries in order."""
        return iter(self._entries)

    def __repr__(self) -> str:
        return f"<History of {len(self)} entries, digest {self.digest[:12]}>"

    def __str__(self) -> str:
        """Return a line an entry, for people."""
        return "\n".join(map(str, self._entries))

    def select(
        self, *kinds: str, run_id: str | None = None, name: str | None = None
    ) -> list[Entry]:
        """Return the entries of these kinds, of one run, of one name.

        Args:
            kinds: as in `Entry.kind`; a kind that ends in `.` takes all that begin so.
            run_id: only of this run, or None for all.
            name: only of this name, or None for all.
        """
        exact = {kind for kind in kinds if not kind.endswith(".")}
        prefixes = tuple(kind for kind in kinds if kind.endswith("."))
        return [
            entry
            for entry in self._entries
            if (not kinds or entry.kind in exact or entry.kind.startswith(prefixes or ("\0",)))
            and (run_id is None or entry.run_id == run_id)
            and (name is None or entry.name == name)
        ]

    @property
    def runs(self) -> tuple[str, ...]:
        """The runs of this life, in the order in which they began."""
        return tuple(dict.fromkeys(entry.run_id for entry in self._entries if entry.run_id))

    @property
    def digest(self) -> str:
        """A hex string, equal exactly when two lives were equal."""
        if not self._closed:
            return _digest(self._entries)
        return self._digest

    @cached_property
    def _digest(self) -> str:
        return _digest(self._entries)


def _digest(entries: Iterable[Entry]) -> str:
    sha = hashlib.sha256()
    for entry in entries:
        sha.update(_line(entry).encode("utf-8", "surrogatepass"))
    return sha.hexdigest()


def _line(entry: Entry) -> str:
    """Write an entry so that different entries have different texts."""
    data = ",".join(f"{key!r}={entry.data[key]!r}" for key in sorted(entry.data))
    return f"{entry[:8]!r}{{{data}}}\n"


def first_difference(one: History, other: History) -> tuple[Entry | None, Entry | None] | None:
    """Return the first pair of entries in which two histories differ, or None.

    The address of an object, as its default `repr` gives it, is no difference: it says nothing
    of what happened. A history that is the other's beginning differs from it by None against an
    entry.
    """
    for mine, theirs in zip(one, other, strict=False):
        one_line, other_line = _line(mine), _line(theirs)
        if one_line != other_line and without_addresses(one_line) != without_addresses(other_line):
            return mine, theirs
    if len(one) == len(other):
        return None
    shorter = min(len(one), len(other))
    return (
        one[shorter] if len(one) > shorter else None,
        other[shorter] if len(other) > shorter else None,
    )
