"""The platform port: what passes between an attempt and the platform, and every point there.

A crossing has three moments: before the request leaves, when it takes effect, and after that
but before the reply arrives. A fault may strike before and after; the effect itself is atomic.
Each crossing that took effect, or was refused, is one entry of the history.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from agnt5_sim.errors import PlatformError
from agnt5_sim.sdk.ports.attempt import Attempt, current_call
from agnt5_sim.world import current_branch

if TYPE_CHECKING:
    from agnt5_sim.faults import Injector
    from agnt5_sim.history import History
    from agnt5_sim.platform import Outcome, Platform
    from agnt5_sim.world import World

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
        self._add = history.write
        self._reach = injector.reach
        self._planned = injector.planned

    def record(
        self,
        attempt: Attempt,
        kind: str,
        name: str = "",
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Write an entry about an attempt, in the branch that is running."""
        self._add(
            self.world.now,
            kind,
            attempt.run_id,
            attempt.number,
            attempt.incarnation,
            current_branch(),
            name,
            data,
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
        world = self.world
        world.ask()
        point = self._reach(kind, name)
        try:
            reply = effect()
        except PlatformError as error:
            self._refused(attempt, kind, name, data, error)
            raise
        data["reply"] = reply if isinstance(reply, _IMMUTABLE) else str(reply)
        self._add(
            world.now,
            _ENTRY[kind],
            attempt.run_id,
            attempt.number,
            attempt.incarnation,
            current_branch(),
            name,
            data,
        )
        if self._planned:
            self.injector.leave(point)
        return reply

    def _refused(
        self,
        attempt: Attempt,
        kind: str,
        name: str,
        data: dict[str, Any],
        error: PlatformError,
    ) -> None:
        data["refused"] = f"{type(error).__name__}: {error}"
        self.record(attempt, _ENTRY[kind], name, data)

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
            self._refused(attempt, kind, name, data, error)
            raise
        data["reply"] = reply if isinstance(reply, _IMMUTABLE) else str(reply)
        self.record(attempt, _ENTRY[kind], name, data)
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
        if not _skips_turn(attempt):
            await _TURN
        return reply

    async def together(self, crossings: list[Crossing]) -> None:
        """Cross several at once: one request, one point, one reply; an entry each."""
        self.world.ask()
        point = self.injector.reach(
            crossings[0][1], "+".join(crossing[2] for crossing in crossings)
        )
        for crossing in crossings:
            self._take_effect(*crossing)
        if self._planned:
            self.injector.leave(point)
        if not _skips_turn(crossings[0][0]):
            await _TURN


def _skips_turn(attempt: Attempt) -> bool:
    """Tell whether a reply need not be awaited: nobody else would run, and no body counts it."""
    call = current_call.get()
    return (call is None or not call.in_body) and attempt.process.skip_turn()


class _Turn:
    """Gives up one turn of the loop, as `asyncio.sleep(0)` does, without a coroutine of its own."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, None]:
        yield


class _EntryKinds(dict[str, str]):
    """The kind of the entry of each kind of crossing."""

    def __missing__(self, kind: str) -> str:
        self[kind] = entry = f"platform.{kind}"
        return entry


_TURN = _Turn()
_ENTRY = _EntryKinds()
Crossing = tuple[Attempt, str, str, Callable[[], Any], dict[str, Any]]
_IMMUTABLE = (int, str, bytes, type(None), tuple)
