"""The wall clock: what every reading says in a life, and outside of one."""

# ruff: noqa: ASYNC251, PLW0108 - blocking sleeps and late look-ups are what is tested

from __future__ import annotations

import asyncio
import copy
import dataclasses
import datetime
import os
import pickle
import sys
import threading
import time
import types
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime as captured_datetime
from time import ctime as captured_ctime
from time import monotonic as captured_monotonic
from time import sleep as captured_sleep
from time import time as captured_time
from time import time_ns as captured_time_ns
from typing import Any

import orjson
import pytest
import time_machine
from _pytest import timing as pytest_timing

from agnt5_sim.world import World, clock, isolated
from agnt5_sim.world.clock import NS

EPOCH_NS = 1_767_225_600 * NS
EPOCH = 1_767_225_600.0
MIDNIGHT = datetime.datetime(2026, 1, 1)
ODD_NS = 1_767_225_600_123_456_789
UTC = datetime.UTC
GENUINE = {
    (owner, name): getattr(owner, name)
    for owner, names in (
        (datetime, ("date", "datetime")),
        (time, [name for name in dir(time) if callable(getattr(time, name))]),
    )
    for name in names
}

Live = Callable[..., Any]
bound_now = datetime.datetime.now


def real_time() -> float:
    """Read the system's clock, whatever anybody else is told."""
    return float(clock._real["clock_gettime"](time.CLOCK_REALTIME))


def really_now() -> bool:
    """Tell whether every clock reads real time (read twice, within a minute)."""
    pairs = [
        (time.time(), real_time()),
        (time.time_ns() / NS, real_time()),
        (time.monotonic(), clock._real["monotonic"]()),
        (time.perf_counter(), clock._real["perf_counter"]()),
        (time.clock_gettime(time.CLOCK_MONOTONIC), clock._real["monotonic"]()),
        (captured_time(), real_time()),
        (datetime.datetime.now(UTC).timestamp(), real_time()),
        (datetime.datetime.now().timestamp(), real_time()),
        (captured_datetime.now().timestamp(), real_time()),
        (time.mktime(time.localtime()), real_time()),
        (time.mktime(time.strptime(time.ctime())), real_time()),
        (time.mktime(time.strptime(time.asctime())), real_time()),
    ]
    return all(abs(seen - real) < 60 for seen, real in pairs)


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose local time is not UTC: summer time all year, or another day than UTC's."""
    if not hasattr(time, "tzset"):
        pytest.skip("local time cannot be changed here")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


# -- every reading ---------------------------------------------------------------------------

