"""The adapter of the installed SDK."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from .detect import installed, profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.platform import Outcome
    from agnt5_sim.world import Process

    from .attempt import Attempt
    from .crossings import Crossings


class SdkWorker(Protocol):
    """A real SDK worker in one process."""

    async def execute(self, attempt: Attempt) -> Outcome | None:
        """Let the SDK execute an attempt.

        Returns:
            How it ended, to be reported; None when the worker has reported it already.
        """


def start_worker(name: str, process: Process, crossings: Crossings) -> SdkWorker:
    """Start the SDK's worker in a process.

    Args:
        name: the profile; see `agnt5_sim.sdk.detect.profile`.
        process: where it lives.
        crossings: the platform port.
    """
    if installed().generation.letter == "A":
        from .generation_a import WorkerA

        return WorkerA(process, crossings)
    from .generation_e import WorkerE

    return WorkerE(process, crossings, activation=profile(name) == "activation")


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


def schema_of(target: Any) -> dict[str, Any] | None:
    """Return the JSON schema the SDK derived for the input of a workflow or function."""
    from .workflows import resolve

    schema = resolve(target).config.input_schema
    return schema if isinstance(schema, dict) else None
