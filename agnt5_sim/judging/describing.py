"""A broken guarantee, said to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agnt5_sim.judging.diagnosis import defect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agnt5_sim.history import History
    from agnt5_sim.judging.violation import Violation

_WIDTH = 300


class GuaranteeBroken(AssertionError):
    """A guarantee was broken.

    Attributes:
        violations: what was broken.
        history: the life it was broken in, where there is one.
    """

    def __init__(
        self, message: str, violations: Iterable[Violation] = (), history: History | None = None
    ) -> None:
        super().__init__(message)
        self.violations = tuple(violations)
        self.history = history


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


def broken(violations: Iterable[Violation], history: History | None = None) -> GuaranteeBroken:
    """Return what is raised for broken guarantees, each described.

    Args:
        violations: what was broken.
        history: the life it was broken in, where there is one.
    """
    found = tuple(violations)
    return GuaranteeBroken("\n\n".join(map(describe, found)), found, history)


def _row(name: str, value: str) -> str:
    value = value if len(value) <= _WIDTH else value[: _WIDTH - 1] + "…"
    first, *rest = value.splitlines() or [""]
    return "\n".join([f"  {name:<10} {first}", *(f"             {line}" for line in rest)])


def replay_call(violation: Violation) -> str:
    """Return the call that lives the same life again."""
    return f"simulate({violation.workflow}, ..., faults={violation.plan!r})"
