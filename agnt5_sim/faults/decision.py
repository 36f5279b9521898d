"""What becomes of a request, or of its reply: what the injector answers a crossing that asks."""

from __future__ import annotations

from typing import Final, NamedTuple


class Decision(NamedTuple):
    """What becomes of one request or reply. The crossing carries it out.

    Attributes:
        what: "deliver"; "delay", by so many seconds; "drop", so that it never arrives; "double",
            so that the request arrives twice; "error", so that the request is refused as what
            cannot be had just now; "corrupt", so that the reply's bytes are not what was sent.
        seconds: how much later it comes, for "delay".
    """

    what: str
    seconds: float = 0.0


DELIVER: Final = Decision("deliver")
DROP: Final = Decision("drop")
DOUBLE: Final = Decision("double")
ERROR: Final = Decision("error")
CORRUPT: Final = Decision("corrupt")


def delay(seconds: float) -> Decision:
    """Return the decision to let something come so many seconds later."""
    return Decision("delay", seconds)
