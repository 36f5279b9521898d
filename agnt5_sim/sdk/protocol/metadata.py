"""The keys of what accompanies a request to a worker, its events, and its response."""

from __future__ import annotations

from typing import Final

TENANT: Final = "tenant_id"
PROJECT: Final = "project_id"
WORKFLOW_STATE: Final = "workflow_state"
COMPLETED_STEPS: Final = "completed_steps"
STEP_EVENTS: Final = "step_events"
WORKFLOW_ID: Final = "workflow_correlation_id"
CONTINUATION: Final = "continuation_b64"
TIMER: Final = "timer_key"
ACTIVATION: Final = "activation_id"
ANSWER: Final = "user_response"
QUESTION_INDEX: Final = "pause_index"
INPUT_TYPE: Final = "input_type"
ERROR_TYPE: Final = "error_type"
CACHE_HIT: Final = "cache_hit"
"""Marks an event that announces again, on replay, what is on record already."""

DURABLE: Final = (
    ("durable_activation_v1", "true"),
    ("durable_suspension_v1", "true"),
    ("activation_definition_version", "v1"),
    ("activation_artifact_sha256", "00" * 32),
)
"""What tells a worker that steps are activations and that a run may be suspended."""
SESSION: Final = "worker_session_id"
LEASE: Final = "lease_id"
