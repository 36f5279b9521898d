"""One run as a story: what is submitted, whose it is, and what people answer."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from agnt5_sim.errors import Stuck
from agnt5_sim.exploring.story import Ending
from agnt5_sim.history.terms import TERMINAL
from agnt5_sim.life.answers import DELAY_S, AnswerSource, answer_for, check_answers
from agnt5_sim.life.life import Life
from agnt5_sim.life.refusals import not_json_hint
from agnt5_sim.platform.identity import Identity, ids_of
from agnt5_sim.sdk.workflows import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.life.settings import Settings


def _answers(value: Any) -> AnswerSource:
    check_answers(value)
    answers: AnswerSource = value
    return answers


@attrs.frozen
class OneRun:
    """One run as a story; `simulate` explains what can be given.

    Attributes:
        workflow: see `simulate`; so are the others.
        input: its input.
        answers: what people answer.
        ids: whose it is.

    Raises:
        ValueError: the answers say nothing.
    """

    workflow: Any
    input: Any = None
    answers: AnswerSource = attrs.field(default=(), converter=_answers)
    ids: Identity = attrs.field(factory=Identity)

    passes: ClassVar[tuple[type[BaseException], ...]] = ()
    failures: ClassVar[tuple[type[BaseException], ...]] = ()

    @property
    def programs(self) -> list[Any]:
        """The workflow's own function."""
        return [resolve(self.workflow).handler]

    @contextmanager
    def living(self, settings: Settings) -> Iterator[Life]:
        """Open a life in a world that has no other loop than its workers'."""
        with Life(settings).lived() as life:
            yield life

    def play(self, life: Life) -> Ending:
        """Live from the run's submission to its end.

        Raises:
            WorldError: see `simulate`; so are the others.
        """
        run_id = life.submit(self.workflow, self.input, **ids_of(self.ids))
        with life.effects_declared():
            self._answer_questions(life, run_id)
            _live_to_the_end(life, run_id)
        return ending_of(life, run_id)

    def _answer_questions(self, life: Life, run_id: str) -> None:
        """Answer each question of the run a virtual second after it is asked."""
        asked: set[int] = set()

        def look(changed: str) -> None:
            if changed != run_id or life.platform.run(run_id).state != "waiting":
                return
            open_ = [pause for pause in life.platform.pauses(run_id) if pause.answer is None]
            if not open_ or open_[-1].index in asked:
                return
            pause = open_[-1]
            value = answer_for(pause, self.answers)
            if value is not None:
                asked.add(pause.index)
                life.world.at(
                    life.world.now + DELAY_S, lambda: life.answer(run_id, value, pause.index)
                )

        life.on_change.append(look)


def _live_to_the_end(life: Life, run_id: str) -> None:
    """Let a life go on until its run has ended or can go no further."""
    platform = life.platform
    try:
        life.world.drive(None, lambda: platform.run(run_id).state in TERMINAL)
        life.settle()
    except Stuck as stuck:
        life.stuck(stuck)


def ending_of(life: Life, run_id: str) -> Ending:
    """Return how a run ended."""
    run = life.platform.run(run_id)
    if run.state == "completed":
        return Ending(run.state, output=json.loads(run.output or b"null"), run_id=run_id)
    if run.state == "failed":
        return Ending(run.state, run.error + not_json_hint(life.history, run_id), run_id=run_id)
    if run.state in TERMINAL:
        return Ending(run.state, run.error, run_id=run_id)
    paused = any(pause.answer is None for pause in life.platform.pauses(run_id))
    status = "paused" if paused and run.state == "waiting" else "stuck"
    return Ending(status, life.platform.waiting_on(run_id), run_id=run_id)
