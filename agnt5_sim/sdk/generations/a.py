"""The adapter of generation A: agnt5 0.3.1 to 0.3.2a1, the seed.

The worker reports synchronously through its native half (`queue_workflow_checkpoint`,
`queue_delta`, `flush_workflow_checkpoints`); steps given a name go through a checkpoint client
as well; sleeps are spent in the process. See `docs/reference/sdk.md`.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from agnt5.checkpoint import CheckpointResult
from agnt5.entity import EntityStateAdapter
from agnt5.function import FunctionRegistry
from agnt5.worker import Worker
from agnt5.workflow import WorkflowRegistry

from agnt5_sim.platform import JournalEvent, Outcome
from agnt5_sim.sdk.generations.requests import (
    Request,
    answered,
    json_object,
    known_steps,
    pause_request,
    reported_steps,
    resumed,
    unread,
)
from agnt5_sim.sdk.generations.state_core import StateCore
from agnt5_sim.sdk.ports.attempt import Attempt, current_attempt, current_call
from agnt5_sim.sdk.ports.patience import Patience
from agnt5_sim.sdk.ports.program import watched_workflow
from agnt5_sim.sdk.protocol import metadata as keys
from agnt5_sim.sdk.protocol.events import RUN_FAILED, RUN_PAUSED, SAID
from agnt5_sim.sdk.protocol.payloads import (
    DURATION_SECONDS,
    EVENT_ID,
    PARENT_EVENT_ID,
    STEP_NAME,
    output_of,
    replays,
    sleep_record,
    state_key,
)
from agnt5_sim.sdk.protocol.tokens import SLEEP, answer_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agnt5_sim.sdk.ports.crossings import Crossings
    from agnt5_sim.world import Process


_CHECKPOINT = Patience(30.0, 1, lambda what: RuntimeError(f"no answer to {what} for 30 s"))
"""The native client's own limit for the checkpoint of a step is not known; this one is ours."""


class IdentitiesA:
    """How generation A names the calls of a workflow."""

    sleeps_in_process = True

    def step(self, ctx: Any, name: str, *, function: bool, key: str | None) -> tuple[str, str]:
        """Return a step's identity, and the name its record is looked up under."""
        number = ctx._step_counter
        return (f"{name}_{number}",) * 2 if function else (f"step:{name}:{number}", name)

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