READINGS: dict[str, tuple[Callable[[], Any], Any]] = {
    "time.time": (lambda: time.time(), EPOCH + 90),
    "time.time_ns": (lambda: time.time_ns(), EPOCH_NS + 90 * NS),
    "time.monotonic": (lambda: time.monotonic(), 90.0),
    "time.monotonic_ns": (lambda: time.monotonic_ns(), 90 * NS),
    "time.perf_counter": (lambda: time.perf_counter(), 90.0),
    "time.perf_counter_ns": (lambda: time.perf_counter_ns(), 90 * NS),
    "time.gmtime": (lambda: time.gmtime()[:6], (2026, 1, 1, 0, 1, 30)),
    "time.localtime": (lambda: time.localtime()[:6], (2026, 1, 1, 0, 1, 30)),
    "time.localtime(time)": (lambda: time.localtime(time.time())[:6], (2026, 1, 1, 0, 1, 30)),
    "time.ctime": (lambda: time.ctime(), "Thu Jan  1 00:01:30 2026"),
    "time.ctime(None)": (lambda: time.ctime(None), "Thu Jan  1 00:01:30 2026"),
    "time.ctime(0)": (lambda: time.ctime(0), "Thu Jan  1 00:00:00 1970"),
    "time.asctime": (lambda: time.asctime(), "Thu Jan  1 00:01:30 2026"),
    "time.asctime(0)": (lambda: time.asctime(time.gmtime(0)), "Thu Jan  1 00:00:00 1970"),
    "time.process_time": (lambda: time.process_time(), 0.0),
    "time.process_time_ns": (lambda: time.process_time_ns(), 0),
    "time.thread_time": (lambda: time.thread_time(), 0.0),
    "time.thread_time_ns": (lambda: time.thread_time_ns(), 0),
    "CLOCK_REALTIME": (lambda: time.clock_gettime(time.CLOCK_REALTIME), EPOCH + 90),
    "CLOCK_REALTIME in ns": (
        lambda: time.clock_gettime_ns(time.CLOCK_REALTIME),
        EPOCH_NS + 90 * NS,
    ),
    "CLOCK_MONOTONIC": (lambda: time.clock_gettime(time.CLOCK_MONOTONIC), 90.0),
    "CLOCK_MONOTONIC in ns": (lambda: time.clock_gettime_ns(time.CLOCK_MONOTONIC), 90 * NS),
    "CLOCK_PROCESS_CPUTIME_ID": (lambda: time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID), 0.0),
    "time.strftime": (lambda: time.strftime("%F %T"), "2026-01-01 00:01:30"),
    "datetime.now": (lambda: datetime.datetime.now(), MIDNIGHT.replace(minute=1, second=30)),
    "datetime.now(UTC)": (
        lambda: datetime.datetime.now(UTC),
        MIDNIGHT.replace(minute=1, second=30, tzinfo=UTC),
    ),
    "datetime.now(+2)": (
        lambda: datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=2))).isoformat(),
        "2026-01-01T02:01:30+02:00",
    ),
    "datetime.today": (lambda: datetime.datetime.today(), MIDNIGHT.replace(minute=1, second=30)),
    "date.today": (lambda: datetime.date.today(), datetime.date(2026, 1, 1)),
    "now().timestamp": (lambda: datetime.datetime.now().timestamp(), EPOCH + 90),
    "now().astimezone": (lambda: datetime.datetime.now().astimezone().timestamp(), EPOCH + 90),
    "fromtimestamp": (
        lambda: datetime.datetime.fromtimestamp(time.time()),
        MIDNIGHT.replace(minute=1, second=30),
    ),
    "captured time": (lambda: captured_time(), EPOCH + 90),
    "captured time_ns": (lambda: captured_time_ns(), EPOCH_NS + 90 * NS),
    "captured monotonic": (lambda: captured_monotonic(), 90.0),
    "captured ctime": (lambda: captured_ctime(), "Thu Jan  1 00:01:30 2026"),
    "bound now": (lambda: bound_now(UTC), MIDNIGHT.replace(minute=1, second=30, tzinfo=UTC)),
    "captured datetime": (lambda: captured_datetime.now(), MIDNIGHT.replace(minute=1, second=30)),
}


@pytest.mark.parametrize("elsewhere", ["EST5EDT,0/0,J365/25"], indirect=True)
@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.usefixtures("elsewhere")
def test_every_clock_reads_virtual_time_in_utc(reading: str, live: Live) -> None:
    """Ninety virtual seconds in, each reading says so, of the very type the real one has.

    References taken when this module was imported are among them (the first leak), and the
    machine's own time zone does not show.
    """
    read, expected = READINGS[reading]

    async def program(world: World) -> Any:
        await asyncio.sleep(90)
        return read()

    seen = live(program)
    assert expected == seen
    assert type(expected) is type(seen)


# -- genuine objects ---------------------------------------------------------------------------


def test_everything_is_the_genuine_object_throughout_a_life(live: Live) -> None:
    """No class of `datetime` and no function of `time` is swapped: before, in, and after a life."""

    def swapped() -> list[str]:
        return [name for (owner, name), it in GENUINE.items() if getattr(owner, name) is not it]

    async def program(world: World) -> list[list[str]]:
        seen = [swapped()]
        await asyncio.sleep(1)
        return [*seen, swapped(), await asyncio.to_thread(swapped)]

    assert [[], [], []] == live(program)
    with clock.held():
        assert [] == swapped()
    assert [] == swapped()


def test_a_function_shows_as_what_it_is(live: Live) -> None:
    """`repr`, names and pickling of a clock that we answer for are those of the real one."""

    def shown() -> list[Any]:
        function = time.monotonic
        pickled = pickle.loads(pickle.dumps(function))  # noqa: S301 - written here
        return [repr(function), function.__name__, function.__qualname__, pickled is function]

    async def program(world: World) -> list[Any]:
        return shown()

    assert shown() == live(program)


