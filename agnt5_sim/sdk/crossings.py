"""The platform port: what passes between an attempt and the platform, and every point there.

A crossing has three moments: before the request leaves, when it takes effect, and after that
but before the reply arrives. A fault may strike before and after; the effect itself is atomic.
Each crossing that took effect, or was refused, is one entry of the history.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..platform import PlatformError
from .attempt import Attempt, branch

if TYPE_CHECKING:
    from ..faults import Injector
    from ..history import History
    from ..platform import Outcome, Platform
    from ..world import World

T = TypeVar("T")


class Crossings:
    """The platform port of one life.

    Args:
        world: whose time it is.
        platform: the other side.
        injector: counts the points, and strikes.
        history: where everything is written.
        finish: ends an attempt at the platform with an outcome, and returns the run's state.
    """

    def __init__(
        self,
        world: World,
        platform: Platform,
        injector: Injector,
        history: History,
        finish: Callable[[Attempt, Outcome], str],
    ) -> None:
        self.finish = finish
        self.world = world
        self.platform = platform
        self.injector = injector
        self.history = history

    def record(
        self,
        attempt: Attempt,
        kind: str,
        name: str = "",
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Write an entry about an attempt, in the branch that is running."""
        self.history.add(
            self.world.now,
            kind,
            run_id=attempt.run_id,
            attempt=attempt.number,
            incarnation=attempt.process.incarnation,
            branch=branch(),
            name=name,
            data=data,
        )

    def now(
        self,
        attempt: Attempt,
        kind: str,
        name: str,
        effect: Callable[[], T],
        data: dict[str, Any],
    ) -> T:
        """Cross synchronously.

        Args:
            attempt: who crosses.
            kind: of crossing, as fault points name it.
            name: of what crosses.
            effect: does it to the platform, and returns the reply.
            data: for the entry; the reply is added under "reply".

        Returns:
            The reply.

        Raises:
            PlatformError: the platform refused; that is recorded too.
        """
        self.world.progress()
        point = self.injector.reach(kind, name)
        reply = self._take_effect(attempt, kind, name, effect, data)
        self.injector.leave(point)
        return reply

    def _take_effect(
        self,
        attempt: Attempt,
        kind: str,
        name: str,
        effect: Callable[[], T],
        data: dict[str, Any],
    ) -> T:
        try:
            reply = effect()
        except PlatformError as error:
            data["refused"] = f"{type(error).__name__}: {error}"
            self.record(attempt, f"platform.{kind}", name, data)
            raise
        data["reply"] = reply if type(reply) in _PLAIN else str(reply)
        self.record(attempt, f"platform.{kind}", name, data)
        return reply

    async def across(
        self,
        attempt: Attempt,
        kind: str,
        name: str,
        effect: Callable[[], T],
        data: dict[str, Any],
    ) -> T:
        """Cross asynchronously: as `now`, and the reply takes a turn of the loop to arrive."""
        reply = self.now(attempt, kind, name, effect, data)
        await asyncio.sleep(0)
        return reply

    async def together(self, crossings: list[Crossing]) -> None:
        """Cross several at once: one request, one point, one reply; an entry each."""
        self.world.progress()
        point = self.injector.reach(crossings[0][1], "+".join(crossing[2] for crossing in crossings))
        for crossing in crossings:
            self._take_effect(*crossing)
        self.injector.leave(point)
        await asyncio.sleep(0)


Crossing = tuple[Attempt, str, str, Callable[[], Any], dict[str, Any]]
_PLAIN = frozenset({int, str, bytes, bool, type(None), tuple})
