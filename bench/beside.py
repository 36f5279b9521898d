"""This tree beside another commit: `python -m bench.beside COMMIT`, for `make bench BASE=COMMIT`.

Both are measured by `probe.py`, in turn, in processes of their own, with one interpreter and one
set of packages. A limit is missed when the whole 95 % interval of a ratio lies above it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

from agnt5_sim.sdk.generations.detect import installed

from .measure import row

ROOT = Path(__file__).parent.parent
PLACE = ROOT / ".bench"
PROBE = Path(__file__).with_name("probe.py")
LIMIT = 1.03
ROUNDS = 15
DRAWS = 2000
INI = "[pytest]\nasyncio_default_fixture_loop_scope = function\n"

TEST = "import pytest\n\n" + "\n".join(
    f"@pytest.mark.agnt5_sim\nasync def test_{number}(sim):\n    pass\n" for number in range(25)
)


def interval(ratios: list[float]) -> tuple[float, float, float]:
    """Return the median of ratios, and the ends of its 95 % interval.

    The interval is a percentile bootstrap over rounds, the same at every call.

    Args:
        ratios: one a round.
    """
    rng = random.Random(0)
    medians = sorted(statistics.median(rng.choices(ratios, k=len(ratios))) for _ in range(DRAWS))
    return (
        statistics.median(ratios),
        medians[round(0.025 * (DRAWS - 1))],
        medians[round(0.975 * (DRAWS - 1))],
    )


def met(low: float) -> bool:
    """Tell whether a ratio whose interval begins there meets the limit."""
    return low <= LIMIT


def unpacked(commit: str) -> Path:
    """Write the tree of a commit to a folder of its own, and return that."""
    git = shutil.which("git") or "git"
    archive = subprocess.run([git, "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        sys.exit(f"BASE={commit}: {archive.stderr.decode().strip()}")
    tree = PLACE / "base"
    shutil.rmtree(PLACE, ignore_errors=True)
    tree.mkdir(parents=True)
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as tar:
        tar.extractall(tree, filter="data")
    return tree


def tests_to_collect() -> Path:
    """Write an empty folder and one with tests, and return what they are in."""
    folder = PLACE / "tests"
    (folder / "empty").mkdir(parents=True)
    (folder / "full").mkdir()
    for place in ("empty", "full"):
        (folder / place / "pytest.ini").write_text(INI, encoding="utf-8")
    for number in range(20):
        (folder / "full" / f"test_file_{number}.py").write_text(TEST, encoding="utf-8")
    return folder


def measured(tree: Path, *what: str) -> dict[str, float]:
    """Return the figures of a tree."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(tree),
        "PYTHONHASHSEED": "0",
        "AGNT5_DISABLE_SDK_TELEMETRY": "true",
    }
    command = [sys.executable, "-P", str(PROBE), *what]
    done = subprocess.run(
        command, cwd=PLACE, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{tree}: {done.stdout}{done.stderr}")
    result = json.loads(done.stdout)
    if not Path(result["from"]).is_relative_to(tree / "agnt5_sim"):
        sys.exit(f"{tree} was to be measured, and {result['from']} was")
    figures: dict[str, float] = result["figures"]
    return figures


def compare(base: Path, what: tuple[str, ...], rounds: int) -> bool:
    """Print each figure of this tree over the base's; tell whether every limit is met."""
    sides = {"base": base, "this": ROOT}
    for tree in sides.values():
        measured(tree, *what)  # compiles what is imported
    times: dict[str, list[dict[str, float]]] = {side: [] for side in sides}
    for number in range(rounds):
        for side in list(sides)[:: 1 if number % 2 else -1]:
            times[side].append(measured(sides[side], *what))
    good = True
    for figure in times["this"][0]:
        ours, theirs = ([each[figure] for each in times[side]] for side in ("this", "base"))
        ratio, low, high = interval([one / other for one, other in zip(ours, theirs, strict=True)])
        good &= met(low)
        name = f"{what[0]}: {figure}" if what[0] != "collect" else figure
        row(name, f"{ratio:.3f} x", f"{LIMIT} x", met=met(low))
        row("    between", f"{low:.3f} - {high:.3f}")
        row(
            "    this / base", f"{statistics.median(ours):.2f} / {statistics.median(theirs):.2f} ms"
        )
    return good


def main() -> None:
    """Measure both trees in every profile of the installed SDK."""
    parser = argparse.ArgumentParser(prog="python -m bench.beside")
    parser.add_argument("commit", help="what this tree is measured beside")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    how = parser.parse_args()
    base = unpacked(how.commit)
    try:
        folder = tests_to_collect()
        sdk = installed()
        print(f"agnt5 {sdk.version}, beside {how.commit}, {how.rounds} rounds, processor time")
        whats = [(profile,) for profile in sdk.profiles] + [("collect", str(folder))]
        good = [compare(base, what, how.rounds) for what in whats]
    finally:
        shutil.rmtree(PLACE)
    sys.exit(not all(good))


if __name__ == "__main__":
    main()
