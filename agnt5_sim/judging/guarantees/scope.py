"""Scopes: whose state a run reads and writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agnt5_sim.history.values import show, thaw
from agnt5_sim.judging.guarantees.state import OPERATIONS
from agnt5_sim.judging.registry import guarantee
from agnt5_sim.judging.violation import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.history import Entry
    from agnt5_sim.judging.reading.lives import Reading, Run


def _crossings(run: Run) -> Iterator[Entry]:
    for attempt in run.attempts:
        yield from attempt.entries_of("platform.state.load", "platform.state.save")


@guarantee("scope.key")
def key(reading: Reading) -> Iterator[Broken]:
    """Key, scope and scope id follow user > session (≠ run) > run."""
    for run in reading.runs.values():
        wanted = run.submitted.data["home"]
        for entry in _crossings(run):
            data = entry.data
            given = (data["key"], data["scope"], data["scope_id"])
            if data["own"] and given != wanted:
                yield Broken(
                    "the workflow's state was kept under another scope than the run's",
                    entry=entry,
                    expected=wanted,
                    seen=given,
                )


@guarantee("scope.isolation")
def isolation(reading: Reading) -> Iterator[Broken]:
    """No run reads or writes state of another scope, user, session or tenant."""
    for run in reading.runs.values():
        data = run.submitted.data
        own = {
            "user": data["user_id"],
            "session": data["session_id"] or run.run_id,
            "run": run.run_id,
        }
        for entry in _crossings(run):
            scope, scope_id = entry.data["scope"], entry.data["scope_id"]
            if scope in own and scope_id != own[scope]:
                yield Broken(
                    f"the run touched the state of another {scope}",
                    entry=entry,
                    expected=f"{scope} {own[scope]!r}",
                    seen=f"{scope} {scope_id!r}",
                )


def _where(run: Run) -> tuple[str, str]:
    key: str = run.submitted.data["home"][0]
    return run.submitted.data["tenant"], key


@guarantee("scope.continuity")
def continuity(reading: Reading) -> Iterator[Broken]:
    """What a run of a scope saved is there for the next run of that scope."""
    saved: dict[tuple[str, str], list[Entry]] = {}
    for run, entry in _saves(reading):
        if entry.data["own"] and "refused" not in entry.data:
            saved.setdefault(_where(run), []).append(entry)
    if not saved:
        return
    for run in reading.runs.values():
        operations = next((o for a in run.attempts if (o := a.entries_of(*OPERATIONS))), [])
        before = [
            e
            for e in (saved.get(_where(run), []) if operations else [])
            if e.index < run.attempts[0].began.index
        ]
        if not before:
            continue
        state = _load(before[-1].data["value"])
        for entry in operations:
            if entry.kind != "state.get":
                break
            if entry.name in state:
                got = thaw(entry.data["value"])
                if got != state[entry.name]:
                    yield Broken(
                        f"state {entry.name!r}, which an earlier run of the scope saved, was not"
                        " there",
                        entry=entry,
                        step=entry.name,
                        expected=repr(state[entry.name]),
                        seen=show(entry.data["value"]),
                    )


def _load(value: bytes) -> dict[str, Any]:
    try:
        state = json.loads(value) if value else {}
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}


@guarantee("scope.version")
def version(reading: Reading) -> Iterator[Broken]:
    """No update is lost: versions rise by one, a save based on a stale version is refused."""
    current: dict[tuple[str, ...], tuple[int, bytes, str]] = {}
    for run, entry in _saves(reading):
        data = entry.data
        kept = (data["entity"], data["key"], data["scope"], data["scope_id"])
        where = (run.submitted.data["tenant"], *kept)
        known, content, author = current.get(where, (0, b"", ""))
        if "refused" in data:
            continue
        if data["expected"] != known or data["reply"] != known + 1:
            yield Broken(
                "a save that was based on a stale version was accepted",
                entry=entry,
                expected=f"version {known + 1}, based on {known}",
                seen=f"version {data['reply']}, based on {data['expected']}",
                cause="stale-accepted",
            )
        elif author not in {"", run.run_id} and data["own"]:
            seen = run.attempts[0].began.data["initial_state"] if run.attempts else b""
            if _load(seen) != _load(content):
                yield Broken(
                    f"the update of {author} was overwritten by a run that had never seen it",
                    entry=entry,
                    expected=f"a save on top of {content.decode()}, or a conflict",
                    seen=data["value"].decode(),
                    cause="blind-save",
                )
        current[where] = (data["reply"], data["value"], run.run_id)


def _saves(reading: Reading) -> list[tuple[Run, Entry]]:
    saves = [
        (run, entry)
        for run in reading.runs.values()
        for attempt in run.attempts
        for entry in attempt.entries_of("platform.state.save")
    ]
    return sorted(saves, key=lambda pair: pair[1].index)
