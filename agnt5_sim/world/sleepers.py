"""Whether a thread sleeps: it waits for somebody else, and runs no line meanwhile."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

_TASKS = Path("/proc/self/task")


def sleeps(thread: threading.Thread) -> tuple[int, ...] | None:
    """Look whether a thread sleeps now.

    Two looks that are equal, with real time between them in which it could have run, say that it
    has slept all the while. Linux counts how often a thread went to sleep; elsewhere all that can
    be seen is where in its program it stands.

    Returns:
        What it was seen to do, or None if it runs, or is not there any more.
    """
    if thread.native_id is None:
        return None
    try:
        status = (_TASKS / str(thread.native_id) / "status").read_text("ascii", "replace")
    except FileNotFoundError:
        return _place(thread) if not _TASKS.exists() else None
    except OSError:
        return None
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    if not fields.get("State", "").startswith("S"):
        return None
    return tuple(
        int(fields.get(name, "0"))
        for name in ("voluntary_ctxt_switches", "nonvoluntary_ctxt_switches")
    )


def _place(thread: threading.Thread) -> tuple[int, ...] | None:
    frame = sys._current_frames().get(thread.ident or 0)
    return None if frame is None else (id(frame), frame.f_lasti)
