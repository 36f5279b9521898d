"""--agnt5-sim-profile: how the platform drives the SDK."""

from __future__ import annotations

import pytest

from agnt5_sim.sdk.generations.detect import installed

PROFILES = installed().profiles


def _life(project) -> str:
    """Write a test that prints the profile it lives in."""
    project.file(
        "test_profile.py",
        "from shop import *\n"
        "async def test_profile(sim):\n"
        "    assert await sim.run(small) == 1\n"
        "    print('profile', sim.history[0].name)\n",
    )
    return "test_profile.py"


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_is_lived_in(project, profile):
    """Every profile of the installed SDK can be chosen, for plain tests as for sweeps."""
    result = project.run("-s", _life(project), f"--agnt5-sim-profile={profile}")
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"*profile {profile}"])


def test_the_default_is_the_first(project):
    """Without a choice it is the SDK's default."""
    result = project.run("-s", _life(project))
    result.stdout.fnmatch_lines([f"*profile {PROFILES[0]}"])


def test_the_ini_file_says_it_and_the_command_line_has_the_last_word(project):
    """The ini twin works; the option goes before it."""
    project.ini(agnt5_sim_profile=PROFILES[-1])
    result = project.run("-s", _life(project))
    result.stdout.fnmatch_lines([f"*profile {PROFILES[-1]}"])
    result = project.run("-s", "test_profile.py", f"--agnt5-sim-profile={PROFILES[0]}")
    result.stdout.fnmatch_lines([f"*profile {PROFILES[0]}"])


def test_header_summary_and_replay_name_it(leaky):
    """What was found in a profile is replayed in it."""
    result = leaky.sweep(f"--agnt5-sim-profile={PROFILES[-1]}")
    result.stdout.fnmatch_lines(
        [
            f"agnt5-sim: agnt5 {installed().version}, profile {PROFILES[-1]}, *",
            f"*replay * --agnt5-sim-profile {PROFILES[-1]}",
            f"*(agnt5 {installed().version}, profile {PROFILES[-1]}, depth 1)",
        ]
    )


def test_an_unknown_profile_is_refused(small):
    """A usage error names the profile, those of this SDK, and the nearest."""
    near = PROFILES[0][:-1]
    says = (
        (
            f"unknown profile {near!r}: agnt5 {installed().version} has {', '.join(PROFILES)};"
            f" did you mean {PROFILES[0]!r}?"
        ),
    )
    small.refuses(
        "--agnt5-sim", f"--agnt5-sim-profile={near}", says=("--agnt5-sim-profile: ", *says)
    )
    small.ini(agnt5_sim_profile=near)
    small.refuses(says=("agnt5_sim_profile: ", *says))


def test_a_profile_of_another_generation_is_refused(small):
    """A usage error says to which releases it belongs."""
    other = "seed" if "seed" not in PROFILES else "activation"
    says = (f"unknown profile {other!r}", f"{other!r} belongs to generation ")
    small.refuses("--agnt5-sim", f"--agnt5-sim-profile={other}", says=says)
