"""What a worker is handed with a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from agnt5_sim.platform.identity import Identified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agnt5_sim.platform.leases import Lease


@attrs.frozen
class Resume:
    """The last pause or suspension of a run, handed to every attempt after it.

    Args:
        kind: `"paused"` or `"suspended"`.
        metadata: what the worker reported with it.
        pause_index: the question, for a pause; its answer is in `Dispatch.answers`.
        timer_key: the timer, for a suspension.
        activation_id: that timer's activation, or `""`.
    """

    kind: str
    metadata: Mapping[str, str] = attrs.field(hash=False)
    pause_index: int | None = None
    timer_key: str | None = None
    activation_id: str = ""


@attrs.frozen
class Dispatch(Identified):
    """One attempt of a run, as a worker receives it; the ids are those of `Identified`.

    Args:
        component: the component to execute.
        kind: its type.
        input: the input, JSON bytes.
        attempt: number of the attempt, from 0.
        lease: what every write of the attempt must carry.
        recovered: the attempt replaces one whose lease expired.
        crashes: how many leases of the run have expired so far.
        completed: step name → JSON bytes of what earlier attempts completed, by policy,
            in the order it happened.
        answers: pause index → answer, of all answered pauses.
        initial_state: the entity bytes of the run's scope at its first dispatch, the
            same for every attempt; `b""` when there was no entity.
        resume: the last pause or suspension, or None.
    """

    component: str
    kind: str
    input: bytes
    attempt: int
    lease: Lease
    recovered: bool
    crashes: int
    completed: Mapping[str, bytes] = attrs.field(hash=False)
    answers: Mapping[int, str] = attrs.field(hash=False)
    initial_state: bytes
    resume: Resume | None
