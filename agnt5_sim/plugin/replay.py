"""The command that lives one life of a test again."""

from __future__ import annotations

import shlex


def replay_command(nodeid: str, plan: str, *, seed: int = 0, profile: str | None = None) -> str:
    """Return the command that lives the same life of a test again.

    Args:
        nodeid: the test.
        plan: the fault plan, as text.
        seed: what the life's randomness came from.
        profile: how the platform drove the SDK; None for the SDK's default.
    """
    parts = ["pytest", "--agnt5-sim", nodeid, "--agnt5-sim-plan", plan]
    if seed:
        parts += ["--agnt5-sim-seed", str(seed)]
    if profile:
        parts += ["--agnt5-sim-profile", profile]
    return shlex.join(parts)
