"""A run, as a test sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agnt5_sim.errors import AnswerRefused
from agnt5_sim.history.terms import TERMINAL
from agnt5_sim.platform import RunIsOver
from agnt5_sim.report.views import PauseView, StepView, events_of, read_run, step_named, steps_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from agnt5_sim.life.life import Life

    Waiter = Callable[["SimRun", Callable[[], bool]], Awaitable[None]]


class RunFailed(AssertionError):
    """The run whose result was asked for failed or was cancelled.

    Attributes:
        run: the run.
    """

    def __init__(self, message: str, run: SimRun) -> None:
        super().__init__(message)
        self.run = run


class SimRun:
    """A run, as a test sees it.

    Args:
        life: the life it is a run of.
        run_id: its id.
        until: waits until something holds of the run, or raises `RunStuck`.
    """

    def __init__(self, life: Life, run_id: str, until: Waiter) -> None:
        self._life = life
        self._until = until
        self.id = run_id

    def __repr__(self) -> str:
        return f"<SimRun {self.id} {self.status}>"

    @property
    def _state(self) -> Any:
        return self._life.platform.run(self.id)

    @property
    def status(self) -> str:
        """One of queued, running, paused, waiting, completed, failed, cancelled."""
        state: str = self._state.state
        return "paused" if state == "waiting" and self._open_pause() is not None else state

    @property
    def output(self) -> Any:
        """What it returned; None while it has not."""
        run = self._state
        return json.loads(run.output) if run.state == "completed" and run.output else None

    @property
    def error(self) -> str:
        """Why it failed, or ""."""
        return self._state.error or ""

    @property
    def attempts(self) -> int:
        """How many attempts it took so far."""
        return len(read_run(self._life.history, self.id).attempts)

    @property
    def steps(self) -> tuple[StepView, ...]:
        """Its steps so far, in the order in which they were first called."""
        return steps_of(read_run(self._life.history, self.id))

    @property
    def events(self) -> Any:
        """Its events so far: compares with a snapshot, and is a tuple otherwise."""
        from agnt5_sim.report.snapshot import EventStream

        return EventStream(
            self._life.history, self.id, events_of(read_run(self._life.history, self.id))
        )

    @property
    def pauses(self) -> tuple[PauseView, ...]:
        """The questions it asked so far."""
        return tuple(
            PauseView(
                pause.index,
                pause.question,
                pause.input_type,
                tuple(identity for identity, _ in pause.options),
                pause.answer,
            )
            for pause in self._life.platform.pauses(self.id)
        )

    @property
    def state(self) -> Any:
        """What is saved in the state of its scope; None when nothing is."""
        saved = self._life.state_of(self.id)
        return json.loads(saved) if saved else None

    def step(self, name: str) -> StepView:
        """Return a step by its identity, or by its name where that says which.

        Raises:
            KeyError: there is none of that name, or several.
        """
        return step_named(read_run(self._life.history, self.id), name)

    def event_types(self) -> tuple[str, ...]:
        """Return the types of its events so far."""
        return tuple(event.type for event in self.events)

    def _open_pause(self) -> PauseView | None:
        return next((pause for pause in self.pauses if pause.answer is None), None)

    async def paused(self) -> PauseView:
        """Wait for the run to ask a question, and return it.

        Raises:
            RunFailed: it ended without asking.
            RunStuck: it never will.
        """
        __tracebackhide__ = True
        await self._until(self, lambda: self.status == "paused" or self.status in TERMINAL)
        pause = self._open_pause()
        if pause is None or self.status != "paused":
            msg = f"{self.id} ended {self.status} without asking: {self.error or self.output!r}"
            raise RunFailed(msg, self)
        return pause

    async def answer(self, value: str, index: int | None = None) -> None:
        """Answer a question of the run.

        Args:
            value: the answer.
            index: which question; None for the open one.

        Raises:
            AnswerRefused: no such question is open, or the answer is not among its options.
        """
        try:
            self._life.answer(self.id, value, index)
        except RunIsOver as over:
            raise AnswerRefused(str(over)) from None

    async def result(self) -> Any:
        """Wait for the run to end, and return its output.

        Raises:
            RunFailed: it failed or was cancelled.
            RunStuck: it cannot go on; the message says what everything waits for.
        """
        __tracebackhide__ = True
        await self._until(self, lambda: self.status in TERMINAL)
        if self.status != "completed":
            msg = f"{self.id} {self.status}: {self.error}{self._hint()}"
            raise RunFailed(msg, self)
        return self.output

    def _hint(self) -> str:
        from agnt5_sim.life.refusals import not_json_hint

        return not_json_hint(self._life.history, self.id)

    async def cancel(self) -> None:
        """Cancel the run."""
        self._life.cancel(self.id)
