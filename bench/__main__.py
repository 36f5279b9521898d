"""`python -m bench`: every figure, of the SDK that is installed."""

from __future__ import annotations

import sys

from agnt5_sim.sdk.generations.detect import installed

from . import lives, memory, startup


def main() -> None:
    """Print the figures."""
    sdk = installed()
    print(
        f"agnt5 {sdk.version}, generation {sdk.generation.letter}, Python {sys.version.split()[0]}"
    )
    lives.overhead()
    lives.where()
    lives.absolute()
    lives.length()
    memory.report()
    startup.report()


if __name__ == "__main__":
    main()