class WorkerA:
    """A real worker of generation A in one process, with this fake as its native half."""

    def __init__(self, process: Process, crossings: Crossings) -> None:
        self.process = process
        self.crossings = crossings
        self.attempts: dict[str, Attempt] = {}
        self.worker = Worker.__new__(Worker)
        self.worker._rust_worker = self
        self.worker._checkpoint_client = self
        self.worker._entity_state_adapter = EntityStateAdapter(
            rust_core=StateCore(crossings, self._attempt)
        )
        self.worker.service_name = "agnt5-sim"

    def _attempt(self, run_id: str = "") -> Attempt:
        return (
            current_attempt.get() or self.attempts.get(run_id) or next(iter(self.attempts.values()))
        )

    # -- the native worker -------------------------------------------------------------

    def queue_workflow_checkpoint(
        self,
        *,
        invocation_id: str,
        checkpoint_type: str,
        checkpoint_data: str,
        sequence_number: int,
        metadata: Mapping[str, str],
        source_timestamp_ns: int,
    ) -> None:
        """Take an event of a plain run."""
        self._emit(
            invocation_id,
            "checkpoint",
            checkpoint_type,
            checkpoint_data,
            sequence_number,
            source_timestamp_ns,
        )

    def queue_delta(
        self,
        *,
        invocation_id: str,
        event_type: str,
        output_data: str,
        content_index: int,
        sequence: int,
        metadata: Mapping[str, str],
        source_timestamp_ns: int,
    ) -> None:
        """Take an event of a streaming run."""
        self._emit(invocation_id, "delta", event_type, output_data, sequence, source_timestamp_ns)

    def _emit(
        self, run_id: str, channel: str, kind: str, data: str, sequence: int, source_ns: int
    ) -> None:
        attempt = self._attempt(run_id)
        call = current_call.get()
        of, phase = SAID[kind]
        name, event_id, parent = kind, "", ""
        completes = sleeps = None
        raw = data.encode()
        more: dict[str, Any] = {}
        if of in _IDENTIFIED or (of == "workflow" and phase == "started"):
            event_id, parent = _last(data, _EVENT_ID), _last(data, _PARENT_EVENT_ID)
            if call is not None and of == "step":
                step = call.record.removeprefix(SLEEP) if call.kind == "sleep" else call.record
                if phase == "completed" and call.kind == "step":
                    completes = (step, unread(raw))
                elif phase == "started" and call.kind == "sleep":
                    seconds = json.loads(data)[DURATION_SECONDS]
                    sleeps = (f"{SLEEP}{step}", sleep_record(seconds, source_ns))
            else:
                content = json.loads(data)
                step = content.get(STEP_NAME) or state_key(content)
                if of == "workflow":
                    more["replay"] = replays(content)
            name = f"{kind}/{step}" if step else kind
        elif of == "workflow" and phase == "completed":
            output = output_of(data)
            if output is not None:
                more["output"] = output
        event = JournalEvent(kind, raw, sequence, source_ns, event_id, channel)
        crossings = self.crossings
        append = crossings.platform.append
        crossings.now(
            attempt,
            "queue",
            name,
            partial(append, crossings.world.now, attempt.lease, event, completes, sleeps),
            {
                "type": kind,
                "of": of,
                "phase": phase,
                "channel": channel,
                "payload": data,
                "sequence": sequence,
                "source_ns": source_ns,
                "step": call.identity if call is not None else "",
                "completes": completes[0] if completes else "",
                "sleeps": sleeps[0] if sleeps else "",
                "id": event_id,
                "parent": parent,
                **more,
            },
        )

    def flush_workflow_checkpoints(self) -> int:
        """Make what was queued durable."""
        attempt = self._attempt()
        crossings = self.crossings
        return crossings.now(
            attempt,
            "flush",
            "checkpoints",
            lambda: crossings.platform.flush(crossings.world.now, attempt.lease),
            {},
        )

    # -- the checkpoint client ---------------------------------------------------------

    async def connect(self) -> None:
        """Do nothing: there is nothing to connect to."""

    async def step_started(
        self, run_id: str, step_key: str, step_name: str, step_type: str, input_payload: Any = None
    ) -> CheckpointResult:
        """Tell whether a step is on record, and what it returned."""
        attempt = self._attempt(run_id)
        crossings = self.crossings
        output = await crossings.across(
            attempt,
            "step.started",
            step_key,
            partial(self._known, attempt, step_key),
            {"step": step_key},
            _CHECKPOINT,
        )
        return CheckpointResult(True, None, output is not None, output)

    def _known(self, attempt: Attempt, step_key: str) -> bytes | None:
        platform = self.crossings.platform
        if platform.policy.recovery == "journal":
            return None
        return platform.get_step(attempt.dispatch.tenant, attempt.run_id, step_key)

    async def step_completed(
        self,
        run_id: str,
        step_key: str,
        step_name: str,
        step_type: str,
        output_payload: bytes,
        latency_ms: int | None = None,
    ) -> CheckpointResult:
        """Record that a step completed."""
        attempt = self._attempt(run_id)
        crossings = self.crossings
        await crossings.across(
            attempt,
            "step.completed",
            step_key,
            partial(
                crossings.platform.record_step,
                crossings.world.now,
                attempt.lease,
                step_key,
                output_payload,
                step_name,
            ),
            {"step": step_key, "output": output_payload},
            _CHECKPOINT,
        )
        return CheckpointResult(True)

    async def step_failed(
        self,
        run_id: str,
        step_key: str,
        step_name: str,
        step_type: str,
        error_message: str,
        error_type: str,
    ) -> CheckpointResult:
        """Take note that a step failed; nothing is on record of it."""
        attempt = self._attempt(run_id)
        crossings = self.crossings
        await crossings.across(
            attempt,
            "step.failed",
            step_key,
            partial(crossings.platform.fail_step, crossings.world.now, attempt.lease, step_key),
            {"step": step_key, "error": error_message, "error_type": error_type},
            _CHECKPOINT,
        )
        return CheckpointResult(True)

    async def get_memoized_step(self, run_id: str, step_key: str) -> bytes | None:
        """Return what a step returned, if that is on record."""
        return self._known(self._attempt(run_id), step_key)

    # -- execution ---------------------------------------------------------------------

    async def execute(self, attempt: Attempt) -> Outcome:
        """Let the SDK execute an attempt, and read how it ended."""
        dispatch = attempt.dispatch
        self.attempts[attempt.run_id] = attempt
        request = Request(dispatch, _metadata(dispatch))
        if dispatch.kind == "function":
            config = FunctionRegistry.get(dispatch.component)
            response = await self.worker._execute_function(config, dispatch.input, request)
        else:
            config = watched_workflow(
                WorkflowRegistry.get(dispatch.component), attempt, self.crossings, IDENTITIES
            )
            response = await self.worker._execute_workflow(config, dispatch.input, request)
        return _outcome(response)


IDENTITIES = IdentitiesA()
_IDENTIFIED = frozenset({"step", "state"})
"""What the events are of that carry ids: these, and the start of a workflow."""
_EVENT_ID = f'"{EVENT_ID}": "'
_PARENT_EVENT_ID = f'"{PARENT_EVENT_ID}": "'


def _last(text: str, key: str) -> str:
    """Return the string after the last occurrence of a key: the SDK writes its own keys last."""
    found = text.rfind(key)
    if found < 0:
        return ""
    start = found + len(key)
    return text[start : text.index('"', start)]


def _result(payload: Any) -> Any:
    return payload.get("result")


def _metadata(dispatch: Any) -> dict[str, str]:
    metadata = {keys.TENANT: dispatch.tenant}
    if dispatch.initial_state:
        metadata[keys.WORKFLOW_STATE] = dispatch.initial_state.decode()
    resume = resumed(dispatch)
    completed = {
        **known_steps(dispatch.completed, _result),
        **answered(dispatch),
    }
    metadata.update(resume)
    if completed:
        metadata[keys.COMPLETED_STEPS] = json_object(completed)
    return metadata


def _outcome(response: Any) -> Outcome:
    if response is None:  # a streaming function: its deltas said it all
        return Outcome("completed", b"null")
    metadata = dict(response.metadata or {})
    if response.event_type == RUN_PAUSED:
        output = json.loads(bytes(response.output_data))
        pause = pause_request(metadata, output["question"], output[keys.INPUT_TYPE])
        reported = reported_steps(metadata)
        return Outcome("paused", pause=pause, metadata=metadata, reported=reported)
    if response.event_type == RUN_FAILED or not response.success:
        return Outcome(
            "failed",
            error=response.error_message or "",
            error_type=metadata.get(keys.ERROR_TYPE, ""),
        )
    return Outcome("completed", bytes(response.output_data))
