"""What a life that had to be ended says: which step did it, under which plan, and the way out."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from agnt5_sim.errors import OutsideTouched, Spinning
from agnt5_sim.history.jsonable import find_not_json
from agnt5_sim.history.values import thaw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.history import History
    from agnt5_sim.life.life import Life


@contextmanager
def explained(life: Life) -> Iterator[None]:
    """Add to an error from the world what only the life knows."""
    try:
        yield
    except OutsideTouched as error:
        where = _running_step(life)
        target = where.rpartition(":")[0].removeprefix("step:") or where.rpartition("_")[0] or where
        remedy = (
            f"Stub the step: sim.stub({target!r}, returns=...)"
            f" or simulate(..., stubs={{{target!r}: ...}})"
            if where
            else "Move the call into a step, and stub the step: sim.stub('name', returns=...)"
        )
        at = f"step {where}" if where else "the workflow, outside of any step"
        msg = f"{at} reached for the outside world: {error}\n{remedy}\nplan: {life.settings.plan}"
        raise OutsideTouched(msg) from None
    except Spinning as error:
        where = _running_step(life)
        at = f"step {where}" if where else "the workflow"
        msg = f"{at} does not get anywhere: {error}\nplan: {life.settings.plan}"
        raise Spinning(msg) from None


def _running_step(life: Life) -> str:
    """Return the step whose body was running last, or ""."""
    ended: set[tuple[str, int]] = set()
    for entry in reversed(life.history):
        if entry.kind in {"body.returned", "body.raised"}:
            ended.add((entry.name, entry.attempt))
        elif entry.kind == "body.started" and (entry.name, entry.attempt) not in ended:
            return entry.name
    return ""


def not_json_hint(history: History, run_id: str) -> str:
    """Name the step, or the workflow, whose result cannot be JSON, if the run failed over it.

    Args:
        history: of the life.
        run_id: the run that failed.
    """
    for entry in reversed(history.select("body.returned", "program.returned", run_id=run_id)):
        value = entry.data.get("value")
        problem = find_not_json(thaw(value)) if value is not None else None
        if problem is not None:
            who = f"step {entry.name}" if entry.name else "the workflow"
            return f"\n{who} returned what cannot be JSON: {problem}"
    return ""
