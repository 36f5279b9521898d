"""Which SDK is installed, and what is said when it is none that is served."""

from __future__ import annotations

import importlib.metadata

import pytest

from agnt5_sim import UnknownProfile, UnsupportedSdk, simulate
from agnt5_sim.sdk.generations import detect


@pytest.mark.parametrize(
    ("version", "letter"),
    [("0.3.1", "A"), ("0.3.2a1", "A"), ("0.11.0", "E"), ("0.14.5", "E")],
)
def test_a_release_belongs_to_its_generation(version, letter):
    """The first and the last of each, and one between."""
    assert letter == detect.generation_of(version).letter


@pytest.mark.parametrize(
    "version", ["0.2.9", "0.3.0a11", "0.11.0b1", "0.3.3", "0.5.1", "0.14.6", "1.0", "nonsense"]
)
def test_a_release_no_adapter_serves_is_refused_by_name(version):
    """The message names what is installed, and what is served instead."""
    with pytest.raises(UnsupportedSdk, match=f"agnt5 {version} is installed") as raised:
        detect.generation_of(version)
    assert "0.3.1 to 0.3.2a1 (generation A)" in str(raised.value)
    assert "0.11.0 to 0.14.5 (generation E)" in str(raised.value)


def test_without_an_sdk_the_error_says_which_to_install(monkeypatch):
    """The missing package is named."""

    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    detect.installed.cache_clear()
    try:
        with pytest.raises(UnsupportedSdk, match="not installed; agnt5-sim serves"):
            detect.installed()
    finally:
        monkeypatch.undo()
        detect.installed.cache_clear()


def test_the_default_profile_is_the_first():
    """Activation before compat; the seed has one only."""
    assert detect.installed().profiles[0] == detect.profile(None) == detect.profile("")


def test_every_profile_of_the_installed_sdk_is_taken(profile):
    """A profile names itself."""
    assert profile == detect.profile(profile)


def test_a_profile_of_the_other_generation_is_refused_with_its_releases():
    """The message says to which releases it belongs."""
    other = "compat" if detect.installed().generation.letter == "A" else "seed"
    with pytest.raises(UnknownProfile, match=f"{other!r} belongs to generation"):
        detect.profile(other)


def test_a_mistyped_profile_is_refused_with_a_guess():
    """The nearest name is offered."""
    with pytest.raises(UnknownProfile, match="did you mean 'activation'"):
        detect.profile("activaton")


def test_a_life_names_the_sdk_and_the_profile_it_was_lived_with(profile):
    """The first entry of a history says both."""
    import wf_steps

    began = simulate(wf_steps.sdk_no_input, profile=profile).history[0]
    assert (profile, detect.installed().version) == (began.name, began.data["agnt5"])
