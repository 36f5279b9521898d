"""Snapshots of event streams, by syrupy: one file each, one set for each SDK profile.

`assert run.events == snapshot` is all there is to it. The files lie beside the test as
`__events__/TEST_FILE/TEST_NAME.PROFILE.events`; `--snapshot-update` writes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from agnt5_sim.report.stream import render, render_run

if TYPE_CHECKING:
    from syrupy.location import PyTestLocation

    from agnt5_sim.history import History
    from agnt5_sim.report.views import EventView

_TITLE = "# agnt5-sim event stream 1"


class EventStream(Sequence["EventView"]):
    """The events of a run, or of a whole life: a sequence, and the text of a snapshot.

    Args:
        history: of the life.
        run_id: of the run, or None for all runs.
        events: the events, for those who look at them one by one.
    """

    def __init__(
        self, history: History, run_id: str | None = None, events: Sequence[EventView] = ()
    ) -> None:
        self._history = history
        self._run_id = run_id
        self._events = tuple(events)
        self.profile = history[0].name
        self.generation: str = history[0].data["generation"]

    def __getitem__(self, index: Any) -> Any:
        """Return an event, or a tuple of them."""
        return self._events[index]

    def __len__(self) -> int:
        """Return how many events there are."""
        return len(self._events)

    def __iter__(self) -> Iterator[EventView]:
        """Go through the events."""
        return iter(self._events)

    def __str__(self) -> str:
        """Return the stream as a snapshot keeps it."""
        if self._run_id is None:
            return render(self._history)
        return render_run(self._history, self._run_id)

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        """Compare with another stream, or with syrupy's `snapshot`."""
        if isinstance(other, EventStream):
            return str(self) == str(other)
        if type(other).__module__.partition(".")[0] == "syrupy" and callable(other):
            return bool(other(extension_class=extension_for(self.profile, self.generation)) == self)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]


class EventStreamExtension(SingleFileSnapshotExtension):
    """Keeps event streams as text, one file each. Use `extension_for`."""

    _write_mode = WriteMode.TEXT
    file_extension = "events"
    # A folder of its own: in `__snapshots__`, syrupy's default extension takes files of other
    # extensions for leftovers, and deletes another profile's set when it updates.
    snapshot_dirname = "__events__"
    profile = ""
    generation = ""

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """Return the folder of a test file's streams; syrupy's goes by the base class's name."""
        folder = Path(test_location.filepath).parent / cls.snapshot_dirname
        return str(folder / test_location.basename)

    def serialize(self, data: Any, **_options: Any) -> str:
        """Return the text of a stream, with what tells it was not damaged."""
        return sealed(str(data), self.profile, self.generation)

    def read_snapshot_data_from_location(
        self, *, snapshot_location: str, snapshot_name: str, session_id: str
    ) -> Any:
        """Return what was kept; of a file that is damaged or another's, say so instead."""
        del snapshot_name, session_id
        try:
            text = Path(snapshot_location).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            return _unusable(snapshot_location, f"it cannot be read ({error})")
        problem = what_is_wrong(text, self.profile, self.generation)
        return text if problem is None else _unusable(snapshot_location, problem)


@cache
def extension_for(profile: str, generation: str) -> type[EventStreamExtension]:
    """Return the extension that keeps the streams of a profile in files of their own.

    Args:
        profile: of the life.
        generation: the letter of the generation that profile is of.
    """
    return type(
        "EventStreamExtension",
        (EventStreamExtension,),
        {
            "file_extension": f"{profile}.events",
            "profile": profile,
            "generation": generation,
        },
    )


def _title(profile: str, generation: str) -> str:
    return f"{_TITLE}; generation {generation}; profile {profile}"


def sealed(body: str, profile: str, generation: str) -> str:
    """Put a title and a seal around the text of a stream."""
    lines = body.rstrip("\n").split("\n")
    title = _title(profile, generation)
    return "\n".join([title, *lines, _seal(lines)]) + "\n"


def _seal(lines: list[str]) -> str:
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    return f"# {len(lines)} lines, {digest}"


def what_is_wrong(text: str, profile: str, generation: str) -> str | None:
    """Return why a snapshot's text cannot be compared with, or None."""
    lines = text.rstrip("\n").split("\n")
    title = _title(profile, generation)
    if not lines[0].startswith(_TITLE):
        return "it is damaged: it does not begin with the title of an event stream"
    if lines[0] != title:
        other = lines[0].removeprefix(_TITLE).lstrip("; ")
        return f"it is of another SDK: {other}, not profile {profile}"
    if len(lines) < 2 or lines[-1] != _seal(lines[1:-1]):  # noqa: PLR2004 - title and seal
        return "it is damaged: its lines are not those it was sealed with"
    return None


def _unusable(location: str, problem: str) -> str:
    return (
        f"{Path(location).name} cannot be compared with: {problem}. --snapshot-update mends it.\n"
    )
