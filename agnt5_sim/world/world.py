"""The world: one virtual time, the processes that live in it, and what ends a life."""

from __future__ import annotations

import itertools
import sys
import threading
from typing import TYPE_CHECKING, Any, NoReturn

import greenlet

from agnt5_sim.errors import OutsideTouched, Spinning
from agnt5_sim.world.belonging import works_for_program
from agnt5_sim.world.driving import Driving
from agnt5_sim.world.instants import DEFAULT_EPOCH_NS
from agnt5_sim.world.loop import VirtualLoop
from agnt5_sim.world.process import Process
from agnt5_sim.world.schedule import FirstInFirstOut
from agnt5_sim.world.stacks import describe_stack, describe_tasks
from agnt5_sim.world.strands import strand_of

if TYPE_CHECKING:
    from agnt5_sim.world.schedule import Schedule

DEFAULT_TURNS = 100_000


class World(Driving):
    """Virtual time and everything that lives in it.

    Args:
        epoch_ns: the wall-clock instant at which it begins, in nanoseconds since 1970.
        turn_limit: how many callbacks may run with neither time moving nor anything being
            asked of the platform, before the program counts as spinning.
        schedule: is asked who comes next; None for first in, first out.
    """

    def __init__(
        self,
        *,
        epoch_ns: int = DEFAULT_EPOCH_NS,
        turn_limit: int = DEFAULT_TURNS,
        schedule: Schedule | None = None,
    ) -> None:
        super().__init__(epoch_ns, turn_limit, FirstInFirstOut() if schedule is None else schedule)
        self.unhandled_errors: list[tuple[VirtualLoop, dict[str, Any]]] = []
        self._incarnations = itertools.count(1)

    # -- processes ---------------------------------------------------------------------

    def spawn(self) -> Process:
        """Start a worker process."""
        process = Process(self, next(self._incarnations), self.schedule)
        self._processes.append(process)
        return process

    def leave(self, process: Process) -> list[str]:
        """Let go of a process at the end of a life; return what it had left to do."""
        left = describe_tasks(process.loop, f"worker {process.incarnation}")
        if left:
            self.kill(process)
        else:
            self._processes.remove(process)
            self.abandon(process)
            process.end()
        return left

    def busy(self) -> bool:
        """Tell whether a process has something to run now."""
        return any(process.loop.ready or process.loop.jobs for process in self._processes)

    # -- what a program does to it -----------------------------------------------------

    def ask(self) -> None:
        """Count a request of the platform: a program that makes one does not count as spinning."""
        self.asked += 1
        if self.pace:
            self.set_time(self.now + self.pace)
        if self.asked > self.turn_limit:
            self.asked = 0
            self.fail(
                Spinning(
                    f"{self.turn_limit} requests reached the platform in one life, which has got to"
                    f" virtual time {self.now:g} s and does not end: something repeats what never"
                    f" comes to anything. Give the loop an end.\n{self.describe_waits()}"
                )
            )

    def fail(self, error: BaseException) -> None:
        """End the life with `error`; called from within a process, this never returns."""
        self._failure = self._failure or error
        for process in tuple(self._processes):
            strand = strand_of()
            mine = strand is not None and strand.process is process
            if mine or process.owns(greenlet.getcurrent()):
                self.kill(process)

    def touched(self, call: str) -> NoReturn:
        """End the life: a program reached for the outside world."""
        error = OutsideTouched(
            f"{call} was called inside a simulation, which has no network and starts no process."
            " Let a step make the call, and stub the step: sim.stub(the_step, returns=...)."
            f" It was made here:\n{describe_stack(sys._getframe(1))}"
        )
        self.fail(error)
        raise error

    def took(self, event: str, args: tuple[Any, ...]) -> None:
        """Note what the program that is running has taken of the system."""
        strand = strand_of()
        process = self.current if strand is None else strand.process
        if process is not None:
            process.holdings.took(event, args)

    def unhandled(self, loop: VirtualLoop, context: dict[str, Any]) -> None:
        """Keep an error nobody awaited."""
        self.unhandled_errors.append((loop, context))

    def sleep_blocking(self, seconds: float) -> None:
        """Block the calling program for virtual seconds (what `time.sleep` becomes)."""
        self.blocking.sleep(seconds)

    def in_program(self) -> bool:
        """Tell whether the caller is a process, or a thread that works for one."""
        if threading.get_ident() == self.hub_thread:
            return self.current is not None
        loop = self.blocking.thread_of()
        return works_for_program(self) if loop is None else bool(loop.incarnation)


VirtualLoop.own_world = World

__all__ = ["DEFAULT_EPOCH_NS", "DEFAULT_TURNS", "World"]
