"""Which SDK is installed, and which adapter serves it."""

from __future__ import annotations

import difflib
import importlib.metadata
import os
from functools import cache
from typing import Final, NamedTuple

from packaging.version import InvalidVersion, Version

from agnt5_sim.errors import UnknownProfile, UnsupportedSdk


class Profile(NamedTuple):
    """A way in which a platform may drive the SDK: how runs are delivered, how steps are kept.

    Attributes:
        name: as people choose it.
        delivery: "push": the platform hands runs to the worker, and learns of their ends by events.
        durability: "activation": the platform admits and records each step and sleep; "metadata":
            it tells an attempt what is done already; "checkpoint": named steps are looked up too.
    """

    name: str
    delivery: str
    durability: str


class Generation(NamedTuple):
    """A generation of the SDK: releases that talk to the platform in one way.

    Attributes:
        letter: as the documentation calls it.
        first: the first release of it.
        last: the last one known to be of it.
        driven: the ways its platform may drive it, the default first.
    """

    letter: str
    first: Version
    last: Version
    driven: tuple[Profile, ...]

    @property
    def profiles(self) -> tuple[str, ...]:
        """The names of these ways, the default first."""
        return tuple(profile.name for profile in self.driven)


GENERATIONS: Final = (
    Generation(
        "A",
        Version("0.3.1"),
        Version("0.3.2a1"),
        (Profile("seed", delivery="push", durability="checkpoint"),),
    ),
    Generation(
        "E",
        Version("0.11.0"),
        Version("0.14.5"),
        (
            Profile("activation", delivery="push", durability="activation"),
            Profile("compat", delivery="push", durability="metadata"),
        ),
    ),
)


class Sdk(NamedTuple):
    """The installed SDK."""

    version: str
    generation: Generation

    @property
    def profiles(self) -> tuple[str, ...]:
        """The profiles it can be driven in, the default first."""
        return self.generation.profiles


@cache
def installed() -> Sdk:
    """Return the installed SDK.

    Raises:
        UnsupportedSdk: none is installed, or one that no adapter serves.
    """
    os.environ.setdefault("AGNT5_DISABLE_SDK_TELEMETRY", "true")
    try:
        version = importlib.metadata.version("agnt5")
    except importlib.metadata.PackageNotFoundError:
        msg = f"the agnt5 SDK is not installed; agnt5-sim serves {served()}"
        raise UnsupportedSdk(msg) from None
    return Sdk(version, generation_of(version))


def generation_of(version: str) -> Generation:
    """Return the generation a release belongs to.

    Raises:
        UnsupportedSdk: to none that is served.
    """
    try:
        parsed = Version(version)
    except InvalidVersion:
        parsed = Version("0")
    for generation in GENERATIONS:
        if generation.first <= parsed <= generation.last:
            return generation
    msg = f"agnt5 {version} is installed, which no adapter serves; agnt5-sim serves {served()}"
    raise UnsupportedSdk(msg)


def served() -> str:
    """Return the releases that are served, for messages."""
    return " and ".join(f"agnt5 {g.first} to {g.last} (generation {g.letter})" for g in GENERATIONS)


def driving(name: str | None) -> Profile:
    """Return how the installed SDK is driven in the profile of that name; raises as `profile`."""
    chosen = profile(name)
    return next(each for each in installed().generation.driven if each.name == chosen)


def profile(name: str | None) -> str:
    """Return the profile of that name, or the installed SDK's default for None.

    Raises:
        UnknownProfile: the installed SDK has none of that name.
        UnsupportedSdk: the installed SDK is not served.
    """
    sdk = installed()
    if name is None or name == "":
        return sdk.profiles[0]
    if name in sdk.profiles:
        return name
    every = [known for generation in GENERATIONS for known in generation.profiles]
    msg = f"unknown profile {name!r}: agnt5 {sdk.version} has {', '.join(sdk.profiles)}"
    if name in every:
        other = next(g for g in GENERATIONS if name in g.profiles)
        msg += f"; {name!r} belongs to generation {other.letter} ({other.first} to {other.last})"
    elif near := difflib.get_close_matches(name, every, n=1):
        msg += f"; did you mean {near[0]!r}?"
    raise UnknownProfile(msg)
