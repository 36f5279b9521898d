"""Known defects of generation E: see `docs/sdk-defects.md`."""

from __future__ import annotations

from typing import Final

from .breaches import (
    CANCELLED,
    COUNTER,
    IN_SEQUENCE,
    INDEX,
    NESTED_COUNTER,
    REPR,
    SIBLINGS,
    SLEEP_NAMES,
    SNAPSHOT,
    STEP_NAMES,
)
from .defect import Defect

_CURRENT = ("0.11.0", "0.14.5")

DEFECTS: Final[tuple[Defect, ...]] = (
    Defect(
        id="E01",
        summary=(
            "an attempt that recovers after workflow.completed but before run.completed emits its"
            " events under the workflow that has completed already"
        ),
        way_around="none is needed: only the events' parent is wrong",
        breaks=(("events.parent", "closed-by-the-dead"),),
        releases=_CURRENT,
        profiles=("activation", "compat"),
        harmless=True,
    ),
    Defect(
        id="E02",
        summary="branches count their steps on one counter: on replay a step can get another's record",
        way_around=IN_SEQUENCE + "; where steps are activations, give each a key=",
        breaks=COUNTER,
        releases=_CURRENT,
        profiles=("activation", "compat"),
    ),
    Defect(
        id="E03",
        summary="a step given by name is looked up by that name alone: the second gets the first's result",
        way_around="give every step a name of its own, in a loop by its number",
        breaks=STEP_NAMES,
        releases=_CURRENT,
        profiles=("compat",),
    ),
    Defect(
        id="E04",
        summary="a sleep is looked up by its name alone: the second of a name does not sleep",
        way_around="give no name, or every sleep a name of its own",
        breaks=SLEEP_NAMES,
        releases=_CURRENT,
        profiles=("activation", "compat"),
    ),
    Defect(
        id="E05",
        summary="an awaitable given to a step is dropped, neither awaited nor closed, on replay",
        way_around='give the step the function and its arguments: ctx.step("load", load, key)',
        breaks=(("world.awaited", "replayed-awaitable"),),
        releases=_CURRENT,
        profiles=("activation", "compat"),
    ),
    Defect(
        id="E06",
        summary=(
            "branches go on after an error, a question or a durable sleep in one of them has ended"
            " the attempt"
        ),
        way_around=(
            "ask and sleep outside of branches; gather with return_exceptions=True and raise afterwards"
        ),
        breaks=SIBLINGS,
        releases=_CURRENT,
        profiles=("activation", "compat"),
    ),
    Defect(
        id="E07",
        summary="of durable sleeps in several branches one is registered: the others begin when it is over",
        way_around="sleep outside of branches, for the longest of the times",
        breaks=(("sleep.remainder", "sibling"),),
        releases=_CURRENT,
        profiles=("activation",),
    ),
    Defect(
        id="E08",
        summary="a resumed run replays over the state it had when it stopped: what it counted counts twice",
        way_around=(
            "set values that do not depend on earlier ones, or change the state after the question"
            " or the sleep"
        ),
        breaks=SNAPSHOT,
        releases=_CURRENT,
        profiles=("activation", "compat"),
    ),
    Defect(
        id="E09",
        summary="state is saved on top of whatever version is there: runs of one scope overwrite each other",
        way_around="let only one run at a time use the state of a user or a session",
        breaks=(("scope.version", "blind-save"),),
        releases=_CURRENT,
        profiles=("activation", "compat"),
    ),
    Defect(
        id="E10",
        summary="a step inside which a person is asked, or which sleeps durably, is never closed",
        way_around="ask and sleep outside of steps",
        breaks=(("events.paired", "suspended-inside"), ("world.awaited", "suspended-inside")),
        releases=_CURRENT,
        profiles=("activation", "compat"),
    ),
    Defect(
        id="E11",
        summary="what is called inside a step names a parent nobody ever emitted",
        way_around="call steps, sleeps and questions from the workflow, not inside of steps",
        breaks=(("events.parent", "nested"),),
        releases=_CURRENT,
        profiles=("compat",),
    ),
    Defect(
        id="E12",
        summary="after a question, a step's result that is no plain JSON comes back as the text of its repr",
        way_around="return plain JSON from steps: model.model_dump(mode='json'), dataclasses.asdict(...)",
        breaks=REPR,
        releases=_CURRENT,
        profiles=("compat",),
    ),
    Defect(
        id="E13",
        summary="a step whose result cannot be written down is neither completed nor failed",
        way_around="return plain JSON from steps",
        breaks=(("events.paired", "unencodable"),),
        releases=_CURRENT,
        profiles=("activation",),
    ),
    Defect(
        id="E14",
        summary="a streaming @function that is run by itself is never closed",
        way_around="none is needed: only its function.completed is missing",
        breaks=(("events.paired", "streaming-function"), ("events.parent", "streaming-function")),
        releases=_CURRENT,
        profiles=("activation", "compat"),
        harmless=True,
    ),
    Defect(
        id="E15",
        summary="of several questions the journal says that the latest got the answer to the first",
        way_around="none is needed: the workflow gets the right answers, only the event is wrong",
        breaks=(("pause.answer", "journal"),),
        releases=_CURRENT,
        profiles=("activation", "compat"),
        harmless=True,
    ),
    Defect(
        id="E16",
        summary="branches count their questions on one counter: an answer can go to another's question",
        way_around="ask outside of branches, one question after the other",
        breaks=(*INDEX, ("events.paired", "closed-twice")),
        releases=_CURRENT,
        profiles=("activation", "compat"),
    ),
    Defect(
        id="E17",
        summary="a run that fails because its state could not be saved never closes its workflow",
        way_around="none is needed: only its workflow.failed is missing",
        breaks=(("events.paired", "unsaved"), ("events.parent", "unsaved")),
        releases=_CURRENT,
        profiles=("activation", "compat"),
        harmless=True,
    ),
    Defect(
        id="E18",
        summary="an empty answer is taken for none, and the question is asked again for ever",
        way_around="take agnt5 0.14.4 or later; else let people choose from options",
        breaks=(
            ("pause.answer", "empty-answer"),
            ("result.reached", "empty-answer"),
            ("result.same", "empty-answer"),
        ),
        releases=("0.11.0", "0.14.3"),
        profiles=("activation", "compat"),
    ),
    Defect(
        id="E19",
        summary="a step or a sleep that is cancelled, as by a timeout around it, is never closed",
        way_around="none is needed: only events are wrong; a timeout inside the step's body is told",
        breaks=(*CANCELLED, ("world.awaited", "cancelled")),
        releases=_CURRENT,
        profiles=("activation", "compat"),
        harmless=True,
    ),
    Defect(
        id="E20",
        summary="a step called inside another's body is counted: on replay those after it are renumbered",
        way_around=(
            "call no step inside the body of another: call it from the workflow; where steps are"
            " activations, give each a key="
        ),
        breaks=NESTED_COUNTER,
        releases=_CURRENT,
        profiles=("activation", "compat"),
    ),
    Defect(
        id="E21",
        summary=(
            "a reply that does not come in time fails the run for good, although what was asked of"
            " the platform took effect"
        ),
        way_around="none within a workflow: submit the run again, or let a person retry it",
        breaks=(
            ("events.paired", "given-up"),
            ("events.parent", "given-up"),
            ("memo.value", "given-up"),
            ("quiet.after", "given-up"),
            ("result.agrees", "given-up"),
            ("result.same", "given-up"),
            ("state.replay", "given-up"),
            ("world.awaited", "given-up"),
        ),
        releases=_CURRENT,
        profiles=("activation", "compat"),
    ),
)
