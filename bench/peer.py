"""The fastest test kit among the peers, timed in an environment of its own.

Figures in milliseconds mean little on a machine whose speed changes by the hour; beside a peer
that is timed a moment before and after, they mean something. Run as a program, this file times
the peer and prints what it took; imported, it runs itself with the peer's interpreter.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

PYTHON = Path(__file__).parent.parent / ".venv-peer" / "bin" / "python"
STEPS = 10


def timed() -> dict[str, float] | None:
    """Return the peer's milliseconds for a run of ten steps, and for one that fails and recovers.

    None where it is not installed; `make bench` installs it.
    """
    if not PYTHON.exists():
        return None
    result = subprocess.run([PYTHON, __file__], capture_output=True, text=True, check=True)
    times: dict[str, float] = json.loads(result.stdout)
    return times


def _time() -> dict[str, float]:
    import inngest
    from inngest.experimental import mocked

    app = inngest.Inngest(app_id="bench", is_production=False)
    kit = mocked.Inngest(app_id="bench")
    failures = 0

    @app.create_function(fn_id="steps", trigger=inngest.TriggerEvent(event="bench"))
    def steps(ctx: inngest.ContextSync) -> int:
        nonlocal failures
        total = 0
        for number in range(STEPS):
            total += ctx.step.run(f"step-{number}", lambda number=number: number)
            if number == STEPS // 2 and failures:
                failures -= 1
                raise RuntimeError
        return total

    def run(fails: int) -> float:
        nonlocal failures
        failures = fails
        begin = time.perf_counter()
        mocked.trigger(steps, inngest.Event(name="bench"), kit)
        return (time.perf_counter() - begin) * 1000

    run(0)
    return {
        name: statistics.median(run(fails) for _ in range(60))
        for name, fails in (("life", 0), ("recovered", 1))
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_time()))
