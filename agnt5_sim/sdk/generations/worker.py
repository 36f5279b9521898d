"""The adapter of the installed SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from agnt5_sim.sdk.generations.detect import driving, installed

if TYPE_CHECKING:
    from agnt5_sim.platform import Outcome
    from agnt5_sim.sdk.ports.attempt import Attempt
    from agnt5_sim.sdk.ports.crossings import Crossings
    from agnt5_sim.world import Process


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
        name: the profile; see `agnt5_sim.sdk.generations.detect.profile`.
        process: where it lives.
        crossings: the platform port.
    """
    if installed().generation.letter == "A":
        from agnt5_sim.sdk.generations.a import WorkerA

        return WorkerA(process, crossings)
    from agnt5_sim.sdk.generations.e import WorkerE

    return WorkerE(process, crossings, activation=driving(name).durability == "activation")
