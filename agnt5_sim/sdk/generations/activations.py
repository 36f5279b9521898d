"""The activation transport of generation E: steps the platform admits, completes and replays."""

from __future__ import annotations

import json
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from agnt5 import activation as protocol
from agnt5.exceptions import ActivationError, ActivationErrorCode

from agnt5_sim.platform import JournalEvent
from agnt5_sim.sdk.ports.patience import Patience
from agnt5_sim.sdk.protocol.events import STEP
from agnt5_sim.sdk.protocol.payloads import (
    CORRELATION_ID,
    EVENT_TYPE,
    INPUT_DATA,
    NAME,
    OUTPUT_DATA,
    TIMESTAMP_NS,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from agnt5_sim.platform import ActivationGrant
    from agnt5_sim.sdk.ports.attempt import Attempt
    from agnt5_sim.sdk.ports.crossings import Crossings


_quoted = lru_cache(1024)(json.dumps)
_DECISIONS = {kind.value.lower(): kind for kind in protocol.ActivationDecisionKind}
_STATUS = {"retry-ready": "RETRY_READY", "failed": "FAILED"}


def _unknown_outcome(what: str) -> Exception:
    return ActivationError(ActivationErrorCode.UNKNOWN_OUTCOME, f"no answer to {what} in six tries")


_ENGINE = Patience(30.0, 6, _unknown_outcome)
"""The engine's own time-out, and how often the native client asks again."""


class ActivationPort:
    """What a worker's activation client talks to.

    In this protocol the runtime, not the worker, writes the step events of an activation.

    Args:
        crossings: the platform port.
        attempt_of: finds the attempt that asks, by the id of its run.
    """

    def __init__(self, crossings: Crossings, attempt_of: Callable[[str], Attempt]) -> None:
        self.crossings = crossings
        self._attempt_of = attempt_of
        self._steps: dict[str, tuple[str, str]] = {}

    async def begin(self, request: protocol.BeginActivationRequest) -> protocol.ActivationDecision:
        """Admit an activation, or say what became of it."""
        attempt = self._attempt_of(request.run_id)
        crossings = self.crossings
        identity = protocol.activation_id(
            request.project_id,
            request.run_id,
            request.parent_activation_id,
            request.kind,
            request.stable_key,
        )
        grant = await crossings.across(
            attempt,
            "begin",
            request.stable_key,
            partial(self._begin, attempt, request, identity),
            {
                "step": request.stable_key,
                "activation": request.kind.name.lower(),
                "input": getattr(request, INPUT_DATA, b""),  # the first release of E has none
            },
            _ENGINE,
        )
        return protocol.ActivationDecision(
            kind=_DECISIONS[grant.kind],
            activation_id=identity,
            attempt=grant.attempt,
            accepted_journal_offset=grant.offset,
            fence_token=grant.fence,
            replay_output=grant.output,
        )

    def _begin(
        self,
        attempt: Attempt,
        request: protocol.BeginActivationRequest,
        identity: str,
    ) -> ActivationGrant:
        platform, world = self.crossings.platform, self.crossings.world
        name = getattr(request, "display_name", "") or request.stable_key  # as above
        grant = platform.begin_activation(
            world.now,
            attempt.lease,
            activation_id=identity,
            kind=request.kind.name.lower(),
            stable_key=request.stable_key,
            input_digest=request.input_digest,
            definition_digest=request.definition_digest,
            name=name,
        )
        self._steps[identity] = (request.stable_key, name)
        if grant.kind == "execute" and request.kind is protocol.ActivationKind.STEP:
            self._journal(attempt, "started", identity, name, grant.attempt, "")
        return grant

    async def complete(
        self,
        *,
        project_id: str,
        run_id: str,
        activation_id: str,
        attempt: int,
        fence_token: bytes,
        output: bytes,
        output_digest: bytes,
        usage: Any,
        evidence: Any,
    ) -> protocol.ActivationCompletionReceipt:
        """Commit what an activation returned."""
        mine = self._attempt_of(run_id)
        crossings = self.crossings
        step, name = self._steps[activation_id]

        def effect() -> int:
            offset = crossings.platform.complete_activation(
                crossings.world.now, mine.lease, activation_id, attempt, fence_token, output
            )
            self._journal(
                mine,
                "completed",
                activation_id,
                name,
                attempt,
                f', "{OUTPUT_DATA}": {output.decode()}',
                completes=(step, output),
            )
            return offset

        offset = await crossings.across(
            mine,
            "complete",
            step,
            effect,
            {"step": step, "output": output},
            _ENGINE,
        )
        return protocol.ActivationCompletionReceipt(
            activation_id=activation_id, attempt=attempt, accepted_journal_offset=offset
        )

    async def fail(
        self,
        *,
        project_id: str,
        run_id: str,
        activation_id: str,
        attempt: int,
        fence_token: bytes,
        error_code: str,
        error_data: bytes,
        retryable: bool,
        external_outcome_certainty: str,
        evidence: Any,
        latency_ms: int = 0,
    ) -> protocol.ActivationFailureReceipt:
        """Take note that an activation failed, and say whether it may be tried again."""
        mine = self._attempt_of(run_id)
        crossings = self.crossings
        step, name = self._steps[activation_id]

        def effect() -> tuple[int, str]:
            result = crossings.platform.fail_activation(
                crossings.world.now,
                mine.lease,
                activation_id,
                attempt,
                fence_token,
                error_code,
                error_data,
                retryable,
            )
            self._journal(
                mine, "failed", activation_id, name, attempt, f', "error": {error_data.decode()}'
            )
            return result

        offset, status = await crossings.across(
            mine,
            "fail",
            step,
            effect,
            {"step": step, "error": error_data, "retryable": retryable},
            _ENGINE,
        )
        return protocol.ActivationFailureReceipt(
            activation_id=activation_id,
            attempt=attempt,
            accepted_journal_offset=offset,
            status=_STATUS[status],
        )

    def _journal(
        self,
        attempt: Attempt,
        what: str,
        identity: str,
        step: str,
        number: int,
        extra: str,
        completes: tuple[str, bytes] | None = None,
    ) -> None:
        """Write the step event of an activation, as the runtime does in this profile."""
        kind = f"{STEP}.{what}"
        world = self.crossings.world
        now = world.wall_ns()
        data = (
            f'{{"{EVENT_TYPE}": "{kind}", "{NAME}": {_quoted(step)},'
            f' "{CORRELATION_ID}": "{identity}", "{TIMESTAMP_NS}": {now}{extra}}}'
        )
        event = JournalEvent(kind, data.encode(), number, now, None, "runtime")
        self.crossings.platform.append(world.now, attempt.lease, event, completes)
        self.crossings.record(
            attempt,
            "platform.runtime",
            f"{kind}/{step}",
            {
                "type": kind,
                "of": "step",
                "phase": what,
                "channel": "runtime",
                "payload": data,
                "sequence": number,
                "source_ns": now,
                "id": identity,
                "parent": "",
                "step": step,
            },
        )
