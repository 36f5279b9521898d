"""What the installed plugin adds to an ordinary pytest run."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile

from .measure import row

ROUNDS = 25


def _cpu_ms(command: list[str], folder: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    subprocess.run(command, cwd=folder, env=alone, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def report() -> None:
    """Print what `pytest` on an empty folder costs with the plugin and without.

    The least of many processor times is taken: a run of pytest swings by more than the plugin
    costs, and never below what it needs. No other plugin is loaded, since those take ten times
    as long and drown it; what they would have imported for it counts here in full.
    """
    print("the plugin by itself, on an empty folder without --agnt5-sim")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    with_it, without = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            with_it.append(_cpu_ms([*command, "-p", "agnt5_sim.plugin"], folder))
            without.append(_cpu_ms(command, folder))
    added = min(with_it) - min(without)
    row("added", f"{added:+.1f} ms", "30 ms", met=added <= 30)
    row("pytest without it", f"{min(without):.0f} ms")
