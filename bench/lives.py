"""What a life costs: against stand-ins that do nothing, against bare awaits, and by length."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agnt5_sim import FaultPlan, simulate
from agnt5_sim.history import History
from agnt5_sim.sdk.generations.detect import installed
from agnt5_sim.sdk.loggers import silenced
from agnt5_sim.world import World, clock, isolated

from . import peer
from .measure import alternate, row
from .standins import bare_run
from .workflows import bench_functions, bench_sleep, bench_steps, work

if TYPE_CHECKING:
    from collections.abc import Iterator


def _bare(profile: str, workflow: str, steps: int) -> None:
    world = World(turn_limit=10**9)
    process = world.spawn()
    task = process.start(bare_run(profile, workflow, {"steps": steps}))
    world.drive(None, task.done)
    task.result()


async def _awaits(steps: int) -> None:
    for number in range(steps):
        await work(number)


async def _tasks(steps: int) -> None:
    for number in range(steps):
        await asyncio.get_running_loop().create_task(work(number))


def _on_world(coro: Any) -> None:
    world = World(turn_limit=10**9)
    task = world.spawn().start(coro)
    world.drive(None, task.done)


def overhead() -> None:
    """Print what a 12-step life costs beside the same worker with stand-ins.

    The stand-ins are timed twice: with the SDK as it is, which logs every step (to nowhere
    here), and with its loggers silenced, as a simulation silences them.
    """
    print("a life of 12 steps, beside the same worker with stand-ins on the same loop")
    for profile in installed().profiles:
        for workflow in (bench_steps, bench_functions):
            name = workflow.__name__
            works = {
                "life": lambda w=workflow, p=profile: simulate(w, {"steps": 12}, profile=p),
                "bare": lambda n=name, p=profile: _bare(p, n, 12),
            }
            with clock.held():
                with _nowhere():
                    logging = alternate(works, rounds=25, repeat=8)
                with silenced():
                    silent = alternate(works, rounds=25, repeat=8)
            ratio = logging["life"] / logging["bare"]
            row(f"{profile} {name}, the SDK as it is", f"{ratio:.2f} x", "1.50 x", met=ratio <= 1.5)
            row("    life / bare", f"{logging['life']:.2f} / {logging['bare']:.2f} ms")
            row("    with the SDK's loggers silenced", f"{silent['life'] / silent['bare']:.2f} x")
            row("    life / bare", f"{silent['life']:.2f} / {silent['bare']:.2f} ms")


@contextmanager
def _nowhere() -> Iterator[None]:
    """Send what the SDK logs, from Python and from its native half, to nowhere."""
    sys.stdout.flush()
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        for number, copy in enumerate(kept, start=1):
            os.dup2(copy, number)
            os.close(copy)
        os.close(nowhere)


def _beside(name: str, ours: float, theirs: float) -> None:
    ratio = ours / theirs
    row(name, f"{ratio:.2f} x", "1.00 x", met=ratio < 1)
    row("    of the peer's", f"{theirs:.2f} ms")


def absolute() -> None:
    """Print what 10 steps cost, and a kill and its recovery, beside baselines and a peer.

    The limits in milliseconds are what the fastest peer took on a machine of its day; the
    peer is timed before and after each row, so that the ratio holds on this one, and so is
    the worker without a simulation, of whose milliseconds no life can be rid.
    """
    print("10 steps, plain simulate()")
    after = peer.timed()
    for profile in installed().profiles:
        points = simulate(bench_steps, {"steps": 10}, profile=profile).points
        plan = FaultPlan.kill("before", points[len(points) // 2])
        works = {
            "life": lambda p=profile: simulate(bench_steps, {"steps": 10}, profile=p),
            "killed": lambda p=profile, f=plan: simulate(
                bench_steps, {"steps": 10}, profile=p, faults=f
            ),
            "bare": lambda p=profile: _bare(p, "bench_steps", 10),
            "awaits": lambda: _on_world(_awaits(10)),
            "tasks": lambda: _on_world(_tasks(10)),
        }
        with _nowhere():
            times = alternate(works, rounds=25, repeat=4)
        more = times["killed"] - times["life"]
        row(f"{profile}: a life", f"{times['life']:.2f} ms", "2.70 ms", met=times["life"] < 2.7)
        row(f"{profile}: a kill and its recovery", f"{more:.2f} ms", "2.90 ms", met=more < 2.9)
        row("    the bare worker, logging to nowhere", f"{times['bare']:.2f} ms")
        row("    bare awaits", f"{times['awaits']:.3f} ms")
        row("    one task a step", f"{times['tasks']:.3f} ms")
        before, after = after, peer.timed()
        if before is None or after is None:
            continue
        other = {name: (before[name] + after[name]) / 2 for name in after}
        _beside(f"{profile}: a life over the fastest peer's", times["life"], other["life"])
        _beside(f"{profile}: a kill and its recovery likewise", more, other["recovered"])


def length() -> None:
    """Print how the cost of a step and of a sleep depends on length."""
    print("length")
    for profile in installed().profiles:
        gc.collect()
        with clock.held():
            times = alternate(
                {
                    "10": lambda p=profile: [
                        simulate(bench_steps, {"steps": 10}, profile=p) for _ in range(20)
                    ],
                    "1000": lambda p=profile: simulate(bench_steps, {"steps": 1000}, profile=p),
                },
                rounds=7,
                repeat=1,
            )
            ratio = (times["1000"] / 1000) / (times["10"] / 200)
            row(
                f"{profile}: cost per step, 1,000 steps over 10",
                f"{ratio:.2f} x",
                "1.30 x",
                met=ratio <= 1.3,
            )
            sleeps = alternate(
                {
                    "second": lambda p=profile: simulate(bench_sleep, {"seconds": 1}, profile=p),
                    "decade": lambda p=profile: simulate(
                        bench_sleep, {"seconds": 315_360_000}, profile=p
                    ),
                },
                rounds=25,
                repeat=4,
            )
            row(
                f"{profile}: a 10-year sleep over a 1-second sleep",
                f"{sleeps['decade'] / sleeps['second']:.2f} x",
            )


def _isolation() -> None:
    with isolated(World(), "0"):
        pass


def where() -> None:
    """Print what the rest of a life goes to."""
    from agnt5_sim.judging import judge

    print("where the rest goes (12 steps)")
    for profile in installed().profiles:
        outcome = simulate(bench_steps, {"steps": 12}, profile=profile)
        with clock.held(), _nowhere():
            times = alternate(
                {
                    "life": lambda p=profile: simulate(bench_steps, {"steps": 12}, profile=p),
                    "bare": lambda p=profile: _bare(p, "bench_steps", 12),
                    "judge": lambda o=outcome: judge(History(o.history)),
                    "isolation": _isolation,
                },
                rounds=15,
                repeat=8,
            )
        rest = times["life"] - times["bare"]
        row(
            f"{profile}: entries / points of the life",
            f"{len(outcome.history)} / {len(outcome.points)}",
        )
        row("    beyond the bare worker", f"{rest:.2f} ms")
        row("    of it, judging by the guarantees", f"{times['judge']:.2f} ms")
        row("    of it, clock, entropy, guard, watch", f"{times['isolation']:.2f} ms")
