"""The adapter of generation E: agnt5 0.11.0b1 to 0.14.5.

Events are emitted and awaited one by one, or in batches. In profile *activation* every step is
an activation the platform admits and completes, and a sleep suspends the run; in *compat* the
worker is told by metadata what already happened, and sleeps in the process. See
`docs/reference/sdk.md`.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from agnt5 import activation as protocol
from agnt5._state_adapter import StateAdapter
from agnt5.function import FunctionRegistry
from agnt5.worker import Worker
from agnt5.workflow import WorkflowRegistry

from agnt5_sim.platform import JournalEvent, Outcome, TimerRequest
from agnt5_sim.world.clock import time_ns

from .attempt import Attempt, current_attempt, current_call
from .program import watched_workflow
from .requests import (
    Request,
    answered,
    json_object,
    known_steps,
    pause_request,
    reported_steps,
    resumed,
    scope_name,
    unread,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agnt5_sim.platform import ActivationGrant, Dispatch
    from agnt5_sim.world import Process

    from .crossings import Crossings

_ARTIFACT = "00" * 32
_TERMINAL = frozenset({"run.completed", "run.failed"})


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
        return f"sleep:{shown}:{number}", f"sleep:{shown}"

    def wait(self, ctx: Any) -> tuple[str, str, int]:
        """Return a question's identity, its record's name, and its index."""
        index = ctx._workflow_entity._pause_index
        return f"pause:{index}", f"user_response:{ctx.run_id}:{index}", index

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
        self._steps: dict[str, tuple[str, str]] = {}
        worker = self.worker = Worker.__new__(Worker)
        worker._rust_worker = self
        worker._checkpoint_client = None
        worker._entity_state_adapter = StateAdapter(rust_core=self)  # type: ignore[no-untyped-call]
        worker._activation_client = protocol.ActivationClient(self) if activation else None
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
            )
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
            )
        )

    async def emit_event_batch_async(self, batch: list[tuple[Any, ...]]) -> None:
        """Take several events in one crossing."""
        await self.crossings.together(
            [
                self._event(run_id, kind, data, sequence, metadata, source_ns)
                for run_id, kind, data, sequence, metadata, source_ns in batch
            ]
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
        name, completes, sleeps = kind, None, None
        if kind.startswith("workflow.step.") and kind != "workflow.step.paused":
            step = metadata.get("name", "")
            name = f"{kind}/{step}" if step else kind
            if call is None or "cache_hit" in metadata:
                pass  # a replay's own announcement of what is on record already
            elif kind == "workflow.step.completed" and call.kind == "step":
                completes = (step, unread(data))
            elif kind == "workflow.step.started" and call.kind == "sleep":
                seconds = json.loads(data)["input_data"]["duration_seconds"]
                record = {"start_time": source_ns / 1e9, "duration": seconds}
                sleeps = (f"sleep:{step}", json.dumps(record).encode())
        elif kind == "workflow.state.changed":
            name = f"{kind}/{json.loads(data).get('key') or ''}"
        event = JournalEvent(kind, data, sequence, source_ns, None, channel)
        platform, world = self.crossings.platform, self.crossings.world
        entry = {
            "type": kind,
            "channel": channel,
            "payload": data.decode(),
            "sequence": sequence,
            "source_ns": source_ns,
            "step": call.identity if call is not None else "",
            "completes": completes[0] if completes else "",
            "sleeps": sleeps[0] if sleeps else "",
            "replayed": "cache_hit" in metadata,
            "id": metadata.get("correlation_id", ""),
            "parent": metadata.get("parent_correlation_id", ""),
        }

        def effect() -> int:
            cursor = platform.append(
                world.now, attempt.lease, event, completes=completes, sleeps=sleeps
            )
            if kind in _TERMINAL:
                outcome = _terminal(kind, data)
                entry["outcome"] = outcome.kind
                self.crossings.finish(attempt, outcome)
            return cursor

        return attempt, "emit", name, effect, entry

    # -- activations -------------------------------------------------------------------

    async def begin(self, request: protocol.BeginActivationRequest) -> protocol.ActivationDecision:
        """Admit an activation, or say what became of it."""
        attempt = self._attempt(request.run_id)
        crossings = self.crossings
        identity = protocol.activation_id(
            request.project_id,
            request.run_id,
            request.parent_activation_id,
            request.kind,
            request.stable_key,
        )
        entry: dict[str, Any] = {
            "step": request.stable_key,
            "activation": request.kind.name,
            "input": getattr(request, "input_data", b""),  # the first release of E has none
        }
        grant = await crossings.across(
            attempt,
            "begin",
            request.stable_key,
            lambda: self._begin(attempt, request, identity, entry),
            entry,
        )
        return protocol.ActivationDecision(
            kind=protocol.ActivationDecisionKind(grant.kind),
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
        entry: dict[str, Any],
    ) -> ActivationGrant:
        platform, world = self.crossings.platform, self.crossings.world
        name = getattr(request, "display_name", "") or request.stable_key  # as above
        grant = platform.begin_activation(
            world.now,
            attempt.lease,
            activation_id=identity,
            kind=request.kind.name,
            stable_key=request.stable_key,
            input_digest=request.input_digest,
            definition_digest=request.definition_digest,
            name=name,
        )
        entry["decision"] = grant.kind
        self._steps[identity] = (request.stable_key, name)
        if grant.kind == "EXECUTE" and request.kind is protocol.ActivationKind.STEP:
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
        mine = self._attempt(run_id)
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
                f', "output_data": {output.decode()}',
                completes=(step, output),
            )
            return offset

        offset = await crossings.across(
            mine,
            "complete",
            step,
            effect,
            {"step": step, "output": output, "records": step, "completes": step},
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
        mine = self._attempt(run_id)
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
            mine, "fail", step, effect, {"step": step, "error": error_data, "retryable": retryable}
        )
        return protocol.ActivationFailureReceipt(
            activation_id=activation_id,
            attempt=attempt,
            accepted_journal_offset=offset,
            status=status,
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
        kind = f"workflow.step.{what}"
        now = time_ns()
        data = (
            f'{{"event_type": "{kind}", "name": {json.dumps(step)}, "correlation_id": "{identity}",'
            f' "timestamp_ns": {now}{extra}}}'
        )
        event = JournalEvent(kind, data.encode(), number, now, None, "runtime")
        self.crossings.platform.append(
            self.crossings.world.now, attempt.lease, event, completes=completes
        )
        self.crossings.record(
            attempt,
            "platform.runtime",
            f"{kind}/{step}",
            {
                "type": kind,
                "channel": "runtime",
                "payload": data,
                "sequence": number,
                "source_ns": now,
                "id": identity,
                "parent": "",
                "step": step,
            },
        )

    # -- the state core ----------------------------------------------------------------

    async def py_get_cached_or_load(
        self, entity_type: str, key: str, scope: str, scope_id: str, route: str = ""
    ) -> tuple[bytes, int]:
        """Load an entity."""
        attempt = self._attempt(route)
        crossings = self.crossings
        return await crossings.across(
            attempt,
            "state.load",
            scope_name(scope, key),
            lambda: crossings.platform.load_entity(
                attempt.lease, entity_type, key, scope, scope_id
            ),
            {"entity": entity_type, "key": key, "scope": scope, "scope_id": scope_id},
        )

    async def py_save_state(
        self,
        entity_type: str,
        key: str,
        value: bytes,
        expected: int,
        scope: str,
        scope_id: str,
        route: str = "",
    ) -> int:
        """Save an entity on top of the version that was loaded."""
        attempt = self._attempt(route)
        crossings = self.crossings
        return await crossings.across(
            attempt,
            "state.save",
            scope_name(scope, key),
            lambda: crossings.platform.save_entity(
                crossings.world.now,
                attempt.lease,
                entity_type,
                key,
                value,
                expected,
                scope,
                scope_id,
            ),
            {
                "entity": entity_type,
                "key": key,
                "scope": scope,
                "scope_id": scope_id,
                "value": value,
                "expected": expected,
            },
        )

    # -- execution ---------------------------------------------------------------------

    async def execute(self, attempt: Attempt) -> Outcome | None:
        """Let the SDK execute an attempt; None when its terminal event has ended it."""
        dispatch = attempt.dispatch
        self.attempts[attempt.run_id] = attempt
        request = Request(dispatch, self._metadata(dispatch))
        if dispatch.kind == "function":
            config = FunctionRegistry.get(dispatch.component)
            execution = self.worker._execute_function(config, dispatch.input, request)
        else:
            config = watched_workflow(
                WorkflowRegistry.get(dispatch.component), attempt, self.crossings, self.identities
            )
            execution = self.worker._execute_workflow(config, dispatch.input, request)
        response = await self.worker._track_invocation(dispatch.run_id, execution)
        return _outcome(response)

    def _metadata(self, dispatch: Dispatch) -> dict[str, str]:
        metadata = {"tenant_id": dispatch.tenant, "project_id": dispatch.tenant}
        if self.activation:
            metadata |= {
                "durable_activation_v1": "true",
                "durable_suspension_v1": "true",
                "worker_session_id": f"worker-{dispatch.lease.incarnation}",
                "lease_id": f"lease-{dispatch.lease.number}",
                "activation_definition_version": "v1",
                "activation_artifact_sha256": _ARTIFACT,
            }
        if dispatch.initial_state:
            metadata["workflow_state"] = dispatch.initial_state.decode()
        resume = resumed(dispatch)
        completed = {**known_steps(dispatch.completed, _result), **reported_steps(resume)}
        if dispatch.resume is not None and dispatch.resume.timer_key is not None:
            completed.update(_continued(resume.get("continuation_b64", "")))
            metadata["timer_key"] = dispatch.resume.timer_key
            metadata["activation_id"] = dispatch.resume.activation_id
        completed.update(answered(dispatch))
        if completed and dispatch.recovered:
            metadata["workflow_correlation_id"] = self._workflow_id(dispatch.run_id)
        metadata.update(resume)
        if completed:
            metadata["completed_steps"] = json_object(completed)
        return metadata

    def _workflow_id(self, run_id: str) -> str:
        """Return the id under which the run's first attempt began, off its journal."""
        for accepted in self.crossings.platform.journal(run_id):
            if accepted.event.type == "workflow.started":
                return str(json.loads(accepted.event.data).get("correlation_id", ""))
        return ""


