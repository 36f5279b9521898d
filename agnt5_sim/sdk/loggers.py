"""The SDK's loggers, silenced while lives are lived."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_loggers: tuple[int, list[logging.Logger]] = (0, [])
_RUN_LOGGERS = ("agnt5.execution", *(f"agnt5.run-{number}" for number in range(1, 9)))


@contextmanager
def silenced() -> Iterator[None]:
    """Silence the SDK's loggers until the block ends."""
    spoke = [logger for logger in _known_loggers() if not logger.disabled]
    for logger in spoke:
        logger.disabled = True
    try:
        yield
    finally:
        for logger in spoke:
            logger.disabled = False


def _known_loggers() -> list[logging.Logger]:
    global _loggers  # noqa: PLW0603 - so are the loggers
    known = logging.root.manager.loggerDict
    if len(known) != _loggers[0]:
        for name in _RUN_LOGGERS:
            logging.getLogger(name)
        found = [
            logger
            for name, logger in known.items()
            if isinstance(logger, logging.Logger) and name.partition(".")[0] == "agnt5"
        ]
        _loggers = (len(known), found)
    return _loggers[1]
