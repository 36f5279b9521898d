"""Defects of the SDK that are known to break guarantees, by id.

Each is written up, with its cause in the SDK's source and the way around it, in
`docs/sdk-defects.md`, and reproduced by a test that fails when the defect is gone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import attrs
from packaging.version import InvalidVersion, Version


@attrs.frozen
class Defect:
    """A known defect.

    Attributes:
        id: as `accept` takes it.
        summary: what is wrong.
        way_around: what a workflow can do.
        breaks: guarantee and cause of the violations it leads to.
        releases: the first and the last release known to have it.
        profiles: the profiles it shows in.
        harmless: whether it only blemishes what observers read, with no effect on what runs.
            Such a defect is listed and never fails a sweep: nobody who writes a workflow can
            do anything about it.
    """

    id: str
    summary: str
    way_around: str
    breaks: tuple[tuple[str, str], ...]
    releases: tuple[str, str]
    profiles: tuple[str, ...]
    harmless: bool = False

    def concerns(self, guarantee: str, cause: str, version: str, profile: str) -> bool:
        """Tell whether a violation of that kind, under that SDK, is this defect's."""
        if (guarantee, cause) not in self.breaks or profile not in self.profiles:
            return False
        try:
            first, last = map(Version, self.releases)
            return first <= Version(version) <= last
        except InvalidVersion:
            return False


_SEED = ("0.3.1", "0.3.2a1")
_CURRENT = ("0.11.0", "0.14.5")

_STEP_NAMES = (
    ("memo.distinct", "same-name"),
    ("memo.executed", "same-name"),
    ("memo.value", "same-name"),
    ("pause.durable", "same-name"),
    ("result.same", "same-name"),
    ("state.replay", "same-name"),
    ("world.awaited", "same-name"),
)
_COUNTER = (
    ("memo.executed", "shared-counter"),
    ("memo.identity", "shared-counter"),
    ("memo.input", "shared-counter"),
    ("memo.value", "shared-counter"),
    ("result.same", "shared-counter"),
    ("state.replay", "shared-counter"),
)
_NESTED_COUNTER = tuple((guarantee, "nested-counter") for guarantee, _ in _COUNTER)
_SIBLINGS = (
    ("events.paired", "sibling"),
    ("events.parent", "sibling"),
    ("quiet.after", "sibling"),
)
_SLEEP_NAMES = (("sleep.distinct", "same-name"), ("sleep.duration", "same-name"))
_SNAPSHOT = (("result.same", "resumed-snapshot"), ("state.replay", "resumed-snapshot"))
_REPR = (("memo.value", "repr"), ("result.same", "repr"), ("state.replay", "repr"))
_INDEX = (
    ("pause.answer", "shared-index"),
    ("result.same", "shared-index"),
    ("state.replay", "shared-index"),
)

_CANCELLED = (("events.paired", "cancelled"), ("events.parent", "cancelled"))

_IN_SEQUENCE = (
    "let each branch that runs in parallel be one step; follow it by another round of them"
)

