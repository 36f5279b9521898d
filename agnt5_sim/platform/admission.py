"""The activations' side: begin, complete and fail, under the lease of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from agnt5_sim.platform.activations import ActivationGrant, Work
from agnt5_sim.platform.errors import Fenced
from agnt5_sim.platform.leases import Refused
from agnt5_sim.platform.store import Store

if TYPE_CHECKING:
    from agnt5_sim.platform.leases import Lease


class Admission(Store):
    """What a worker asks of the platform about one activation."""

    def begin_activation(
        self,
        now: float,
        lease: Lease,
        *,
        activation_id: str,
        kind: str,
        stable_key: str,
        input_digest: bytes,
        definition_digest: bytes,
        name: str,
    ) -> ActivationGrant:
        """Ask whether to execute an activation.

        Args:
            now: virtual time, seconds.
            lease: the attempt's lease.
            activation_id: its identity within the run.
            kind: step, timer, …
            stable_key: the key its identity is made of.
            input_digest: digest of its input.
            definition_digest: digest of the code that executes it.
            name: for people.

        Returns:
            `execute` with the next attempt number and a fresh fence when it is new, ready
            to be retried, or was interrupted with an earlier lease; `replay` with its
            output when it is completed; `conflict` when kind, key or digests differ;
            `wait` when it is running under this same lease. A failed one that is not
            retryable is executed again (policy *failed activations: execute*: the SDK has
            no decision that replays a failure).

        Raises:
            Fenced: the lease is not the run's live one.
        """
        part = self._live(now, lease, f"begin of activation {name!r}")
        work = Work(kind, stable_key, input_digest, definition_digest, name)
        return part.activations.begin(lease.number, activation_id, work)

    def complete_activation(
        self,
        now: float,
        lease: Lease,
        activation_id: str,
        attempt: int,
        fence: bytes,
        output: bytes,
    ) -> int:
        """Complete an activation with `output`, at `now` (seconds); durable at once.

        Returns:
            the offset of the completion; of the first, for the same one again.

        Raises:
            Fenced: the lease, the attempt or the fence is not the current one.
            RecordConflict: this execution completed with another output, or failed.
            UnknownActivation: it never began.
        """
        what = f"completion of activation {activation_id!r}"
        part = self._live(now, lease, what)
        offset = part.activations.complete(activation_id, attempt, fence, output)
        if offset is None:
            self._superseded(now, lease, what)
        return offset

    def fail_activation(
        self,
        now: float,
        lease: Lease,
        activation_id: str,
        attempt: int,
        fence: bytes,
        error_code: str,
        error_data: bytes,
        retryable: bool,  # noqa: FBT001 - the transport's own
    ) -> tuple[int, str]:
        """Fail an execution of an activation, at `now` (seconds); durable at once.

        Returns:
            the offset of the failure, and `"retry-ready"` or `"failed"`.

        Raises:
            Fenced: the lease, the attempt or the fence is not the current one.
            RecordConflict: this execution completed, or failed otherwise.
            UnknownActivation: it never began.
        """
        what = f"failure of activation {activation_id!r}"
        part = self._live(now, lease, what)
        status = "retry-ready" if retryable else "failed"
        error = (error_code, error_data)
        offset = part.activations.fail(activation_id, attempt, fence, error, status)
        if offset is None:
            self._superseded(now, lease, what)
        return offset, status

    def _superseded(self, now: float, lease: Lease, what: str) -> NoReturn:
        self._leases.refused.append(Refused(now, lease.incarnation, what))
        why = "its attempt and fence are not the current ones"
        raise Fenced(lease.run_id, lease.incarnation, what, why)
