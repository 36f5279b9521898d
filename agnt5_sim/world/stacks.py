"""Where a program stands, in words."""

from __future__ import annotations

import asyncio
import linecache
import sysconfig
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

_OURS = ("/agnt5_sim/", "\\agnt5_sim\\", "/agnt5/", "asyncio/", "/asyncio/", "<frozen")
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})
_DEPTH = 6


def describe_tasks(loop: Any, owner: str) -> list[str]:
    """Say for every unfinished task of `loop` where it stands and what it awaits."""
    tasks = sorted(
        asyncio.all_tasks(loop), key=lambda task: (getattr(task, "branch", ""), task.get_name())
    )
    return [f"{owner}: {_describe_task(task)}" for task in tasks]


def _describe_task(task: asyncio.Task[Any]) -> str:
    coro = task.get_coro()
    name = getattr(coro, "__qualname__", repr(coro))
    place = _innermost(coro)
    waiter = getattr(task, "_fut_waiter", None)
    awaits = "is ready to run" if waiter is None else f"waits for {_describe_future(waiter)}"
    return f"task {name} {awaits}{place}"


def _describe_future(future: Any) -> str:
    coro = future.get_coro() if isinstance(future, asyncio.Task) else None
    if coro is not None:
        return f"task {getattr(coro, '__qualname__', coro)}"
    return f"a {type(future).__name__} nobody has set"


def _innermost(coro: Any) -> str:
    """Return the place deepest in a chain of awaits that lies in someone's program.

    That of a library is better than none.
    """
    place = ""
    in_program = False
    seen = 0
    while coro is not None and seen < 200:  # noqa: PLR2004 - a bound, against cycles
        seen += 1
        frame = getattr(coro, "cr_frame", None) or getattr(coro, "ag_frame", None)
        if frame is not None and not _is_ours(frame) and not (in_program and _is_library(frame)):
            place = f" at {_place(frame)}"
            in_program = not _is_library(frame)
        coro = getattr(coro, "cr_await", None) or getattr(coro, "ag_await", None)
    return place


def _is_ours(frame: FrameType) -> bool:
    return any(part in frame.f_code.co_filename for part in _OURS)


def _is_library(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_LIBRARIES)


def _place(frame: FrameType) -> str:
    code = frame.f_code
    line = linecache.getline(code.co_filename, frame.f_lineno).strip()
    return f"{code.co_filename}:{frame.f_lineno} in {code.co_name}" + (f": {line}" if line else "")


def describe_place(frame: FrameType | None) -> str:
    """Return where in someone's program a stack stands; in a library, if all of it is; or ""."""
    place = ""
    while frame is not None:
        if not _is_ours(frame):
            if not _is_library(frame):
                return _place(frame)
            place = place or _place(frame)
        frame = frame.f_back
    return place


def describe_stack(frame: FrameType | None) -> str:
    """Return the innermost frames of someone's program, innermost last, a line each.

    Of the libraries it called only the innermost frame is shown: they may be many.
    """
    lines: list[str] = []
    while frame is not None and len(lines) < _DEPTH:
        if not _is_ours(frame) and not (lines and _is_library(frame)):
            lines.append(f"  {_place(frame)}")
        frame = frame.f_back
    return "\n".join(reversed(lines))
