"""Measuring: alternating rounds, medians, and ratios inside one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

Work = Callable[[], object]


def alternate(works: dict[str, Work], *, rounds: int, repeat: int) -> dict[str, float]:
    """Return the median milliseconds of each piece of work, measured in turn.

    Args:
        works: what to measure, by name.
        rounds: how often each is measured.
        repeat: how often it is done in one measurement.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(rounds):
        for name, work in works.items():
            begin = time.perf_counter()
            for _ in range(repeat):
                work()
            times[name].append((time.perf_counter() - begin) / repeat * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


def row(name: str, value: str, limit: str = "", *, met: bool = True) -> None:
    """Print one figure, with its limit."""
    verdict = "" if not limit else (f"  (limit {limit})" if met else f"  (limit {limit}: MISSED)")
    print(f"  {name:<58} {value:>14}{verdict}")
