"""The adapter of generation E: agnt5 0.11.0 to 0.14.5.

Events are emitted and awaited one by one, or in batches. In profile *activation* every step is
an activation the platform admits and completes, and a sleep suspends the run; in *compat* the
worker is told by metadata what already happened, and sleeps in the process. See
`docs/reference/sdk.md`.
"""

from __future__ import annotations

import json
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from agnt5 import activation as protocol
from agnt5._state_adapter import StateAdapter
from agnt5.function import FunctionRegistry
from agnt5.worker import Worker
from agnt5.workflow import WorkflowRegistry

from agnt5_sim.platform import JournalEvent, Outcome
from agnt5_sim.sdk.generations.activations import ActivationPort
from agnt5_sim.sdk.generations.e_dispatch import metadata_of, outcome_of
from agnt5_sim.sdk.generations.e_events import ended_by, of_step, of_workflow
from agnt5_sim.sdk.generations.requests import (
    Request,
)
from agnt5_sim.sdk.generations.state_core import StateCore
from agnt5_sim.sdk.ports.attempt import Attempt, current_attempt, current_call
from agnt5_sim.sdk.ports.patience import Patience
from agnt5_sim.sdk.ports.program import watched_workflow
from agnt5_sim.sdk.protocol import metadata as keys
from agnt5_sim.sdk.protocol.events import (
    SAID,
    TERMINAL,
)
from agnt5_sim.sdk.protocol.payloads import (
    CORRELATION_ID,
    NAME,
    PARENT_CORRELATION_ID,
    state_key,
)
from agnt5_sim.sdk.protocol.tokens import SLEEP, answer_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agnt5_sim.sdk.ports.crossings import Crossings
    from agnt5_sim.world import Process


_ACK_MS = 5000
"""So long an event's acknowledgement is waited for."""


@cache
def _acknowledged(milliseconds: int) -> Patience:
    """Return how the acknowledgement of an event is waited for: one limit for all tries."""
    return Patience(
        milliseconds / 1000,
        1,
        lambda what: RuntimeError(
            f"Failed to emit {what}: no acknowledgement for {milliseconds} ms; whether it was"
            " persisted is unknown"
        ),
    )


class IdentitiesE:
    """How generation E names the calls of a workflow.

    Args:
        activation: whether steps are activations.
    """

    def __init__(self, *, activation: bool) -> None:
        self.activation = activation
        self.sleeps_in_process = not activation

    def step(self, ctx: Any, name: str, *, function: bool, key: str | None) -> tuple[str, str]:
        """Return a step's identity, and the name its record is looked up under."""
        number = ctx._step_counter
        stable = f"step:{name}:{number if key is None else key}"
        if self.activation:
            return stable, stable
        return (f"{name}_{number}",) * 2 if function else (stable, name)

    def sleep(self, ctx: Any, name: str | None) -> tuple[str, str]:
        """Return a sleep's identity, and the name its record is looked up under."""
        number = ctx._step_counter
        shown = name or f"sleep_{number}"
        return f"{SLEEP}{shown}:{number}", f"{SLEEP}{shown}"

    def wait(self, ctx: Any) -> tuple[str, str, int]:
        """Return a question's identity, its record's name, and its index."""
        index = ctx._workflow_entity._pause_index
        return f"pause:{index}", answer_record(ctx.run_id, index), index

    def function_named(self, name: str) -> bool:
        """Tell whether a @function of that name is registered."""
        return FunctionRegistry.get(name) is not None


