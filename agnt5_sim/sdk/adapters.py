"""The adapter of the installed SDK."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol

from .detect import installed, profile

if TYPE_CHECKING:
    from ..platform import Outcome
    from ..world import Process
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


def silence(run_ids: list[str]) -> dict[str, bool]:
    """Silence the SDK's loggers; return what `unsilence` needs."""
    before: dict[str, bool] = {}
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "agnt5"]
    for name in (*names, "agnt5.execution", *(f"agnt5.{run_id}" for run_id in run_ids)):
        logger = logging.getLogger(name)
        before[name] = logger.disabled
        logger.disabled = True
    return before


def unsilence(before: dict[str, bool]) -> None:
    """Let the SDK's loggers speak again."""
    for name, disabled in before.items():
        logging.getLogger(name).disabled = disabled


def schema_of(target: Any) -> dict[str, Any] | None:
    """Return the JSON schema the SDK derived for the input of a workflow or function."""
    from .workflows import resolve

    schema = resolve(target).config.input_schema
    return schema if isinstance(schema, dict) else None