def test_an_error_passes_through_a_clock(live: Live) -> None:
    """Wrong arguments are refused as the real function refuses them."""

    def refused() -> list[str]:
        wrong: list[Callable[[], Any]] = [
            lambda: time.ctime("soon"),  # type: ignore[arg-type]
            lambda: time.asctime("soon"),  # type: ignore[arg-type]
            lambda: time.clock_gettime("soon"),  # type: ignore[arg-type]
            lambda: time.clock_gettime(-99),
        ]
        seen = []
        for call in wrong:
            with pytest.raises((TypeError, OSError)) as error:
                call()
            seen.append(f"{error.type.__name__}: {error.value}")
        return seen

    async def program(world: World) -> list[str]:
        return refused()

    assert refused() == live(program)


# -- captured references ---------------------------------------------------------------------


def test_a_default_factory_follows_life_and_reality(live: Live) -> None:
    """`default_factory=time.time_ns`, as in the SDK, keeps the function where nobody sees it."""

    @dataclasses.dataclass
    class Event:
        at_ns: int = dataclasses.field(default_factory=time.time_ns)

    async def program(world: World) -> int:
        await asyncio.sleep(5)
        return Event().at_ns

    assert EPOCH_NS + 5 * NS == live(program)
    assert abs(Event().at_ns - real_time() * NS) < 60 * NS


def test_a_captured_sleep_sleeps_in_virtual_time(live: Live) -> None:
    """`from time import sleep` does not keep a life waiting."""

    async def program(world: World) -> float:
        captured_sleep(5)
        return world.now

    assert 5.0 == live(program)


def test_what_a_module_imported_in_a_life_captures_serves_the_next_one(live: Live) -> None:
    """A lazy import keeps no clock of the life it happened in."""
    name = "imported_in_a_life"

    async def imports(world: World) -> None:
        module = types.ModuleType(name)
        exec("from time import sleep, time\nfrom datetime import datetime", vars(module))  # noqa: S102
        sys.modules[name] = module

    async def uses(world: World) -> Any:
        module: Any = sys.modules[name]
        module.sleep(3)
        return module.time(), module.datetime.now()

    try:
        live(imports)
        module: Any = sys.modules[name]
        began = time.monotonic()
        module.sleep(0.02)
        assert 0.02 <= time.monotonic() - began
        assert abs(module.time() - real_time()) < 60
        assert module.datetime is GENUINE[datetime, "datetime"]
        assert (EPOCH + 3, MIDNIGHT.replace(second=3)) == live(uses)
    finally:
        del sys.modules[name]


# -- threads ----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["to_thread", "run_in_executor", "executor of its own"])
def test_a_thread_of_a_program_reads_virtual_time(kind: str, live: Live) -> None:
    """Real threads too, from however deep a stack, and time stands still while they work."""

    def read(depth: int) -> tuple[float, int, Any]:
        if depth:
            return read(depth - 1)
        return time.time(), time.time_ns(), datetime.datetime.now()

    async def program(world: World) -> Any:
        await asyncio.sleep(5)
        loop = asyncio.get_running_loop()
        if kind == "to_thread":
            return await asyncio.to_thread(read, 20)
        if kind == "run_in_executor":
            return await loop.run_in_executor(None, read, 20)
        with ThreadPoolExecutor(1) as executor:
            return await loop.run_in_executor(executor, read, 20)

    assert (EPOCH + 5, EPOCH_NS + 5 * NS, MIDNIGHT.replace(second=5)) == live(program)


def test_a_thread_that_belongs_to_no_program_really_sleeps() -> None:
    """What runs beside the tests neither spins nor pushes virtual time on."""
    world = World()
    slept: list[float] = []

    def beside() -> None:
        began = clock.real_monotonic()
        time.sleep(0.05)
        slept.append(clock.real_monotonic() - began)

    with isolated(world, "seed"):
        thread = threading.Thread(target=beside)
        thread.start()
        thread.join()
    assert 0.0 == world.now
    assert 0.05 <= slept[0]


# -- datetime ------------------------------------------------------------

