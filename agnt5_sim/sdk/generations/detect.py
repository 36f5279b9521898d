"""Which SDK is installed, and which adapter serves it."""

from __future__ import annotations

import difflib
import importlib.metadata
import os
from functools import cache
from typing import Final, NamedTuple

from packaging.version import InvalidVersion, Version

from agnt5_sim.errors import UnknownProfile, UnsupportedSdk


class Generation(NamedTuple):
    """A generation of the SDK: releases that talk to the platform in one way.

    Attributes:
        letter: as the documentation calls it.
        first: the first release of it.
        last: the last one known to be of it.
        profiles: the ways its platform may drive it, the default first.
    """

    letter: str
    first: Version
    last: Version
    profiles: tuple[str, ...]


GENERATIONS: Final = (
    Generation("A", Version("0.3.1"), Version("0.3.2a1"), ("seed",)),
    Generation("E", Version("0.11.0"), Version("0.14.5"), ("activation", "compat")),
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