def _outcome(response: Any) -> Outcome | None:
    if response is None:
        return None
    metadata = dict(response.metadata or {})
    suspension = response.worker_suspension
    if suspension is not None:
        continuation = base64.urlsafe_b64encode(bytes(suspension.continuation)).decode()
        timer = TimerRequest(
            suspension.timer_key, suspension.delay_ms / 1000, suspension.activation_id
        )
        return Outcome("suspended", timer=timer, metadata={"continuation_b64": continuation})
    if response.event_type == "run.paused":
        output = json.loads(bytes(response.output_data))
        pause = pause_request(metadata, output["question"], metadata.get("input_type", "text"))
        return Outcome("paused", pause=pause, metadata=metadata)
    if response.event_type == "run.failed" or not response.success:
        return Outcome(
            "failed", error=response.error_message or "", error_type=metadata.get("error_type", "")
        )
    return Outcome("completed", bytes(response.output_data))


def _terminal(kind: str, data: bytes) -> Outcome:
    """Read how a run ended off its terminal event, which is what ends it in this generation."""
    payload = json.loads(data)
    if kind == "run.completed":
        return Outcome("completed", json.dumps(payload.get("output_data")).encode())
    return Outcome(
        "failed",
        error=payload.get("error_message") or "",
        error_type=payload.get("error_code") or "",
    )


def _result(payload: Any) -> Any:
    return payload["output_data"]["result"]


def _continued(encoded: str) -> dict[str, bytes]:
    """Return the steps a suspension's continuation says are done."""
    if not encoded:
        return {}
    steps = json.loads(base64.urlsafe_b64decode(encoded)).get("completed_steps") or {}
    return {name: json.dumps(value).encode() for name, value in steps.items()}


__all__ = ["IdentitiesE", "WorkerE"]