DEFECTS: Final[tuple[Defect, ...]] = (
    Defect(
        id="A01",
        summary="an attempt that recovers before any step completed announces itself as a start",
        way_around="none is needed: only the event's is_replay is wrong",
        breaks=(("events.started", "nothing-completed"),),
        releases=_SEED,
        profiles=("seed",),
        harmless=True,
    ),
    Defect(
        id="A02",
        summary="branches share one stack of parents: a step's event names a step of another branch",
        way_around="run the steps one after the other, or accept it: only the events' parent is wrong",
        breaks=(("events.parent", "parallel"),),
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A03",
        summary="a step given by name is looked up by that name alone: the second gets the first's result",
        way_around="give every step a name of its own, in a loop by its number",
        breaks=_STEP_NAMES,
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A04",
        summary="branches count their steps on one counter: on replay a step can get another's record",
        way_around=_IN_SEQUENCE,
        breaks=_COUNTER,
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A05",
        summary="an awaitable given to a step is dropped, neither awaited nor closed, on replay",
        way_around='give the step the function and its arguments: ctx.step("load", load, key)',
        breaks=(("world.awaited", "replayed-awaitable"),),
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A06",
        summary="branches go on after an error or a question in one of them has ended the attempt",
        way_around="ask outside of branches; gather with return_exceptions=True and raise afterwards",
        breaks=_SIBLINGS,
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A07",
        summary="a sleep is looked up by its name alone: the second of a name does not sleep",
        way_around="give no name, or every sleep a name of its own",
        breaks=_SLEEP_NAMES,
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A08",
        summary="a resumed run replays over the state it had when it paused: what it counted counts twice",
        way_around="set values that do not depend on earlier ones, or change the state after the question",
        breaks=_SNAPSHOT,
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A09",
        summary="state is saved on top of whatever version is there: runs of one scope overwrite each other",
        way_around="let only one run at a time use the state of a user or a session",
        breaks=(("scope.version", "blind-save"),),
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A10",
        summary="a run is reported completed although saving its state failed",
        way_around="let only one run at a time use a scope; return what matters too",
        breaks=(("state.durable", "swallowed-save"),),
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A11",
        summary="an empty answer is taken for none, and the question is asked again for ever",
        way_around="let people choose from options, or not answer with nothing",
        breaks=(
            ("pause.answer", "empty-answer"),
            ("result.reached", "empty-answer"),
            ("result.same", "empty-answer"),
        ),
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A12",
        summary="in a streamed run, what a step streams is numbered by another count than the events",
        way_around="collect in the step and return the whole, or do not stream the run",
        breaks=(("events.order", "delta-sequence"),),
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A13",
        summary="a step inside which a person is asked is never closed",
        way_around="ask outside of steps",
        breaks=(("events.paired", "suspended-inside"),),
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A14",
        summary="after a question, a step's result that is no plain JSON comes back as the text of its repr",
        way_around="return plain JSON from steps: model.model_dump(mode='json'), dataclasses.asdict(...)",
        breaks=_REPR,
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A15",
        summary="a @function with another name than its own cannot be a step, and its step stays open",
        way_around="name it as the Python function is named, or call the step by the registered name",
        breaks=(("events.paired", "never-began"),),
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A16",
        summary="branches count their questions on one counter: an answer can go to another's question",
        way_around="ask outside of branches, one question after the other",
        breaks=_INDEX,
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A17",
        summary="a step or a sleep that is cancelled, as by a timeout around it, is never closed",
        way_around="none is needed: only events are wrong; a timeout inside the step's body is told",
        breaks=_CANCELLED,
        releases=_SEED,
        profiles=("seed",),
        harmless=True,
    ),
    Defect(
        id="A18",
        summary="a step called inside another's body is counted: on replay those after it are renumbered",
        way_around="call no step inside the body of another: call it from the workflow",
        breaks=_NESTED_COUNTER,
        releases=_SEED,
        profiles=("seed",),
    ),
    Defect(
        id="A19",
        summary="after an attempt variables of the SDK's are still set in its context",
        way_around="none is needed: that context ends with the attempt",
        breaks=(
            ("world.awaited", "_entity_state_adapter"),
            ("world.awaited", "_trace_metadata"),
        ),
        releases=_SEED,
        profiles=("seed",),
        harmless=True,
    ),
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
        way_around=_IN_SEQUENCE + "; where steps are activations, give each a key=",
        breaks=_COUNTER,
        releases=_CURRENT,
        profiles=("activation", "compat"),
    ),
    Defect(
        id="E03",
        summary="a step given by name is looked up by that name alone: the second gets the first's result",
        way_around="give every step a name of its own, in a loop by its number",
        breaks=_STEP_NAMES,
        releases=_CURRENT,
        profiles=("compat",),
    ),
    Defect(
        id="E04",
        summary="a sleep is looked up by its name alone: the second of a name does not sleep",
        way_around="give no name, or every sleep a name of its own",
        breaks=_SLEEP_NAMES,
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
        breaks=_SIBLINGS,
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
        breaks=_SNAPSHOT,
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
        breaks=_REPR,
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
        breaks=(*_INDEX, ("events.paired", "closed-twice")),
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
        breaks=(*_CANCELLED, ("world.awaited", "cancelled")),
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
        breaks=_NESTED_COUNTER,
        releases=_CURRENT,
        profiles=("activation", "compat"),
    ),
)


@lru_cache(maxsize=1024)
def find_defect(guarantee: str, cause: str, version: str, profile: str) -> Defect | None:
    """Return the known defect that explains a violation, or None."""
    return next((d for d in DEFECTS if d.concerns(guarantee, cause, version, profile)), None)


def defect(identity: str) -> Defect | None:
    """Return a known defect by id."""
    return next((known for known in DEFECTS if known.id == identity), None)
