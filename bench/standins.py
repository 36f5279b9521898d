"""The same SDK worker with stand-ins that do nothing: what a life costs without a platform."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from agnt5_sim.sdk.generations.detect import installed


class NothingA:
    """Generation A's native half, checkpoint client and state core, doing nothing."""

    def __init__(self) -> None:
        from agnt5.checkpoint import CheckpointResult

        self._result = CheckpointResult(True, None, False, None)

    def queue_workflow_checkpoint(self, **_: Any) -> None:
        """Do nothing."""

    queue_delta = queue_workflow_checkpoint

    def flush_workflow_checkpoints(self) -> int:
        """Do nothing."""
        return 0

    async def step_started(self, *_: Any, **__: Any) -> Any:
        """Know of nothing."""
        return self._result

    step_completed = step_failed = step_started

    async def py_get_cached_or_load(self, *_: Any) -> tuple[bytes, int]:
        """Have nothing."""
        return b"", 0

    async def py_save_state(self, *_: Any) -> int:
        """Keep nothing."""
        return 1


class NothingE:
    """Generation E's native half, activation transport and state core, doing nothing."""

    async def emit_event_async(self, **_: Any) -> None:
        """Do nothing."""

    async def emit_event_batch_async(self, batch: Any) -> None:
        """Do nothing."""

    def emit_event_sync(self, **_: Any) -> None:
        """Do nothing."""

    queue_event = emit_event_sync

    async def py_get_cached_or_load(self, *_: Any) -> tuple[bytes, int]:
        """Have nothing."""
        return b"", 0

    async def py_save_state(self, *_: Any) -> int:
        """Keep nothing."""
        return 1

    async def begin(self, request: Any) -> Any:
        """Admit everything."""
        from agnt5 import activation

        return activation.ActivationDecision(
            kind=activation.ActivationDecisionKind.EXECUTE,
            activation_id=activation.activation_id(
                request.project_id,
                request.run_id,
                request.parent_activation_id,
                request.kind,
                request.stable_key,
            ),
            attempt=1,
            accepted_journal_offset=1,
            fence_token=b"fence",
        )

    async def complete(self, *, activation_id: str, attempt: int, **_: Any) -> Any:
        """Accept everything."""
        from agnt5 import activation

        return activation.ActivationCompletionReceipt(
            activation_id=activation_id, attempt=attempt, accepted_journal_offset=1
        )


def bare_run(profile: str, workflow: str, given: dict[str, Any]) -> Any:
    """Return a coroutine that executes a workflow on a worker with stand-ins."""
    from agnt5.worker import Worker
    from agnt5.workflow import WorkflowRegistry

    data = json.dumps(given).encode()
    metadata = {"tenant_id": "default", "project_id": "default"}
    worker = Worker.__new__(Worker)
    worker.service_name = "bench"
    if installed().generation.letter == "A":
        from agnt5.entity import EntityStateAdapter

        nothing: Any = NothingA()
        worker._rust_worker = worker._checkpoint_client = nothing
        worker._entity_state_adapter = EntityStateAdapter(rust_core=nothing)
    else:
        from agnt5 import activation
        from agnt5._state_adapter import StateAdapter

        nothing = NothingE()
        worker._rust_worker = nothing
        worker._checkpoint_client = None
        worker._entity_state_adapter = StateAdapter(rust_core=nothing)
        worker._inflight, worker._loop, worker._chatbots = {}, None, {}
        worker._activation_client = None
        if profile == "activation":
            worker._activation_client = activation.ActivationClient(nothing)
            metadata |= {
                "durable_activation_v1": "true",
                "durable_suspension_v1": "true",
                "worker_session_id": "w",
                "lease_id": "l",
                "activation_definition_version": "v1",
                "activation_artifact_sha256": "00" * 32,
            }
    request = SimpleNamespace(
        invocation_id="run-1",
        component_name=workflow,
        component_type="workflow",
        metadata=metadata,
        session_id=None,
        user_id=None,
        is_streaming=False,
        runtime_context=None,
        attempt=0,
        input_data=data,
    )
    execution = worker._execute_workflow(WorkflowRegistry.get(workflow), data, request)
    if installed().generation.letter == "A":
        return execution
    return worker._track_invocation("run-1", execution)
