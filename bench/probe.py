"""What one tree costs: `python probe.py PROFILE`, or `python probe.py collect FOLDER`.

Only the public face is used, so that trees of any age are measured by these same lines. What is
printed is one object of JSON: where the package was imported from, and by figure the processor's
milliseconds, those of children included.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

LIVES = 30


def _cpu_ms() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (time.process_time() + children.ru_utime + children.ru_stime)


def _took(work: Callable[[], object]) -> float:
    begin = _cpu_ms()
    work()
    return _cpu_ms() - begin


def lives(profile: str) -> dict[str, Any]:
    """Return what a life, a life with a kill, and a life of a sweep cost."""
    from agnt5 import workflow

    import agnt5_sim

    async def work(number: int) -> int:
        return number

    @workflow
    async def probe_steps(ctx: Any, steps: int) -> int:
        total = 0
        for number in range(steps):
            total += await ctx.step(f"step-{number}", work, number)
        await ctx.sleep(60, name="a minute")
        return total

    given = {"steps": 10}
    first = agnt5_sim.simulate(probe_steps, given, profile=profile)
    started = _cpu_ms()
    kill = agnt5_sim.FaultPlan.kill("before", first.points[len(first.points) // 2])

    def plain() -> None:
        for _ in range(LIVES):
            agnt5_sim.simulate(probe_steps, given, profile=profile)

    def killed() -> None:
        for _ in range(LIVES):
            agnt5_sim.simulate(probe_steps, given, profile=profile, faults=kill)

    def sweep() -> None:
        swept.append(agnt5_sim.explore(probe_steps, {"steps": 4}, profile=profile))

    swept: list[Any] = []
    killed_life = agnt5_sim.simulate(probe_steps, given, profile=profile, faults=kill)
    if (first.output, killed_life.output, killed_life.missed) != (45, 45, ()):
        sys.exit("what was measured is not what was meant")
    figures = {
        "start-up and a first life": started,
        "a life": _took(plain) / LIVES,
        "a life with a kill": _took(killed) / LIVES,
    }
    figures["a sweep, per life"] = _took(sweep) / swept[0].runs
    return {"from": agnt5_sim.__file__, "figures": figures}


def tests(folder: str) -> dict[str, Any]:
    """Return what pytest costs in an empty folder, and what collecting another's tests does."""
    import agnt5_sim

    def pytest(*arguments: str) -> None:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode not in {0, 5}:  # 5: there were no tests
            sys.exit(done.stdout + done.stderr)

    return {
        "from": agnt5_sim.__file__,
        "figures": {
            "start-up of pytest": _took(lambda: pytest(f"{folder}/empty")),
            "collecting 500 tests": _took(
                lambda: pytest("--agnt5-sim", "--collect-only", f"{folder}/full")
            ),
        },
    }


if __name__ == "__main__":
    what, *more = sys.argv[1:]
    json.dump(tests(*more) if what == "collect" else lives(what), sys.stdout)
