"""Everything a program could notice the real world by, replaced for the length of a life."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agnt5_sim.world.belonging import noting_threads
from agnt5_sim.world.clock import kept_by
from agnt5_sim.world.entropy import seeded
from agnt5_sim.world.guard import guarding
from agnt5_sim.world.threads import threaded
from agnt5_sim.world.watch import watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agnt5_sim.world.world import World

DEFAULT_STALL_S = 10.0


@contextmanager
def isolated(world: World, seed: str, *, stall: float = DEFAULT_STALL_S) -> Iterator[None]:
    """Live in `world`: its clock, its entropy, no network, and a limit on spinning.

    Args:
        world: whose time everybody reads.
        seed: what all randomness comes from.
        stall: seconds of processor time one turn may take before its program is stopped.
    """
    with (
        _uncollected(world),
        kept_by(world),
        seeded(seed),
        guarding(world),
        threaded(world),
        noting_threads(world),
        watched(world, stall),
    ):
        yield


@contextmanager
def _uncollected(world: World) -> Iterator[None]:
    """Collect no garbage until the block ends.

    When a collection comes depends on all the process ever did, and it runs finalizers, which
    would then be events of the life. Afterwards the dead, which are kept for ever, are put out
    of the collector's sight; else every collection to come looks through all of them.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        if world.has_dead:
            gc.freeze()
