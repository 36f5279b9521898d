"""What `--agnt5-sim` says before and after: lines, each with a mark for its colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agnt5_sim.exploring.result import no_fault_tried
from agnt5_sim.judging import GUARANTEE_IDS
from agnt5_sim.judging.diagnosis import defect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agnt5_sim.exploring import Exploration
    from agnt5_sim.judging.violation import Violation


class Line(NamedTuple):
    """A line of the summary.

    Attributes:
        text: what it says.
        mark: "bad" for what turns the gate red, "known" for a known defect, "good" for a gate
            that is green, "" for the rest.
    """

    text: str
    mark: str = ""


class Asked(NamedTuple):
    """What was asked of a sweep.

    Attributes:
        agnt5: the release of the SDK.
        profile: how its platform drives it.
        depth: how many faults a life has at most.
        faults: the kinds of them.
        seed: of the lives' randomness.
        shard: which shard of how many, from 0.
        plan: the one plan to live, or None.
    """

    agnt5: str
    profile: str
    depth: int
    faults: tuple[str, ...]
    seed: int
    shard: tuple[int, int]
    plan: object = None


def header(asked: Asked) -> str:
    """Return the line that says what is swept, and how."""
    index, count = asked.shard
    parts = [
        f"agnt5 {asked.agnt5}",
        f"profile {asked.profile}",
        f"depth {asked.depth}",
        f"faults {','.join(asked.faults)}",
        f"seed {asked.seed}",
    ]
    if count > 1:
        parts.append(f"shard {index + 1}/{count}")
    if asked.plan is not None:
        parts.append(f"plan {asked.plan}")
    return "agnt5-sim: " + ", ".join(parts)


def brief(violation: Violation) -> dict[str, str]:
    """Return what the summary says of a violation."""
    return {
        "guarantee": violation.guarantee,
        "workflow": violation.workflow,
        "step": violation.step,
        "plan": violation.plan,
        "defect": violation.defect or "",
    }


def result_of(test: str, exploration: Exploration | None) -> dict[str, Any]:
    """Return what the summary needs to know of a test's sweep, as JSON can hold it.

    Args:
        test: its id.
        exploration: None for a test that failed by itself, without any fault.
    """
    result: dict[str, Any] = {"test": test, "lives": 0}
    if exploration is not None:
        result |= {
            "lives": exploration.runs,
            "planned": exploration.planned,
            "starved": exploration.starved,
            "points": len(exploration.points),
            "depth": exploration.depth,
            "broken": [brief(violation) for violation in exploration.violations],
            "accepted": sorted({v.defect or v.guarantee for v in exploration.accepted}),
            "repeated": [list(pair) for pair in exploration.repeated],
            "digest": exploration.digest,
        }
    return result


def tried(results: Sequence[dict[str, Any]]) -> bool:
    """Tell whether something was swept, and each that was met at least one fault."""
    swept = [result for result in results if result["lives"]]
    return bool(swept) and not any(result["starved"] for result in swept)


def lines(results: Sequence[dict[str, Any]], asked: Asked) -> Iterator[Line]:
    """Return the summary.

    Args:
        results: what `result_of` made of each test, in any order.
        asked: what was asked.
    """
    results = sorted(results, key=lambda result: str(result["test"]))  # workers end in any order
    failed = [result["test"] for result in results if not result["lives"]]
    results = [result for result in results if result["lives"]]
    for test in failed:
        yield Line(f"failed without any fault, and was not swept: {test}", "bad")
    if not results:
        why = (
            ""
            if failed
            else (": there is no scenario and no test marked agnt5_sim among the tests that ran")
        )
        yield Line(f"nothing was swept{why}. A gate that did not run is no gate.", "bad")
        return
    yield Line(_counted(results, asked))
    yield from _known(results)
    broken = [(result, found) for result in results for found in result["broken"]]
    for result, found in broken:
        at = f" at {found['step']}" if found["step"] else ""
        known_as = f" [known defect {found['defect']}]" if found["defect"] else ""
        yield Line(
            f"BROKEN {found['guarantee']} in {found['workflow']}{at}{known_as}: {found['plan']}"
            f"  ({result['test']})",
            "bad",
        )
    starved = [result["test"] for result in results if result["starved"]]
    for test in starved:
        yield Line(f"{no_fault_tried(test)}. A gate that tried no fault is no gate.", "bad")
    if not broken and not failed and not starved:
        yield Line("nothing broke", "good")


def _counted(results: Sequence[dict[str, Any]], asked: Asked) -> str:
    """Say how much was lived."""
    lives = sum(result["lives"] for result in results)
    planned = sum(result["planned"] for result in results)
    points = sum(result["points"] for result in results)
    covered = "" if planned <= lives else f" of {planned:,} planned (the budget ended it)"
    tests = f"{len(results)} test" + ("s" if len(results) != 1 else "")
    return (
        f"{tests}, {lives:,} lives{covered}, at {points:,} fault points,"
        f" held to {len(GUARANTEE_IDS)} guarantees (agnt5 {asked.agnt5},"
        f" profile {asked.profile}, depth {asked.depth})"
    )


def _known(results: Sequence[dict[str, Any]]) -> Iterator[Line]:
    """Say which known defects showed, and which effects a crash repeats."""
    for identity in sorted({identity for result in results for identity in result["accepted"]}):
        known = defect(identity)
        if known is not None:
            how = "harmless" if known.harmless else "accepted"
            yield Line(f"known defect {identity} of this SDK ({how}): {known.summary}", "known")
    for effect, step in sorted({tuple(pair) for result in results for pair in result["repeated"]}):
        yield Line(f"at least once here: {effect} in step {step}; make it idempotent")
