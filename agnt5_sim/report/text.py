"""A broken guarantee, said to people."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from agnt5_sim.guarantees.defects import defect

if TYPE_CHECKING:
    from agnt5_sim.guarantees.registry import Violation

_WIDTH = 300


def describe(violation: Violation, replay: str | None = None) -> str:
    """Return what broke, where, when, expected and seen, the plan, and how to see it again.

    Args:
        violation: what broke.
        replay: the command that replays it; None for the call that does.
    """
    lines = [
        f"{violation.guarantee} is broken: {violation.message}",
        _row("workflow", f"{violation.workflow or '-'} (run {violation.run_id or '-'})"),
    ]
    if violation.step:
        lines.append(_row("at", violation.step))
    lines += [
        _row("time", f"{violation.time:g} s of virtual time"),
        _row("expected", violation.expected),
        _row("seen", violation.seen),
        _row("plan", violation.plan),
        _row("replay", replay or replay_call(violation)),
    ]
    known = defect(violation.defect) if violation.defect else None
    if known is not None:
        lines.append(_row("cause", f"known defect {known.id} of the SDK: {known.summary}"))
        lines.append(_row("way around", known.way_around))
        lines.append(_row("accept", f"accept=[{known.id!r}], or agnt5_sim_accept = {known.id}"))
    else:
        lines.append(_row("cause", "no known defect of this SDK; look at the workflow first"))
    return "\n".join(lines)


def _row(name: str, value: str) -> str:
    value = value if len(value) <= _WIDTH else value[: _WIDTH - 1] + "…"
    first, *rest = value.splitlines() or [""]
    return "\n".join([f"  {name:<10} {first}", *(f"             {line}" for line in rest)])


def replay_call(violation: Violation) -> str:
    """Return the call that lives the same life again."""
    return f"simulate({violation.workflow}, ..., faults={violation.plan!r})"


def replay_command(nodeid: str, plan: str, *, seed: int = 0, profile: str = "") -> str:
    """Return the command that lives the same life of a test again."""
    parts = ["pytest", "--agnt5-sim", nodeid, "--agnt5-sim-plan", plan]
    if seed:
        parts += ["--agnt5-sim-seed", str(seed)]
    if profile:
        parts += ["--agnt5-sim-profile", profile]
    return shlex.join(parts)
