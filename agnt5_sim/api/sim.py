"""The `sim` fixture: a platform and its workers around an asynchronous test.

The test runs on the virtual loop itself, so that its own timers and the workers' are of one
time. Under a sweep the same test is lived again and again; each life begins with the stubs and
effects that were declared before the test began.
"""

from __future__ import annotations

import asyncio
import datetime
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Unpack

import attrs

from agnt5_sim.api.run import SimRun
from agnt5_sim.arguments.durations import seconds_of
from agnt5_sim.errors import RunStuck
from agnt5_sim.judging import judge
from agnt5_sim.judging.verdicts import accepted_split
from agnt5_sim.life.life import Life
from agnt5_sim.sdk.ports.effects import declared, watchable
from agnt5_sim.sdk.ports.stubs import Stub
from agnt5_sim.sdk.workflows import workflow_handlers
from agnt5_sim.world.remembering.locks import locks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agnt5_sim.history import History
    from agnt5_sim.judging.violation import Violation
    from agnt5_sim.life.settings import Settings
    from agnt5_sim.platform.identity import Ids
    from agnt5_sim.world import World


class Clock:
    """The clock of a simulation."""

    def __init__(self, sim: Sim) -> None:
        self._sim = sim

    def now(self) -> datetime.datetime:
        """Return the wall-clock time, in UTC."""
        ns = self._sim.life.world.wall_ns()
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        return epoch + datetime.timedelta(microseconds=ns // 1000)

    def elapsed(self) -> float:
        """Return the virtual seconds since the life began."""
        return self._sim.life.world.now


class Sim:
    """A simulation, as a test sees it.

    Args:
        settings: what its lives are lived under.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._life: Life | None = None
        self._stubs: list[tuple[Any, Stub]] = []
        self._effects: list[Callable[..., Any]] = []
        self._externals: list[Any] = []
        self._declarations = ExitStack()
        self._waiters: list[tuple[SimRun, Callable[[], bool], asyncio.Future[None]]] = []
        self._runs: list[SimRun] = []
        self.clock = Clock(self)

    # -- declaring ---------------------------------------------------------------------

    def stub(self, target: Any, **how: Any) -> None:
        """Let something else stand in for a step's body, from now on.

        Args:
            target: a @function, a plain function handed to `ctx.step`, or a name.
            how: one of `returns=`, `raises=`, `side_effect=`, `sequence=`; see `Stub`.

        Raises:
            BadStub: none of these, or several.
        """
        stub = Stub(**how)
        if self._life is None:
            self._stubs.append((target, stub))
        else:
            self._life.stubs.declare(target, stub)

    def effect(self, function: Callable[..., Any]) -> None:
        """Declare a function of the outside world whose every call matters: once a run.

        Args:
            function: a function or method, plain or async; it is watched whatever it is called by.

        Raises:
            ValueError: it is neither.
        """
        watchable(function)
        if self._life is None:
            self._effects.append(function)
        else:
            self._watch(function)

    def external(self, thing: Any) -> None:
        """Declare that an object of a workflow's module belongs to the outside world.

        A killed worker's memory is gone; what it wrote to the outside is not. A list in which
        a test keeps what a fake payment service was asked for is such a thing.

        Args:
            thing: the object.
        """
        if self._life is None:
            self._externals.append(thing)
        else:
            self._life.workers.external(thing)

    def _watch(self, function: Callable[..., Any]) -> None:
        self._declarations.enter_context(declared([function]))

    # -- running -----------------------------------------------------------------------

    async def run(self, workflow: Any, input: Any = None, **ids: Unpack[Ids]) -> Any:
        """Run a workflow to its end and return its output.

        Args:
            workflow: a decorated workflow or function of agnt5, or the name of one.
            input: its input.
            ids: whose it is; see `submit`.

        Raises:
            RunFailed: it failed.
            RunStuck: it cannot go on.
            ValueError: an argument cannot be used; see `submit`.
        """
        __tracebackhide__ = True
        return await (await self.submit(workflow, input, **ids)).result()

    async def submit(self, workflow: Any, input: Any = None, **ids: Unpack[Ids]) -> SimRun:
        """Submit a run of a workflow, and return a handle to it.

        Args:
            workflow: a decorated workflow or function of agnt5, or the name of one.
            input: its input.
            ids: whose it is, as of `simulate`: `run_id`, `session_id`, `user_id`, `tenant`,
                `streaming`.

        Raises:
            NotAWorkflow: there is no such workflow.
            BadInput: the input does not fit its parameters.
            NotJson: the input cannot be JSON.
            ValueError: an id cannot be used; the message names it and what is allowed.
            TypeError: a keyword is no id; the message lists those there are.
        """
        self._check_loop()
        run = SimRun(self.life, self.life.submit(workflow, input, **ids), self.until)
        self._runs.append(run)
        return run

    async def advance(self, span: str | float | datetime.timedelta) -> None:
        """Let virtual time pass.

        Args:
            span: seconds, a timedelta, or text such as "2h".
        """
        self._check_loop()
        await asyncio.sleep(seconds_of(span))

    def kill(self, run: SimRun | None = None) -> None:
        """Kill the worker process, and with it every run it is at.

        Args:
            run: the run whose worker it is to be; None for the worker that takes runs.
        """
        self.life.workers.kill_worker_of(None if run is None else run.id, "by the test")

    # -- reading -----------------------------------------------------------------------

    @property
    def life(self) -> Life:
        """The life that is being lived."""
        if self._life is None:
            msg = "the simulation has not begun: use `sim` inside an async test"
            raise RuntimeError(msg)
        return self._life

    @property
    def is_living(self) -> bool:
        """Whether a life is being lived just now."""
        return self._life is not None

    @property
    def history(self) -> History:
        """Everything that happened so far."""
        return self.life.history

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The guarantees that were broken so far, known defects of the SDK among them."""
        return accepted_split(judge(self.life.history))[0]

    @property
    def accepted(self) -> tuple[Violation, ...]:
        """What harmless defects of the SDK broke so far: what only observers read."""
        return accepted_split(judge(self.life.history))[1]

    # -- one life ----------------------------------------------------------------------

    @contextmanager
    def living(self, settings: Settings, world: World | None = None) -> Iterator[Life]:
        """Live one life; for the plugin.

        Args:
            settings: what it is lived under.
            world: where to live; None for a world of its own.
        """
        locks.include(workflow_handlers())
        life = Life(attrs.evolve(settings, stubs={**settings.stubs, **dict(self._stubs)}), world)
        for thing in self._externals:
            life.workers.external(thing)
        with life.lived():
            self._life = life
            self._runs.clear()
            life.on_change.append(self._changed)
            life.world.on_stuck = self._stuck
            for function in (*settings.effects, *self._effects):
                self._watch(function)
            try:
                yield life
            finally:
                self._declarations.close()
                self._waiters.clear()
                self._life = None

    @property
    def settings(self) -> Settings:
        """What its lives are lived under, faults apart."""
        return self._settings

    async def until(self, run: SimRun, reached: Callable[[], bool]) -> None:
        """Wait until something holds of a run.

        Raises:
            RunStuck: nothing can happen any more, and it does not hold.
        """
        __tracebackhide__ = True
        self._check_loop()
        while not reached():
            future = asyncio.get_running_loop().create_future()
            self._waiters.append((run, reached, future))
            await future

    def _check_loop(self) -> None:
        """Refuse to be used on a loop whose time is not the world's: it would wait for ever.

        Raises:
            RuntimeError: this is such a loop.
        """
        loop = asyncio.get_running_loop()
        if getattr(loop, "world", None) is not self.life.world:
            msg = (
                f"`sim` is used on {loop!r}, which is not its own: let the test itself, or a"
                " fixture it names, ask for `sim` as an argument"
            )
            raise RuntimeError(msg)

    def _changed(self, run_id: str) -> None:
        for waiter in tuple(self._waiters):
            run, reached, future = waiter
            if run.id == run_id and reached():
                self._waiters.remove(waiter)
                if not future.done():
                    future.set_result(None)

    def _stuck(self, waits: str) -> bool:
        waiters, self._waiters = self._waiters, []
        for run, _, future in waiters:
            if not future.done():
                what = self.life.platform.waiting_on(run.id)
                future.set_exception(RunStuck(f"{run.id} cannot go on: {what}\n{waits}"))
        return bool(waiters)
