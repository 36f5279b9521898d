"""Memory: ten thousand lives in one process, and ten thousand kills in one sweep."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agnt5_sim import FaultPlan, simulate
from agnt5_sim.api.one_run import OneRun
from agnt5_sim.exploring import Story
from agnt5_sim.exploring.batches import live_all
from agnt5_sim.exploring.judge import Judge
from agnt5_sim.judging.volatile import Volatile
from agnt5_sim.life.settings import Settings
from agnt5_sim.world import clock

from .measure import row
from .workflows import bench_steps

if TYPE_CHECKING:
    from agnt5_sim.exploring.story import Lived

LIVES = 10_000
SETTLED = 1_000
STATM = Path("/proc/self/statm")


def resident_mib() -> float:
    """Return this process's resident memory in MiB."""
    gc.collect()
    pages = int(STATM.read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def lives() -> None:
    """Print how memory grows over lives without faults."""
    settled = 0.0
    with clock.held():
        for number in range(LIVES):
            if number == SETTLED:
                settled = resident_mib()
            simulate(bench_steps, {"steps": 3})
    growth = resident_mib() / settled - 1
    row(
        f"{LIVES:,} lives: growth after the first {SETTLED:,}",
        f"{growth:+.1%}",
        "5 %",
        met=growth < 0.05,
    )


def kills() -> None:
    """Print how memory grows over lives with a kill each, in one sweep."""
    story = Story(OneRun(bench_steps, {"steps": 3}), Settings())
    baseline: Lived = story(FaultPlan(), 0, 0)
    judge = Judge(story, baseline, Volatile(baseline.history, baseline.history), 0)
    plans: list[Any] = [
        FaultPlan.kill(moment, point) for point in baseline.points for moment in ("before", "after")
    ]
    plans = (plans * (LIVES // len(plans) + 1))[:LIVES]
    settled = 0.0
    for number, _ in enumerate(live_all(judge, plans)):
        if number == SETTLED:
            settled = resident_mib()
    growth = resident_mib() / settled - 1
    row(
        f"{LIVES:,} kills in one sweep: growth likewise", f"{growth:+.1%}", "5 %", met=growth < 0.05
    )


def report() -> None:
    """Print both, where resident memory can be read."""
    print("memory")
    if not STATM.exists():
        print(f"  not measured: there is no {STATM} here")
        return
    lives()
    kills()
