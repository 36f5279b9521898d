"""What a test may ask of a run: readings of its history."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs

from agnt5_sim.history.values import thaw
from agnt5_sim.judging.reading.lives import read

if TYPE_CHECKING:
    from agnt5_sim.history import History
    from agnt5_sim.judging.reading.lives import Run


@attrs.frozen
class StepView:
    """A step of a run.

    Attributes:
        name: its identity, e.g. `charge_card_0` or `step:reserve:1`.
        label: the name the workflow gave it.
        executions: how often its body was started, all attempts together.
        replays: how often it was answered from its record.
        attempts: the attempts in which its body was started.
        result: what the workflow got last; None while it got nothing.
        error: what it raised last, or "".
    """

    name: str
    label: str
    executions: int
    replays: int
    attempts: tuple[int, ...]
    result: Any
    error: str


@attrs.frozen
class PauseView:
    """A question of a run.

    Attributes:
        index: which question of the run it is, from 0.
        question: its text.
        input_type: "text", "approval", …
        options: the ids of the options.
        answer: what was answered, None while nothing was.
    """

    index: int
    question: str
    input_type: str
    options: tuple[str, ...]
    answer: str | None


@attrs.frozen
class EventView:
    """An event a run emitted.

    Attributes:
        type: e.g. "workflow.step.completed".
        time: virtual time in seconds.
        attempt: the attempt that emitted it.
        data: the payload.
    """

    type: str
    time: float
    attempt: int
    data: Any


def read_run(history: History, run_id: str) -> Run:
    """Return the reading of one run."""
    return read(history).runs[run_id]


def steps_of(run: Run) -> tuple[StepView, ...]:
    """Return the steps of a run, in the order in which they were first called."""
    found: dict[str, list[tuple[int, Any]]] = {}
    for attempt in run.attempts:
        for call in attempt.calls_of("step"):
            found.setdefault(call.identity, []).append((attempt.number, call))
    return tuple(_step(identity, calls) for identity, calls in found.items())


def _step(identity: str, calls: list[tuple[int, Any]]) -> StepView:
    last = calls[-1][1]
    raised = last.answer if last.raised else None
    return StepView(
        name=identity,
        label=last.label,
        executions=sum(len(call.bodies) for _, call in calls),
        replays=sum(not call.ran and call.value is not None for _, call in calls),
        attempts=tuple(number for number, call in calls if call.ran),
        result=None if last.value is None else thaw(last.value),
        error="" if raised is None else f"{raised.data['error_type']}: {raised.data['error']}",
    )


def step_named(run: Run, name: str) -> StepView:
    """Return a step by its identity, or by its name where that says which.

    Raises:
        KeyError: there is none, or several; the message lists the steps of the run.
    """
    steps = steps_of(run)
    matching = [s for s in steps if s.name == name] or [s for s in steps if s.label == name]
    if len(matching) == 1:
        return matching[0]
    listed = ", ".join(step.name for step in steps) or "none"
    what = "no step" if not matching else f"{len(matching)} steps"
    msg = f"{what} of {run.run_id} named {name!r}; its steps are: {listed}"
    raise KeyError(msg)


def events_of(run: Run) -> tuple[EventView, ...]:
    """Return the events of a run that were accepted, in order."""
    return tuple(
        EventView(entry.data["type"], entry.time, attempt.number, _payload(entry.data["payload"]))
        for attempt in run.attempts
        for entry in attempt.events
        if "refused" not in entry.data
    )


def _payload(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
