"""Activations: units of work the platform admits, journals and replays.

`running → completed`, or `running → retry-ready / failed → running`. An activation
completes once; each execution of it has an attempt number and a fence of its own.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from agnt5_sim.platform.errors import RecordConflict, UnknownActivation


class Work(NamedTuple):
    """What an activation is: everything that must be the same when it begins again."""

    kind: str
    stable_key: str
    input_digest: bytes
    definition_digest: bytes
    name: str


class ActivationGrant(NamedTuple):
    """The platform's decision on a `begin`.

    Args:
        kind: `execute`, `replay`, `conflict` or `wait`.
        attempt: the number of the execution, from 1.
        fence: what `complete` and `fail` must carry; `b""` unless `execute`.
        output: the recorded output of a `replay`.
        offset: how many entries the run's activation ledger has had; for a `replay`,
            the place of the completion.
    """

    kind: str
    attempt: int
    fence: bytes
    output: bytes | None
    offset: int


class Activation(NamedTuple):
    """An activation as it stands; `offset` is the place of its last change."""

    activation_id: str
    work: Work
    status: str
    attempt: int
    fence: bytes
    lease: int
    offset: int
    output: bytes | None = None
    error_code: str = ""
    error_data: bytes = b""


class Activations:
    """One run's activations."""

    def __init__(self, run_id: str) -> None:
        """Start the ledger of `run_id`."""
        self._run_id = run_id
        self._known: dict[str, Activation] = {}
        self._offset = 0
        self._fences = 0

    def begin(self, lease: int, activation_id: str, work: Work) -> ActivationGrant:
        """Decide whether the holder of lease number `lease` may execute.

        See `Platform.begin_activation` for the rules.
        """
        known = self._known.get(activation_id)
        if known is None:
            return self._execute(lease, activation_id, work, 1)
        if known.work[:4] != work[:4]:
            return ActivationGrant("conflict", known.attempt, b"", None, self._offset)
        if known.status == "completed":
            return ActivationGrant("replay", known.attempt, b"", known.output, known.offset)
        if known.status == "running" and known.lease == lease:
            return ActivationGrant("wait", known.attempt, b"", None, self._offset)
        return self._execute(lease, activation_id, work, known.attempt + 1)

    def complete(self, activation_id: str, attempt: int, fence: bytes, output: bytes) -> int | None:
        """Complete the current execution.

        Returns:
            the offset; the old one for the same completion again. None when the attempt
            or fence is not the current one (the caller refuses the write).

        Raises:
            UnknownActivation: it never began.
            RecordConflict: this execution has ended otherwise.
        """
        known = self._current(activation_id, attempt, fence)
        if known is None:
            return None
        if known.status == "completed" and known.output == output:
            return known.offset
        if known.status != "running":
            raise RecordConflict(self._run_id, activation_id, f"is {known.status} already")
        return self._change(known, status="completed", output=output)

    def fail(
        self, activation_id: str, attempt: int, fence: bytes, error: tuple[str, bytes], status: str
    ) -> int | None:
        """Fail the current execution, leaving the activation `status`.

        Returns and raises as `complete` does.
        """
        known = self._current(activation_id, attempt, fence)
        if known is None:
            return None
        if (known.status, (known.error_code, known.error_data)) == (status, error):
            return known.offset
        if known.status != "running":
            raise RecordConflict(self._run_id, activation_id, f"is {known.status} already")
        return self._change(known, status=status, error_code=error[0], error_data=error[1])

    def all(self) -> tuple[Activation, ...]:
        """Every activation of the run, in the order in which they first began."""
        return tuple(self._known.values())

    def _current(self, activation_id: str, attempt: int, fence: bytes) -> Activation | None:
        known = self._known.get(activation_id)
        if known is None:
            raise UnknownActivation(self._run_id, activation_id)
        return known if (known.attempt, known.fence) == (attempt, fence) else None

    def _execute(self, lease: int, activation_id: str, work: Work, attempt: int) -> ActivationGrant:
        self._fences += 1
        fence = self._fences.to_bytes(8, "big")
        self._offset += 1
        self._known[activation_id] = Activation(
            activation_id, work, "running", attempt, fence, lease, self._offset
        )
        return ActivationGrant("execute", attempt, fence, None, self._offset)

    def _change(self, known: Activation, **fields: Any) -> int:
        self._offset += 1
        self._known[known.activation_id] = known._replace(offset=self._offset, **fields)
        return self._offset
