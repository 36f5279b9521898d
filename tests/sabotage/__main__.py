"""Try the table of sabotages: `python tests/sabotage`, or `make sabotage`."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from sabotage_runner import Runner, report
from sabotage_table import SDKS, TableError, choose, load


def main() -> int:
    """Try what the command line chooses; return the exit code."""
    parser = argparse.ArgumentParser(prog="python tests/sabotage", description=__doc__)
    parser.add_argument("--only", default="", help="part of an entry's id, file or test")
    parser.add_argument("--part", default="", help="i/n: the i-th of n equal parts")
    parser.add_argument("--sample", action="store_true", help="the fixed sample alone")
    for sdk in SDKS:
        default = sys.executable if sdk == "current" else None
        parser.add_argument(f"--{sdk}", default=default, help="the interpreter of that environment")
    asked = parser.parse_args()
    # Absolute, for they are run in a copy of the tree, and not resolved, for a link is an environment.
    pythons = {sdk: str(Path(path).absolute()) for sdk in SDKS if (path := vars(asked)[sdk])}
    try:
        chosen = choose(load(), only=asked.only, part=asked.part, sample=asked.sample)
    except TableError as error:
        parser.error(str(error))
    answers = Runner(Path(__file__).parents[2], pythons).run(chosen)
    return report(answers, partial(print, flush=True))


if __name__ == "__main__":
    sys.exit(main())
