"""Options and their ini twins: one table, read into one value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agnt5_sim.exploring import Budget
    from agnt5_sim.faults import FaultPlan
    from agnt5_sim.life.settings import Settings


class Option(NamedTuple):
    """An option and its ini twin.

    Attributes:
        name: of the option after `--agnt5-sim-`, and of the ini value after `agnt5_sim_`.
        metavar: of its value.
        help: for `--help`.
    """

    name: str
    metavar: str
    help: str


OPTIONS: Final = (
    Option(
        "depth",
        "N",
        "how many faults a plan has at most: 1 is every single kill, 2 every pair too (1)",
    ),
    Option("budget", "500|30s", "at most so many lives, or so much time, for each test (no limit)"),
    Option("seed", "N", "what the randomness of every life comes from (0)"),
    Option("faults", "KINDS", "the kinds of fault to try, separated by commas (kill)"),
    Option("profile", "NAME", "how the platform drives the SDK: seed, activation or compat"),
    Option("plan", "TEXT", "live exactly this fault plan, and print the life"),
    Option("shard", "I/N", "sweep only the I-th of N equal parts of the tests (1/1)"),
    Option(
        "turns",
        "N",
        "loop turns without progress after which a workflow counts as spinning (100000)",
    ),
    Option("stall", "SECONDS", "processor time one turn may take; 0 for no limit (10)"),
)
MAX_DEPTH: Final = 5
INI_ONLY: Final = (Option("accept", "IDS", "ids of known defects of the SDK that are put up with"),)


class Choices(NamedTuple):
    """What was chosen, checked.

    Attributes:
        enabled: whether scenarios and marked tests are swept.
        depth: see `OPTIONS`; so are the others.
        budget: how much each test's sweep may cost.
        seed: what all randomness comes from.
        faults: kinds of fault.
        profile: "" for the SDK's default.
        plan: None for a sweep.
        shard: index from 0, and number of parts.
        accept: ids of known defects.
        turns: loop turns without progress.
        stall: seconds of processor time.
    """

    enabled: bool
    depth: int
    budget: Budget
    seed: int
    faults: tuple[str, ...]
    profile: str
    plan: FaultPlan | None
    shard: tuple[int, int]
    accept: tuple[str, ...]
    turns: int
    stall: float

    def settings(self) -> Settings:
        """Return what a life is lived under, faults apart."""
        from agnt5_sim.life.settings import Settings

        return Settings(
            seed=self.seed,
            profile=self.profile or None,
            turns=self.turns,
            stall=self.stall,
        )


_CHOICES = pytest.StashKey[Choices]()


def add(parser: pytest.Parser) -> None:
    """Add the options to a parser."""
    group = parser.getgroup("agnt5-sim", "deterministic simulation of agnt5 workflows")
    group.addoption(
        "--agnt5-sim",
        action="store_true",
        default=False,
        help="sweep scenarios (scenario_*.py) and tests marked agnt5_sim: kill the worker at every"
        " point, recover, and check the guarantees",
    )
    parser.addini("agnt5_sim", "the same as --agnt5-sim", type="bool", default=False)
    for option in OPTIONS:
        group.addoption(
            f"--agnt5-sim-{option.name}",
            dest=f"agnt5_sim_{option.name}",
            metavar=option.metavar,
            default=None,
            help=option.help,
        )
        parser.addini(f"agnt5_sim_{option.name}", option.help, default=None)
    for option in INI_ONLY:
        parser.addini(f"agnt5_sim_{option.name}", option.help, type="args", default=[])


def any_given(config: pytest.Config) -> bool:
    """Tell whether anything was chosen at all; costs nothing."""
    return (
        bool(config.getoption("agnt5_sim"))
        or any(config.getini(name) for name in ("agnt5_sim", *_twins(OPTIONS), *_twins(INI_ONLY)))
        or any(config.getoption(name) is not None for name in _twins(OPTIONS))
    )


def _twins(options: Iterable[Option]) -> Iterator[str]:
    return (f"agnt5_sim_{option.name}" for option in options)


def read(config: pytest.Config) -> Choices:
    """Return what was chosen on the command line or in the ini file.

    Raises:
        pytest.UsageError: a value cannot be used; the message names it and what is allowed.
    """
    if _CHOICES not in config.stash:
        config.stash[_CHOICES] = _read(config)
    return config.stash[_CHOICES]


def _read(config: pytest.Config) -> Choices:  # noqa: C901 - a converter an option
    from agnt5_sim.arguments.words import unknown
    from agnt5_sim.errors import SdkError
    from agnt5_sim.exploring.budget import Budget
    from agnt5_sim.faults import KINDS, FaultPlan
    from agnt5_sim.judging.verdicts import check_accept
    from agnt5_sim.sdk.generations.detect import profile as known_profile

    def given(name: str) -> tuple[str, str]:
        value = config.getoption(f"agnt5_sim_{name}")
        if value is None:
            return config.getini(f"agnt5_sim_{name}") or "", f"agnt5_sim_{name}"
        if not value.strip():  # an unset variable of a shell must not pass for a choice
            raise pytest.UsageError(f"--agnt5-sim-{name}: its value is empty")
        return value, f"--agnt5-sim-{name}"

    def checked(name: str, convert: Any) -> Any:
        text, where = given(name)
        try:
            return convert(text.strip())
        except (ValueError, SdkError) as error:
            raise pytest.UsageError(f"{where}: {error}") from None

    def kinds(text: str) -> tuple[str, ...]:
        names = dict.fromkeys(word.strip() for word in text.split(",")) if text else ("kill",)
        for name in names:
            if name not in KINDS:
                raise ValueError(unknown("fault kind", name, KINDS))
        return tuple(names)

    def profile(text: str) -> str:
        if text:
            known_profile(text)
        return text

    accept = tuple(config.getini("agnt5_sim_accept"))
    try:
        check_accept(accept)
    except ValueError as error:
        raise pytest.UsageError(f"agnt5_sim_accept: {error}") from None
    return Choices(
        enabled=bool(config.getoption("agnt5_sim") or config.getini("agnt5_sim")),
        depth=checked("depth", lambda text: _whole(text, 1, 1, MAX_DEPTH)),
        budget=checked("budget", Budget.parse),
        seed=checked("seed", lambda text: _whole(text, 0, 0)),
        faults=checked("faults", kinds),
        profile=checked("profile", profile),
        plan=checked("plan", lambda text: FaultPlan.parse(text) if text else None),
        shard=checked("shard", _shard),
        accept=accept,
        turns=checked("turns", lambda text: _whole(text, 100_000, 1)),
        stall=checked("stall", _seconds),
    )


def _whole(text: str, default: int, least: int, most: int | None = None) -> int:
    if not text:
        return default
    allowed = f"a whole number of at least {least}" + (f" and at most {most}" if most else "")
    if not _digits(text) or not least <= int(text) <= (most or int(text)):
        msg = f"{text!r} is not {allowed}"
        raise ValueError(msg)
    return int(text)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _seconds(text: str) -> float:
    from agnt5_sim.world.isolation import DEFAULT_STALL_S

    if not text:
        return DEFAULT_STALL_S
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        msg = f"{text!r} is not a number of seconds, 0 or more"
        raise ValueError(msg)
    return seconds


def _shard(text: str) -> tuple[int, int]:
    if not text:
        return 0, 1
    index, slash, count = text.partition("/")
    if not (slash and _digits(index) and _digits(count) and 1 <= int(index) <= int(count)):
        msg = f"{text!r} is no shard: write I/N with I from 1 to N, for example 1/4"
        raise ValueError(msg)
    return int(index) - 1, int(count)
