"""What `--agnt5-sim` says before and after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agnt5_sim.exploring.result import no_fault_tried
from agnt5_sim.judging import GUARANTEE_IDS
from agnt5_sim.judging.diagnosis import defect
from agnt5_sim.sdk.generations.detect import installed, profile

if TYPE_CHECKING:
    import pytest

    from agnt5_sim.exploring import Exploration
    from agnt5_sim.judging.violation import Violation
    from agnt5_sim.plugin.options import Choices


def header(choices: Choices) -> str:
    """Return the line of pytest's header."""
    sdk = installed()
    parts = [
        f"agnt5 {sdk.version}",
        f"profile {profile(choices.profile)}",
        f"depth {choices.depth}",
        f"faults {','.join(choices.faults)}",
        f"seed {choices.seed}",
    ]
    if choices.shard[1] > 1:
        parts.append(f"shard {choices.shard[0] + 1}/{choices.shard[1]}")
    if choices.plan is not None:
        parts.append(f"plan {choices.plan}")
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


def keep(item: pytest.Item, name: str, exploration: Exploration | None) -> None:
    """Keep with a test what its sweep came to; it travels with the report, and into JUnit's.

    Args:
        item: the test.
        name: of the property.
        exploration: None for a test that failed by itself, without any fault.
    """
    result: dict[str, Any] = {"test": item.nodeid, "lives": 0}
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
    item.user_properties.append((name, json.dumps(result)))


def tried(results: list[dict[str, Any]]) -> bool:
    """Tell whether something was swept, and each that was met at least one fault."""
    swept = [result for result in results if result["lives"]]
    return bool(swept) and not any(result["starved"] for result in swept)


def write(
    reporter: pytest.TerminalReporter, results: list[dict[str, Any]], choices: Choices
) -> None:
    """Write the summary."""
    reporter.section("agnt5-sim")
    results = sorted(results, key=lambda result: str(result["test"]))  # workers end in any order
    failed = [result["test"] for result in results if not result["lives"]]
    results = [result for result in results if result["lives"]]
    for test in failed:
        reporter.write_line(f"failed without any fault, and was not swept: {test}", red=True)
    if not results:
        why = (
            ""
            if failed
            else (": there is no scenario and no test marked agnt5_sim among the tests that ran")
        )
        reporter.write_line(
            f"nothing was swept{why}. A gate that did not run is no gate.", red=True
        )
        return
    lives = sum(result["lives"] for result in results)
    planned = sum(result["planned"] for result in results)
    points = sum(result["points"] for result in results)
    covered = "" if planned <= lives else f" of {planned:,} planned (the budget ended it)"
    tests = f"{len(results)} test" + ("s" if len(results) != 1 else "")
    reporter.write_line(
        f"{tests}, {lives:,} lives{covered}, at {points:,} fault points,"
        f" held to {len(GUARANTEE_IDS)} guarantees (agnt5 {installed().version},"
        f" profile {profile(choices.profile)}, depth {choices.depth})"
    )
    accepted = sorted({identity for result in results for identity in result["accepted"]})
    for identity in accepted:
        known = defect(identity)
        if known is not None:
            how = "harmless" if known.harmless else "accepted"
            reporter.write_line(
                f"known defect {identity} of this SDK ({how}): {known.summary}", yellow=True
            )
    repeated = sorted({tuple(pair) for result in results for pair in result["repeated"]})
    for effect, step in repeated:
        reporter.write_line(f"at least once here: {effect} in step {step}; make it idempotent")
    broken = [(result, found) for result in results for found in result["broken"]]
    for result, found in broken:
        at = f" at {found['step']}" if found["step"] else ""
        known_as = f" [known defect {found['defect']}]" if found["defect"] else ""
        reporter.write_line(
            f"BROKEN {found['guarantee']} in {found['workflow']}{at}{known_as}: {found['plan']}"
            f"  ({result['test']})",
            red=True,
        )
    starved = [result["test"] for result in results if result["starved"]]
    for test in starved:
        reporter.write_line(
            f"{no_fault_tried(test)}. A gate that tried no fault is no gate.", red=True
        )
    if not broken and not failed and not starved:
        reporter.write_line("nothing broke", green=True)
