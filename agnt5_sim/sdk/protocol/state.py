"""Where the SDK keeps a workflow's state."""

from __future__ import annotations

from typing import Final, NamedTuple

WORKFLOW_ENTITY: Final = "WorkflowEntity"
"""The entity type of a workflow's own state; other entities are a program's."""


class Home(NamedTuple):
    """Where a run's own state is kept, as the platform takes it."""

    type: str
    key: str
    scope: str
    scope_id: str


def home_of(component: str, run_id: str, session_id: str | None, user_id: str | None) -> Home:
    """Return where a run's state is to be: user > session (when it is not the run) > run."""
    if user_id:
        return Home(WORKFLOW_ENTITY, f"user:{user_id}", "user", user_id)
    if session_id and session_id != run_id:
        prefix = f"workflow:{component}:" if component else ""
        return Home(WORKFLOW_ENTITY, f"{prefix}session:{session_id}", "session", session_id)
    return Home(WORKFLOW_ENTITY, f"run:{run_id}", "run", run_id)
