"""Pools of threads that outlive a process in a module's globals: they forget its threads."""

from __future__ import annotations

import queue
import sys
import threading
from typing import Any


def forget_worker(thread: threading.Thread) -> None:
    """Let a pool forget a thread that never goes on: nobody is to wait for it, nor to use it.

    Args:
        thread: a thread of a program; if it is none of a pool's, nothing happens.
    """
    pools = sys.modules.get("concurrent.futures.thread")
    if pools is None or getattr(thread, "_target", None) is not pools._worker:
        return
    pools._threads_queues.pop(thread, None)
    pool: Any = thread._args[0]()  # type: ignore[attr-defined]
    if pool is None:
        return
    pool._threads.discard(thread)
    if not pool._threads:  # what is left in its queue died with whoever put it there
        pool._work_queue = queue.SimpleQueue()
        pool._idle_semaphore = threading.Semaphore(0)
