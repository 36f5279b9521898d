"""What `--agnt5-sim` says before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..guarantees import GUARANTEE_IDS
from ..guarantees.defects import defect
from ..sdk.detect import installed, profile

if TYPE_CHECKING:
    import pytest

    from ..guarantees import Violation
    from .options import Choices


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


def write(reporter: pytest.TerminalReporter, results: list[dict[str, Any]], choices: Choices) -> None:
    """Write the summary."""
    reporter.section("agnt5-sim")
    if not results:
        reporter.write_line(
            "nothing was swept: there is no scenario and no test marked agnt5_sim among the tests"
            " that ran. A gate that did not run is no gate.",
            red=True,
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
            reporter.write_line(f"known defect {identity} of this SDK ({how}): {known.summary}", yellow=True)
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
    if not broken:
        reporter.write_line("nothing broke", green=True)