MADE: dict[str, Callable[[], Any]] = {
    "now": lambda: datetime.datetime.now(),
    "now(UTC)": lambda: datetime.datetime.now(UTC),
    "captured now": lambda: captured_datetime.now(UTC),
    "constructed": lambda: datetime.datetime(2020, 1, 2, 3, 4, 5),
    "added": lambda: datetime.datetime.now() + datetime.timedelta(days=1),
    "replaced": lambda: datetime.datetime.now().replace(year=2000),
    "parsed": lambda: datetime.datetime.fromisoformat("2020-01-02T03:04:05"),
    "strptime": lambda: datetime.datetime.strptime("2020", "%Y"),
    "combined": lambda: datetime.datetime.combine(datetime.date(2020, 1, 2), datetime.time()),
    "fromtimestamp": lambda: datetime.datetime.fromtimestamp(0),
    "astimezone": lambda: datetime.datetime.now().astimezone(UTC),
    "min": lambda: datetime.datetime.min,
    "max": lambda: datetime.datetime.max,
    "copied": lambda: copy.deepcopy(datetime.datetime.now()),
    "today": lambda: datetime.date.today(),
    "date of now": lambda: datetime.datetime.now().date(),
    "date": lambda: datetime.date(2020, 1, 2),
    "date added": lambda: datetime.date.today() + datetime.timedelta(days=1),
    "date min": lambda: datetime.date.min,
}


@pytest.mark.parametrize("made", MADE)
def test_dates_are_genuine(made: str, live: Live) -> None:
    """Whatever a program makes is a plain `datetime` or `date`, to orjson and to `isinstance`."""

    async def program(world: World) -> Any:
        value = MADE[made]()
        kind = datetime.datetime if isinstance(value, datetime.datetime) else datetime.date
        return type(value), isinstance(value, kind), orjson.loads(orjson.dumps([value])), value

    is_date = made.startswith("date") or made == "today"
    kind, instance, through_orjson, value = live(program)
    assert GENUINE[datetime, "date" if is_date else "datetime"] is kind
    assert instance
    assert [value.isoformat()] == [text.replace("Z", "+00:00") for text in through_orjson]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_dates_survive_pickling(protocol: int, live: Live) -> None:
    """Into a life, within it and out of it, with their time zone, and they stay genuine.

    The fold is kept where real pickling keeps it: from protocol 4 on.
    """
    before = datetime.datetime(2020, 1, 2, 3, 4, 5, 6, UTC, fold=1)
    given = pickle.dumps([before, before.date()], protocol)

    async def program(world: World) -> Any:
        inside = pickle.loads(given)  # noqa: S301 - written above
        again = pickle.loads(pickle.dumps(inside, protocol))  # noqa: S301
        now = [datetime.datetime.now(UTC).replace(fold=1), datetime.date.today()]
        return inside, again, pickle.dumps(now, protocol)

    inside, again, taken = live(program)
    outside = pickle.loads(taken)  # noqa: S301
    assert [before, before.date()] == inside == again
    assert [MIDNIGHT.replace(tzinfo=UTC), MIDNIGHT.date()] == outside
    assert {(datetime.datetime, datetime.date)} == {
        tuple(type(value) for value in values) for values in (inside, again, outside)
    }
    if protocol >= 4:
        assert [1, 1, 1] == [value.fold for value, _ in (inside, again, outside)]


# -- rounding ---------------------------------------------------------------


def test_time_ns_is_exact(live: Live) -> None:
    """No nanosecond is lost to a float, which at this size rounds to some 200 of them."""

    async def program(world: World) -> list[int]:
        seen = [time.time_ns(), captured_time_ns()]
        await asyncio.sleep(1e-9)
        seen.append(time.time_ns())
        await asyncio.sleep(1)
        return [*seen, time.time_ns(), time.monotonic_ns(), time.perf_counter_ns()]

    assert [
        ODD_NS,
        ODD_NS,
        ODD_NS + 1,
        ODD_NS + 1 + NS,
        NS + 1,
        NS + 1,
    ] == live(program, epoch_ns=ODD_NS)


def test_datetime_has_the_microseconds_of_time_ns(live: Live) -> None:
    """`datetime.now` is the same instant, cut to the microsecond and not rounded."""

    async def program(world: World) -> Any:
        return datetime.datetime.now()

    assert MIDNIGHT.replace(microsecond=123_456) == live(program, epoch_ns=ODD_NS)


# -- outside a life --------------------------------------------------------------------------


@pytest.mark.parametrize("elsewhere", ["EST5EDT,0/0,J365/25", "WEST12", "EAST-14"], indirect=True)
@pytest.mark.usefixtures("elsewhere")
def test_real_time_outside_of_a_life(live: Live) -> None:
    """Before, after, and while the clock is held between two lives: real and local time."""

    async def program(world: World) -> bool:
        return really_now()

    assert really_now()
    with clock.held():
        assert really_now()
        assert live(program) is False
        assert really_now()
    assert really_now()


