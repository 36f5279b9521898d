"""The local time zone of the process."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator


def set_zone(zone: str | None) -> str | None:
    """Make a zone the local one (None: the machine's), and return which was set before."""
    before = os.environ.get("TZ")
    if zone == before or not hasattr(time, "tzset"):
        return before
    if zone is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = zone
    time.tzset()
    return before


@contextmanager
def local_zone(zone: str) -> Iterator[None]:
    """Make a zone the local one until the block ends."""
    before = set_zone(zone)
    try:
        yield
    finally:
        set_zone(before)


def zone_of(offset: datetime.timedelta) -> str:
    """Return the name POSIX has for a zone that is ahead of UTC by so much; "" for UTC itself."""
    minutes = round(offset.total_seconds() / 60)
    if not minutes:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes > 0 else "+"  # POSIX counts westward
    return f"<{'+' if minutes > 0 else '-'}{hours:02}{rest:02}>{sign}{hours:02}:{rest:02}"
