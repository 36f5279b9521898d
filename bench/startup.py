"""What the installed plugin adds to an ordinary pytest run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

from .measure import row


def report() -> None:
    """Print what `pytest` on an empty folder costs with the plugin and without."""
    print("the installed plugin, on an empty folder without --agnt5-sim")
    with_it, without = [], []
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        for _ in range(11):
            for extra, times in (([], with_it), (["-p", "no:agnt5-sim"], without)):
                begin = time.perf_counter()
                subprocess.run([*command, *extra], cwd=folder, capture_output=True, check=False)
                times.append((time.perf_counter() - begin) * 1000)
    added = statistics.median(a - b for a, b in zip(with_it[1:], without[1:], strict=True))
    row("added, median of pairs", f"{added:+.1f} ms", "30 ms", met=added <= 30)
    row("pytest without it", f"{statistics.median(without[1:]):.0f} ms")
