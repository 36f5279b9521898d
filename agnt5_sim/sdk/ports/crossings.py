"""The platform port: what passes between an attempt and the platform, and every point there.

A crossing has three moments: before the request leaves, when it takes effect, and after that
but before the reply arrives. A fault may strike before and after; the effect itself is atomic.
Each crossing that took effect, or was refused, is one entry of the history.
"""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from agnt5_sim.errors import PlatformError
from agnt5_sim.sdk.ports.attempt import Attempt, current_call
from agnt5_sim.sdk.ports.patience import Patience, Wait, given_up, late, refused
from agnt5_sim.world import current_branch

if TYPE_CHECKING:
    from asyncio import Future

    from agnt5_sim.faults import Injector, Point
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
        patience: Patience | None = None,
    ) -> T:
        """Cross synchronously: a reply that takes its time holds up all the worker does.

        Args:
            attempt: who crosses.
            kind: of crossing, as fault points name it.
            name: of what crosses.
            effect: does it to the platform, and returns the reply.
            data: for the entry; the reply is added under "reply".
            patience: how the reply is waited for; None where nobody waits for one.

        Returns:
            The reply.

        Raises:
            PlatformError: the platform refused; that is recorded too.
        """
        world = self.world
        world.ask()
        if self._planned:
            take_effect = partial(self._take_effect, attempt, kind, name, effect, data)
            return self._blocked(self._course(attempt, kind, name, take_effect, patience))
        self._reach(kind, name)
        # As `_take_effect`, without its calls: nearly every crossing of a life goes this way.
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
        return reply

    async def across(
        self,
        attempt: Attempt,
        kind: str,
        name: str,
        effect: Callable[[], T],
        data: dict[str, Any],
        patience: Patience | None = None,
    ) -> T:
        """Cross asynchronously: as `now`, and the reply takes a turn of the loop to arrive."""
        if not self._planned:
            reply = self.now(attempt, kind, name, effect, data)
        else:
            self.world.ask()
            take_effect = partial(self._take_effect, attempt, kind, name, effect, data)
            course = self._course(attempt, kind, name, take_effect, patience)
            reply = await self._awaited(course, f"{kind}:{name} of {attempt.run_id}")
        if not _skips_turn(attempt):
            await _TURN
        return reply

    async def together(self, crossings: list[Crossing], patience: Patience | None = None) -> None:
        """Cross several at once: one request, one point, one reply; an entry each."""
        self.world.ask()
        attempt, kind = crossings[0][:2]
        name = "+".join(crossing[2] for crossing in crossings)

        def effect() -> None:
            for crossing in crossings:
                self._take_effect(*crossing)

        if self._planned:
            course = self._course(attempt, kind, name, effect, patience)
            await self._awaited(course, f"{kind}:{name} of {attempt.run_id}")
        else:
            self._reach(kind, name)
            effect()
        if not _skips_turn(attempt):
            await _TURN

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

    # -- what a plan decides -------------------------------------------------------------

    def _course(
        self,
        attempt: Attempt,
        kind: str,
        name: str,
        effect: Callable[[], T],
        patience: Patience | None,
    ) -> Generator[float, None, T]:
        """Cross under a plan, and carry out what it decides about the request and its reply.

        Args:
            attempt: who crosses.
            kind: of crossing; see `now`.
            name: of what crosses.
            effect: lets the request take effect, and returns the reply.
            patience: how the reply is waited for; None where nobody waits for one.

        Yields:
            virtual seconds that pass before it goes on.
        """
        point = self._reach(kind, name)
        request = self.injector.request
        if request.what == "delay":
            yield request.seconds
        elif patience is not None and request.what in {"drop", "error"}:
            given = given_up if request.what == "drop" else refused
            yield from self._waited(attempt, given(patience), patience, point)
        reply = effect()
        if request.what == "double":
            with suppress(PlatformError):  # what comes second is refused; that is recorded
                effect()
        decision = self.injector.leave(point)
        if decision.what == "corrupt":
            return corrupted(reply)
        if patience is not None and decision.what in {"delay", "drop"}:
            slow = decision.what == "delay"
            wait = late(decision.seconds, patience) if slow else given_up(patience)
            yield from self._waited(attempt, wait, patience, point)
        return reply

    def _waited(
        self, attempt: Attempt, wait: Wait, patience: Patience, point: Point
    ) -> Generator[float, None, None]:
        """Let the time pass in which a reply is waited for, and say so if that is given up."""
        yield wait.seconds
        if not wait.answered:
            error = patience.error(str(point))
            self.record(attempt, "request.unanswered", str(point), {"error": str(error)})
            raise error

    def _blocked(self, course: Generator[float, None, T]) -> T:
        """Go through a course with everything of the worker standing still."""
        while True:
            try:
                seconds = next(course)
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]
            self.world.sleep_blocking(seconds)

    async def _awaited(self, course: Generator[float, None, T], label: str) -> T:
        """Go through a course while others of the worker go on.

        Args:
            course: which; see `_course`.
            label: what a schedule knows its reply by.
        """
        while True:
            try:
                seconds = next(course)
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]
            loop: Any = get_running_loop()
            arrives = loop.create_future()
            world = self.world
            world.reply_at(world.now + seconds, partial(_arrive, arrives), label, loop)
            await arrives


def _arrive(reply: Future[None]) -> None:
    if not reply.done():
        reply.set_result(None)


def corrupted(reply: T) -> T:
    """Return a reply of which only the first half of its bytes has arrived."""
    if isinstance(reply, bytes):
        half: Any = reply[: len(reply) // 2]
        return half  # type: ignore[no-any-return]
    if isinstance(reply, tuple):
        kind: Any = type(reply)
        parts = [corrupted(part) for part in reply]
        return kind(*parts) if hasattr(reply, "_fields") else kind(parts)  # type: ignore[no-any-return]
    return reply


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
_ENTRY = _EntryKinds(queue="platform.emit")
Crossing = tuple[Attempt, str, str, Callable[[], Any], dict[str, Any]]
_IMMUTABLE = (int, str, bytes, type(None), tuple)