class WorkerE:
    """A real worker of generation E in one process, with this fake as its native half.

    Args:
        process: where it lives.
        crossings: the platform port.
        activation: whether the platform negotiates activations and suspension.
    """

    def __init__(self, process: Process, crossings: Crossings, *, activation: bool) -> None:
        self.process = process
        self.crossings = crossings
        self.identities = IdentitiesE(activation=activation)
        self.activation = activation
        self.attempts: dict[str, Attempt] = {}
        worker = self.worker = Worker.__new__(Worker)
        worker._rust_worker = self
        worker._checkpoint_client = None
        worker._entity_state_adapter = StateAdapter(  # type: ignore[no-untyped-call]
            rust_core=StateCore(crossings, self._attempt)
        )
        port = ActivationPort(crossings, self._attempt)
        worker._activation_client = protocol.ActivationClient(port) if activation else None
        worker.service_name = "agnt5-sim"
        worker._inflight = {}
        worker._loop = None
        worker._chatbots = {}

    def _attempt(self, run_id: str = "") -> Attempt:
        return (
            current_attempt.get() or self.attempts.get(run_id) or next(iter(self.attempts.values()))
        )

    # -- events ------------------------------------------------------------------------

    async def emit_event_async(
        self,
        *,
        run_id: str,
        event_type: str,
        event_data: bytes,
        sequence_number: int,
        metadata: Mapping[str, str],
        source_timestamp_ns: int,
        timeout_ms: int,
    ) -> None:
        """Take an event, and acknowledge it."""
        await self.crossings.across(
            *self._event(
                run_id, event_type, event_data, sequence_number, metadata, source_timestamp_ns
            ),
            _acknowledged(timeout_ms),
        )

    def emit_event_sync(
        self,
        *,
        run_id: str,
        event_type: str,
        event_data: bytes,
        sequence_number: int,
        metadata: Mapping[str, str],
        source_timestamp_ns: int,
        timeout_ms: int,
    ) -> None:
        """Take an event from a synchronous caller."""
        self.crossings.now(
            *self._event(
                run_id, event_type, event_data, sequence_number, metadata, source_timestamp_ns
            ),
            _acknowledged(timeout_ms),
        )

    async def emit_event_batch_async(self, batch: list[tuple[Any, ...]]) -> None:
        """Take several events in one crossing."""
        await self.crossings.together(
            [
                self._event(run_id, kind, data, sequence, metadata, source_ns)
                for run_id, kind, data, sequence, metadata, source_ns in batch
            ],
            _acknowledged(_ACK_MS),
        )

    def queue_event(
        self,
        *,
        invocation_id: str,
        event_type: str,
        event_data: bytes,
        content_index: int,
        sequence: int,
        metadata: Mapping[str, str],
        source_timestamp_ns: int,
        is_streaming: bool,
        correlation_id: str | None = None,
        parent_correlation_id: str | None = None,
    ) -> None:
        """Take an event nobody waits for."""
        self.crossings.now(
            *self._event(
                invocation_id,
                event_type,
                event_data,
                sequence,
                metadata,
                source_timestamp_ns,
                channel="delta",
            )
        )

    def _event(
        self,
        run_id: str,
        kind: str,
        data: bytes,
        sequence: int,
        metadata: Mapping[str, str],
        source_ns: int,
        channel: str = "checkpoint",
    ) -> tuple[Attempt, str, str, Any, dict[str, Any]]:
        """Return the arguments of the crossing of one event."""
        attempt = self._attempt(run_id)
        call = current_call.get()
        of, phase = SAID[kind]
        again = keys.CACHE_HIT in metadata  # a replay's announcement of what is on record already
        name, completes, sleeps = kind, None, None
        more: dict[str, Any] | None = None
        if of == "step" and phase != "paused":
            step = metadata.get(NAME, "")
            name = f"{kind}/{step}" if step else kind
            if call is not None and not again:
                completes, sleeps, more = of_step(phase, call.kind, step, data, source_ns)
        elif of == "state":
            name = f"{kind}/{state_key(json.loads(data))}"
        elif of == "workflow":
            more = of_workflow(phase, data)
        event = JournalEvent(kind, data, sequence, source_ns, None, channel)
        crossings = self.crossings
        entry = {
            "type": kind,
            "of": of,
            "phase": phase,
            "channel": channel,
            "payload": data.decode(),
            "sequence": sequence,
            "source_ns": source_ns,
            "step": call.identity if call is not None else "",
            "completes": completes[0] if completes else "",
            "sleeps": sleeps[0] if sleeps else "",
            "replay": again,
            "id": metadata.get(CORRELATION_ID, ""),
            "parent": metadata.get(PARENT_CORRELATION_ID, ""),
        }
        if more:
            entry |= more
        append = crossings.platform.append
        effect = partial(append, crossings.world.now, attempt.lease, event, completes, sleeps)
        if kind in TERMINAL:
            effect = partial(self._end, attempt, effect, entry, ended_by(kind, data))
        crossing = "queue" if channel == "delta" else "emit"
        return attempt, crossing, name, effect, entry

    def _end(
        self,
        attempt: Attempt,
        append: Callable[[], int],
        entry: dict[str, Any],
        outcome: Outcome,
    ) -> int:
        """Let a terminal event end its attempt."""
        cursor = append()
        entry["outcome"] = outcome.kind
        self.crossings.finish(attempt, outcome)
        return cursor

    # -- execution ---------------------------------------------------------------------

    async def execute(self, attempt: Attempt) -> Outcome | None:
        """Let the SDK execute an attempt; None when its terminal event has ended it."""
        dispatch = attempt.dispatch
        self.attempts[attempt.run_id] = attempt
        request = Request(
            dispatch,
            metadata_of(
                dispatch,
                partial(self.crossings.platform.journal, dispatch.run_id),
                activation=self.activation,
            ),
        )
        if dispatch.kind == "function":
            config = FunctionRegistry.get(dispatch.component)
            execution = self.worker._execute_function(config, dispatch.input, request)
        else:
            config = watched_workflow(
                WorkflowRegistry.get(dispatch.component), attempt, self.crossings, self.identities
            )
            execution = self.worker._execute_workflow(config, dispatch.input, request)
        response = await self.worker._track_invocation(dispatch.run_id, execution)
        return outcome_of(response)


__all__ = ["IdentitiesE", "WorkerE"]
