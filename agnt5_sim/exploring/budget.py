"""How much a sweep may cost."""

from __future__ import annotations

import re

import attrs

from agnt5_sim.errors import BudgetError


@attrs.frozen
class Budget:
    """How much a sweep may cost.

    Attributes:
        lives: at most so many lives, or None.
        seconds: at most so many seconds of real time, or None.
    """

    lives: int | None = None
    seconds: float | None = None

    @classmethod
    def parse(cls, text: str | int | None) -> Budget:
        """Read `500`, `30s`, `5m`, or None for no limit.

        Raises:
            BudgetError: it is none of these.
        """
        if text is None or text == "":
            return cls()
        match = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m)?", str(text).strip())
        if match is None or float(match[1]) <= 0 or (match[2] is None and "." in match[1]):
            msg = f"{text!r} is no budget: write a number of lives (500) or a time (30s, 5m)"
            raise BudgetError(msg)
        if match[2] is None:
            return cls(lives=int(match[1]))
        return cls(seconds=float(match[1]) * (60 if match[2] == "m" else 1))
