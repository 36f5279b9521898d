"""What the platform refuses, and why."""

from __future__ import annotations

from agnt5_sim.errors import PlatformError


class Fenced(PlatformError):
    """A write of a dead or superseded worker incarnation.

    Cause: the lease the write carries is not the run's live lease any more (its worker
    was killed, the lease expired, the attempt finished, or the run was cancelled).
    Remedy: none for that attempt; the platform dispatches the run again.

    Attributes:
        run_id: the run that was written to.
        incarnation: the worker incarnation the write carried.
    """

    def __init__(self, run_id: str, incarnation: int, what: str, why: str) -> None:
        """Refuse `what` of `incarnation` on `run_id`, because of `why`."""
        super().__init__(f"{what} on run {run_id!r} refused for incarnation {incarnation}: {why}")
        self.run_id = run_id
        self.incarnation = incarnation


class VersionConflict(PlatformError):
    """An entity was saved on the strength of a stale version.

    Remedy: load the entity again and save with the version that came with it.

    Attributes:
        expected: the version the writer thought current.
        current: the version that is.
    """

    def __init__(self, entity: str, expected: int, current: int) -> None:
        """Refuse a save of `entity` that expected version `expected`."""
        super().__init__(
            f"version conflict on {entity}: expected {expected}, current {current}; "
            "load it again before saving"
        )
        self.expected = expected
        self.current = current


class RecordConflict(PlatformError):
    """A different completion for something that is completed already.

    Cause: the same step (or activation) completed twice with different results; two step
    calls sharing one key is the usual reason. The first completion stays.

    Attributes:
        run_id: the run.
        key: the step key, or the activation id.
    """

    def __init__(self, run_id: str, key: str, why: str) -> None:
        """Refuse a second, different completion of `key` in `run_id`."""
        super().__init__(f"{key!r} of run {run_id!r} {why}; the first one stays")
        self.run_id = run_id
        self.key = key


class UnknownRun(PlatformError):
    """No run of that id was submitted.

    Attributes:
        run_id: the id asked for.
    """

    def __init__(self, run_id: str) -> None:
        """Report that `run_id` was never submitted."""
        super().__init__(f"no run {run_id!r} was submitted")
        self.run_id = run_id


class DuplicateRun(PlatformError):
    """A run of that id was submitted before.

    Attributes:
        run_id: the id given twice.
    """

    def __init__(self, run_id: str) -> None:
        """Refuse a second submission under `run_id`."""
        super().__init__(f"a run {run_id!r} was submitted before; run ids are unique")
        self.run_id = run_id


class RunIsOver(PlatformError):
    """The run is completed, failed or cancelled, and terminal states are final.

    Attributes:
        run_id: the run.
        state: its final state.
    """

    def __init__(self, run_id: str, state: str, what: str) -> None:
        """Refuse `what` on `run_id`, which ended as `state`."""
        super().__init__(f"{what} on run {run_id!r} refused: it is {state}, which is final")
        self.run_id = run_id
        self.state = state


class WrongState(PlatformError):
    """The run is not over, but not in the state the call needs either.

    Attributes:
        run_id: the run.
        state: its state now.
    """

    def __init__(self, run_id: str, state: str, what: str, needs: str) -> None:
        """Refuse `what` on `run_id`, which is `state` and would have to be `needs`."""
        super().__init__(f"{what} on run {run_id!r} refused: it is {state}, not {needs}")
        self.run_id = run_id
        self.state = state


class UnknownActivation(PlatformError):
    """An activation was completed or failed that never began in this run.

    Attributes:
        run_id: the run.
        activation_id: the id that is not known.
    """

    def __init__(self, run_id: str, activation_id: str) -> None:
        """Report that `activation_id` never began in `run_id`."""
        super().__init__(f"activation {activation_id!r} of run {run_id!r} never began")
        self.run_id = run_id
        self.activation_id = activation_id
