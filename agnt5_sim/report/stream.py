"""A life's events as text: one readable line each, the same on every machine and Python.

Virtual times are offsets, generated ids have stable names, secrets are not shown, and values
are in full.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from agnt5_sim.history.terms import WAITING
from agnt5_sim.judging.reading.lives import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.history import Entry, History
    from agnt5_sim.judging.reading.lives import Attempt, Run

_NS: Final = 1_000_000_000
_SECRET: Final = re.compile(
    r"webhook_secret|secret|password|passwd|authorization|cookie|api[-_]?key|private[-_]?key"
    r"|(?:^|[-_.])token(?:$|[-_.](?!counts?$|usage$|limit$|budget$|type$))|(?:access|refresh|bearer|bot|auth|fence|id)[-_]?token",
    re.IGNORECASE,
)
_BEARER: Final = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_CLOCK: Final = re.compile(r"(?:time|timestamp|_at)$", re.IGNORECASE)
_REDACTED: Final = "[redacted]"


def render(history: History) -> str:
    """Return the event streams of all runs of a life.

    Args:
        history: of the life.
    """
    reading = read(history)
    streams = [_Stream(history).lines(run) for run in reading.runs.values()]
    return "\n".join(line for lines in streams for line in lines) + "\n"


def render_run(history: History, run_id: str) -> str:
    """Return the event stream of one run."""
    return "\n".join(_Stream(history).lines(read(history).runs[run_id])) + "\n"


class _Envelope:
    """How to read what a worker puts around the values of a program: `life.began` says it.

    Args:
        said: the pairs a history begins with.
    """

    def __init__(self, said: tuple[tuple[str, Any], ...]) -> None:
        told = dict(said)
        self.ids: tuple[str, ...] = told["ids"]
        self.given = frozenset(told["given"])
        self.generated = re.compile(f"{_UUID}|{told['generated']}")
        self._said = frozenset(told["said"])
        self._same = dict(told["same"])

    def shows(self, key: str, value: Any, around: dict[str, Any]) -> bool:
        """Tell whether a key says anything the line does not say already."""
        if key in self._said or self._same.get(key) in around:
            return False
        return value is not None or key in self.given


_envelope = lru_cache(maxsize=8)(_Envelope)


class _Stream:
    """Writes the stream of one run, naming generated ids as they appear."""

    def __init__(self, history: History) -> None:
        self._names: dict[str, str] = {}
        began = history[0].data
        self._envelope = _envelope(began["envelope"])
        self._began = began["began_ns"] / _NS
        self._lasted = history[-1].time

    def lines(self, run: Run) -> Iterator[str]:
        data = run.submitted.data
        scope = "".join(f" {key}={data[key]}" for key in ("user_id", "session_id") if data[key])
        given = self._text(json.loads(data["input"]))
        yield f"{run.run_id} {run.submitted.name} {given}{scope}"
        told: list[tuple[int, str]] = []
        for attempt in run.attempts:
            told += self._attempt(attempt)
        for index, entry in run.answers.items():
            value = self._text(entry.data["value"])
            told.append(
                (entry.index, f"{_offset(entry.time)} = answer to question {index}: {value}")
            )
        for entry in run.ends:
            told.append((entry.index, self._end(entry)))
        yield from ("  " + line for _, line in sorted(told, key=lambda pair: pair[0]))

    def _attempt(self, attempt: Attempt) -> list[tuple[int, str]]:
        began = attempt.began
        how = "recovers" if began.data["recovered"] else (began.data["resumes"] and "resumes")
        lines = [
            (
                began.index,
                f"{_offset(began.time)} = attempt {attempt.number}" + (f" {how}" if how else ""),
            )
        ]
        lines += [
            (entry.index, self._event(entry))
            for entry in attempt.events
            if "refused" not in entry.data
        ]
        report = attempt.report
        if report is not None and attempt.outcome in WAITING:
            lines.append((report.index, self._waits(report, attempt.outcome)))
        if attempt.died is not None:
            lines.append(
                (
                    attempt.died.index,
                    f"{_offset(attempt.died.time)} = the worker died: {attempt.died.name}",
                )
            )
        return lines

    def _event(self, entry: Entry) -> str:
        payload = entry.data["payload"]
        try:
            content = json.loads(payload)
        except ValueError:
            content = payload
        return (
            f"{_offset(entry.time)} {entry.data['type']} {self._text(content, own=True)}".rstrip()
        )

    def _waits(self, report: Entry, outcome: str) -> str:
        if outcome == "suspended":
            timer = f"{report.data['timer']} for {report.data['delay']:g} s"
            return f"{_offset(report.time)} = suspended: {timer}"
        data = report.data
        options = "/".join(identity for identity, _ in data["options"])
        kind = data["input_type"] + (f" {options}" if options else "")
        return (
            f"{_offset(report.time)} = question {data['pause_index']}: {data['question']} ({kind})"
        )

    def _end(self, entry: Entry) -> str:
        output = entry.data["output"]
        shown = self._text(json.loads(output)) if output else entry.data["error"]
        line = f"{_offset(entry.time)} = {entry.name}: {self._strip(shown)}"
        state = entry.data["state"]
        line = line.rstrip(": ")
        return line + (f"; state {self._text(json.loads(state))}" if state else "")

    # -- values ------------------------------------------------------------------------

    def _text(self, value: Any, *, own: bool = False) -> str:
        return json.dumps(self._stable(value, "", own=own), ensure_ascii=False, sort_keys=True)

    def _stable(  # noqa: PLR0911 - a case a type
        self, value: Any, key: str, *, own: bool
    ) -> Any:
        """Return a value without what differs from life to life.

        Args:
            value: any JSON.
            key: under which it stands.
            own: whether it is the envelope a worker made, of which what is empty or said elsewhere
                is left out; what a workflow put into it is shown in full.
        """
        if value is not None and value != "" and _SECRET.search(key):
            return _REDACTED
        if isinstance(value, dict):
            return {
                str(k): self._stable(v, str(k), own=own and k not in self._envelope.given)
                for k, v in value.items()
                if not own or self._envelope.shows(k, v, value)
            }
        if isinstance(value, list):
            return [self._stable(item, key, own=own) for item in value]
        if isinstance(value, str):
            if own and key.endswith(self._envelope.ids) and value:
                return self._name(value)
            return self._strip(value, own=own)
        if type(value) in {int, float} and _CLOCK.search(key):
            return self._offset_of(value)
        return value

    def _offset_of(self, reading: float) -> Any:
        """Return a reading of the life's clock as an offset, in whatever unit it is."""
        for unit in (1, 1_000, 1_000_000, _NS):
            seconds = reading / unit - self._began
            if 0 <= seconds <= self._lasted:
                return _offset(seconds)
        return reading

    def _strip(self, text: str, *, own: bool = False) -> str:
        if text[:1] in "{[" and len(text) > 1:
            try:
                return self._text(json.loads(text), own=own)
            except ValueError:
                pass
        text = self._envelope.generated.sub(lambda match: self._name(match[0]), text)
        return _BEARER.sub(lambda match: f"{match[1]} {_REDACTED}", text)

    def _name(self, identity: str) -> str:
        return self._names.setdefault(identity, f"#{len(self._names) + 1}")


def _offset(seconds: float) -> str:
    text = f"{seconds:.6f}".rstrip("0").rstrip(".")
    return f"+{text}s"
