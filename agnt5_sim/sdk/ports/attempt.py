"""One attempt of a run on a worker, and what of it a program carries with it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agnt5_sim.platform import Dispatch
    from agnt5_sim.world import Process
    from agnt5_sim.world.branches import Room


class Attempt:
    """One attempt: a dispatch, and the process that works on it.

    Args:
        dispatch: what the platform handed out.
        process: the worker process that took it.
        bodies: the life's `Bodies`, which wraps the bodies of its steps.

    Attributes:
        over: whether it has reported, or is not entitled to its run any more.
        superseded: whether the latter, and its worker knows.
    """

    __slots__ = (
        "bodies", "dispatch", "incarnation", "lease", "number", "over", "process", "run_id",
        "superseded",
    )  # fmt: skip

    def __init__(self, dispatch: Dispatch, process: Process, bodies: Any) -> None:
        self.bodies = bodies
        self.dispatch = dispatch
        self.process = process
        self.incarnation = process.incarnation
        self.run_id = dispatch.run_id
        self.number = dispatch.attempt
        self.lease = dispatch.lease
        self.over = False
        self.superseded = False


class Call:
    """One call of a workflow to its context: a step, a sleep or a question.

    Attributes:
        kind: "step", "sleep" or "wait".
        identity: what tells it from every other call of the run.
        record: the name under which the SDK looks up what is already known of it.
        attempt: the attempt that made it.
        open: whether it has not been answered yet.
        within: the identity of the call in whose body it was made, or "".
        in_body: how many bodies are being run, its own and one around it: there every await
            is a fault point.
        room: where the tasks are numbered that its body creates, None while it created none.
    """

    __slots__ = ("attempt", "identity", "in_body", "kind", "open", "record", "room", "within")

    def __init__(self, kind: str, identity: str, record: str, attempt: Attempt) -> None:
        self.kind = kind
        self.identity = identity
        self.record = record
        self.attempt = attempt
        self.open = True
        self.room: Room | None = None
        around = current_call.get()
        self.within = "" if around is None else around.identity
        self.in_body = 0 if around is None else 1


current_attempt: ContextVar[Attempt | None] = ContextVar("agnt5_sim_attempt", default=None)
current_call: ContextVar[Call | None] = ContextVar("agnt5_sim_call", default=None)