def test_everything_is_put_back() -> None:
    """After the last life the libraries, uuid, pytest's own clock and the zone are as they were."""

    def everything() -> list[Any]:
        return [
            *(vars(owner).copy() for owner in (time, datetime, uuid, pytest_timing)),
            list(time_machine.traveller_stack),
            (os.environ.get("TZ"), threading.Thread.start),
        ]

    with isolated(World(), "seed"):
        pass
    before = everything()
    with isolated(World(), "seed"):
        assert before != everything()
    assert before == everything()


def test_held_is_started_once() -> None:
    """Lives that follow one another under one `held` put the clock in place once."""
    with clock.held(), clock.held():
        (reading,) = time_machine.traveller_stack
        for _ in range(3):
            with isolated(World(), "seed"):
                assert EPOCH == time.time()
                assert [reading] == time_machine.traveller_stack
    assert [] == time_machine.traveller_stack


def test_pytest_times_in_real_time(live: Live) -> None:
    """A test that lives a year has not taken one, to pytest."""

    async def program(world: World) -> float:
        began = pytest_timing.Instant()
        await asyncio.sleep(3600)
        return float(began.elapsed().seconds)

    assert 0 <= live(program) < 60


def test_nested_lives_each_have_their_time() -> None:
    """A life within a life has its own clock, and the outer one goes on where it was."""
    outer, inner = World(), World(epoch_ns=EPOCH_NS + 1000 * NS)
    seen = []

    async def nested() -> float:
        await asyncio.sleep(7)
        return time.time()

    async def program() -> None:
        await asyncio.sleep(5)
        seen.append(time.time())
        with isolated(inner, "inner"):
            seen.append(time.time())
            task = inner.spawn().start(nested())
            inner.drive(None, task.done)
            seen.append(task.result())
        seen.append(time.time())
        await asyncio.sleep(5)
        seen.append(time.time())

    with isolated(outer, "outer"):
        task = outer.spawn().start(program())
        outer.drive(None, task.done)
    task.result()
    assert [5, 1000, 1007, 5, 10] == [at - EPOCH for at in seen]
    assert really_now()


# -- blocking sleep --------------------------------------------------------------------------


def test_a_blocking_sleep_takes_virtual_time_from_its_own_process_only() -> None:
    """The process that blocks stands still; another one's timers ring when they are due."""
    world = World()
    log: list[tuple[str, float]] = []

    async def blocks() -> None:
        time.sleep(5)
        log.append(("blocked", world.now))

    async def goes_on() -> None:
        await asyncio.sleep(3)
        log.append(("went on", world.now))

    async def beside() -> None:
        await asyncio.sleep(1)
        log.append(("beside", world.now))

    with isolated(world, "seed"):
        first, second = world.spawn(), world.spawn()
        tasks = [first.start(blocks()), first.start(beside()), second.start(goes_on())]
        world.drive(None, lambda: all(task.done() for task in tasks))
    # `beside` began only once its loop was free again.
    assert [("went on", 3.0), ("blocked", 5.0), ("beside", 6.0)] == log


def test_two_threads_sleep_side_by_side(live: Live) -> None:
    """Blocking functions beside the loop do not add up their sleeps, nor hold up the loop."""

    async def program(world: World) -> tuple[float, float]:
        both = asyncio.gather(*(asyncio.to_thread(time.sleep, seconds) for seconds in (5, 3)))
        await asyncio.sleep(1)
        before = world.now
        await both
        return before, world.now

    assert (1.0, 5.0) == live(program)


@pytest.mark.parametrize("seconds", [-1, "soon", None])
def test_a_wrong_sleep_is_wrong_in_a_life_too(seconds: Any, live: Live) -> None:
    """What the real `time.sleep` refuses is refused with the same kind of error."""
    with pytest.raises((ValueError, TypeError)) as real:
        time.sleep(seconds)

    async def program(world: World) -> None:
        time.sleep(seconds)

    with pytest.raises((ValueError, TypeError)) as virtual:
        live(program)
    assert real.type is virtual.type


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="zones are changed by tzset")
def test_a_zone_that_a_program_sets_is_its_own_lifes(live: Live) -> None:
    """The next life begins in UTC again, however long the clock is held."""

    async def program(world: World) -> str | None:
        before = os.environ.get("TZ")
        os.environ["TZ"] = "America/New_York"
        time.tzset()
        return before

    before = os.environ.get("TZ")
    with clock.held():
        assert [live(program), live(program)] == ["UTC", "UTC"]
    assert os.environ.get("TZ") == before
