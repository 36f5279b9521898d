"""What a loop, a process and a blocking call ask of the world they are in.

They are made by the world, and know no more of it than this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from greenlet import greenlet

    from agnt5_sim.world.waiting import Cancels


class Stacks(Protocol):
    """A process, as who blocks in it sees it."""

    blocked: bool

    def stack(self) -> greenlet:
        """Return the greenlet its turns run on."""

    def root(self, stack: greenlet | None) -> greenlet | None:
        """Return which of its greenlets `stack` runs on, or None."""

    def resumed(self) -> None:
        """Forget the blocking functions that came to their end after a sleep."""


class BlockingCalls(Protocol):
    """The blocking calls of a world, as a loop sees them."""

    def start_job(
        self, loop: Any, func: Callable[..., Any], args: tuple[Any, ...]
    ) -> asyncio.Future[Any]:
        """Run a blocking function of `loop` on a stack of its own."""

    def in_thread(self, loop: Any, func: Callable[..., Any], *args: Any) -> Any:
        """Call `func` for `loop` in a real thread."""

    def thread_of(self) -> Any:
        """Return the loop the calling thread works for, or None if it is no such thread."""

    def manages(self, executor: Any) -> bool:
        """Tell whether all threads of an executor are a program's."""

    def check_in(self) -> None:
        """Let a thread that went adrift wait for its turn."""

    def wake(self) -> None:
        """Tell a world that waits for a real thread to look again."""


class Hub(Protocol):
    """Whoever lets processes run, as who blocks in one sees it.

    Attributes:
        hub: the greenlet that drives the world.
        hub_thread: the thread it is driven in.
    """

    hub: Any
    hub_thread: int

    @property
    def now(self) -> float:
        """Virtual seconds since the world began."""

    @property
    def current(self) -> Stacks | None:
        """The process that is running, if one is."""

    def set_time(self, now: float) -> None:
        """Let it be so many virtual seconds since the world began."""

    def at(self, when: float, action: Callable[[], None]) -> Cancels:
        """Let the world itself do `action` at virtual time `when`."""

    def is_failing(self) -> bool:
        """Tell whether the life is to end."""

    def enter(self, process: Any, stack: Any, *, on_loop: bool = True) -> None:
        """Let a stack of a process run until it comes back to the hub."""


class Host(Hub, Protocol):
    """A world, as what lives in it sees it.

    Attributes:
        turns: how many callbacks have run.
        epoch_ns: the wall-clock instant at which it begins, in nanoseconds since 1970.
    """

    turns: int
    epoch_ns: int

    def wall_ns(self) -> int:
        """Return the wall clock in nanoseconds since 1970."""

    def since_start_ns(self) -> int:
        """Return virtual time in nanoseconds since the world began."""

    def sleep_blocking(self, seconds: float) -> None:
        """Block the calling program for virtual seconds."""

    def in_program(self) -> bool:
        """Tell whether the caller is a process, or a thread that works for one."""

    @property
    def alone(self) -> bool:
        """Whether a process may take turn after turn, as nobody else is there to have one."""

    @property
    def blocking(self) -> BlockingCalls:
        """The blocking calls of its programs."""

    def add_timer(self, when: float, handle: Any, loop: Any) -> None:
        """Set a timer of a loop."""

    def timers_of(self, loop: Any) -> Sequence[Any]:
        """Return what is still to run on a loop at some instant."""

    def forget(self, loop: Any) -> None:
        """Drop the timers of a loop that was closed."""

    def drive(self, home: Any, done: Callable[[], bool]) -> None:
        """Run until `done()`, with `home` on the caller's own stack."""

    def run_job(self, process: Any, job: Callable[[], None]) -> None:
        """Let a process run a blocking function until it is done or sleeps."""

    def unhandled(self, loop: Any, context: dict[str, Any]) -> None:
        """Keep an error nobody awaited."""

    def touched(self, call: str) -> NoReturn:
        """End the life: a program reached for the outside world."""
