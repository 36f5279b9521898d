"""A story: something that can be lived again and again, under one fault plan after another."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import attrs

from agnt5_sim.errors import AnswerRefused, WorldError
from agnt5_sim.life.refusals import explained
from agnt5_sim.world.remembering.memory import Memory

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from agnt5_sim.faults import Fault, FaultPlan, Point
    from agnt5_sim.history import History
    from agnt5_sim.life.life import Life
    from agnt5_sim.life.settings import Settings


@attrs.frozen
class Lived:
    """One life of a story.

    Attributes:
        plan: what it was lived under.
        history: everything that happened.
        points: the fault points it reached, in order.
        struck: the faults that struck, each with the number of points reached by then.
        missed: the faults whose place was never reached.
        error: what ended the life from outside the workflow, or "".
        failure: an assertion of the story itself that failed, or "".
        status: how it ended, in the words of `Outcome.status`; a test that passed "completed".
        why: why it failed or what it waits for, or "".
    """

    plan: FaultPlan
    history: History
    points: tuple[Point, ...]
    struck: tuple[tuple[Fault, int], ...]
    missed: tuple[Fault, ...] = ()
    error: str = ""
    failure: str = ""
    status: str = "completed"
    why: str = ""

    def unreached(self) -> str:
        """Say which faults never struck, and where some could have."""
        missed = "; ".join(map(str, self.missed))
        points = ", ".join(dict.fromkeys(map(str, self.points)))
        return (
            f"the plan did not come about: {missed} was never reached. The points of this life"
            f" are: {points}"
        )


class Ending(NamedTuple):
    """How what was told ended.

    Attributes:
        status: in the words of `Outcome.status`.
        why: why it failed or what it waits for, or "".
        output: what came of it.
        run_id: the run it is about; "" where there is none, or several.
    """

    status: str = "completed"
    why: str = ""
    output: Any = None
    run_id: str = ""


class Script(Protocol):
    """What is told: how a life of it is opened, and what happens in it."""

    @property
    def programs(self) -> list[Any]:
        """The functions by whose globals a life is made what it is."""

    @property
    def passes(self) -> tuple[type[BaseException], ...]:
        """What is nothing of the story's and goes on to whoever asked for it."""

    @property
    def failures(self) -> tuple[type[BaseException], ...]:
        """What is raised when the story finds something wrong itself."""

    def living(self, settings: Settings) -> AbstractContextManager[Life]:
        """Open a life, and close it when the block ends."""

    def play(self, life: Life) -> Ending:
        """Let it happen, to its end."""


class Story:
    """Something that can be lived again and again, under one fault plan after another.

    Args:
        script: what is told.
        settings: what every life is lived under; the sweep chooses faults, seed, start, and
            whether a process forgets.

    Attributes:
        first: the first of its lives, None while there was none.
        raised: what the life that was lived last raised, or None.
    """

    def __init__(self, script: Script, settings: Settings) -> None:
        self.first: Lived | None = None
        self.raised: BaseException | None = None
        self._script = script
        self._settings = settings
        self._memory = Memory(script.programs)

    def __call__(
        self,
        plan: FaultPlan,
        seed: int,
        start: int,
        /,
        *,
        forget: bool = False,
        pace: float = 0.0,
    ) -> Lived:
        """Live it once.

        Args:
            plan: what goes wrong.
            seed: what all randomness comes from.
            start: seconds after 2026 began at which the life does.
            forget: whether a killed worker's changes to module globals are undone.
            pace: virtual seconds that pass with every request of the platform.
        """
        self._memory.restore()  # every life begins with what the first began with
        script, ending, error, failure = self._script, Ending("stuck"), "", ""
        self.raised = None
        settings = attrs.evolve(
            self._settings, plan=plan, seed=seed, start=start, forget=forget, pace=pace
        )
        with script.living(settings) as life:
            try:
                with explained(life):
                    ending = script.play(life)
            except (WorldError, AnswerRefused) as problem:
                error, self.raised = str(problem), problem
            except script.passes:
                raise
            except script.failures as problem:
                failure, self.raised = said(problem), problem
        lived = Lived(
            plan=plan,
            history=life.history,
            points=tuple(life.injector.points),
            struck=tuple(life.injector.struck),
            missed=life.injector.missed,
            error=error,
            failure=failure,
            status=ending.status,
            why=ending.why,
        )
        self.first = self.first or lived
        return lived

    def restore(self) -> None:
        """Leave behind in memory what the first life found there."""
        self._memory.restore()


def said(problem: BaseException) -> str:
    """Return what an exception says, and where in somebody's own code it was raised."""
    lines = traceback.format_exception_only(type(problem), problem)
    frames = [
        frame
        for frame in traceback.extract_tb(problem.__traceback__)
        if "agnt5_sim" not in frame.filename and "asyncio" not in frame.filename
    ]
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return "".join(lines).strip() + where
