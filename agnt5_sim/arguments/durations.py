"""Spans of virtual time, as people write them."""

from __future__ import annotations

import datetime
import re
from typing import Final

_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*")


def seconds_of(span: str | float | datetime.timedelta) -> float:
    """Return a span in seconds.

    Args:
        span: seconds, a timedelta, or text such as "2h", "1d 12h", "90s", "250ms".

    Raises:
        ValueError: it is none of these, or negative.
    """
    if isinstance(span, datetime.timedelta):
        total = span.total_seconds()
    elif isinstance(span, str):
        total = _read(span)
    else:
        total = float(span)
    if not 0 <= total < float("inf"):
        msg = f"{span!r} is no span of time: it must be finite and not negative"
        raise ValueError(msg)
    return total


def _read(text: str) -> float:
    total, place = 0.0, 0
    stripped = text.strip()
    while match := _PART.match(stripped, place):
        total += float(match[1]) * _UNITS[match[2]]
        place = match.end()
    if not stripped or place != len(stripped):
        msg = f"{text!r} is no span of time; write seconds, or for example '2h', '1d 12h', '250ms'"
        raise ValueError(msg)
    return total
