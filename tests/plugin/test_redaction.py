"""Secrets do not get into snapshots."""

from __future__ import annotations

import pytest

SECRETS = """
from agnt5 import workflow

SECRET = "s3cr3t-value"

@workflow
async def telling(ctx, config: dict) -> dict:
    async def look():
        return {
            "webhook_secret": SECRET,
            "access_token": SECRET,
            "headers": {"Authorization": "Bearer " + SECRET, "X-Api-Key": SECRET},
            "nested": [{"client_secret": SECRET}, {"password": SECRET}],
            "log": "sent with Bearer " + SECRET,
            "tokens": 12,
            "prompt_tokens": 7,
            "token_count": 3,
            "secret": None,
            "cookie": "",
        }
    return await ctx.step("look", look)

async def scenario_telling(sim):
    await sim.run(telling, {"config": {"api_key": SECRET, "url": "https://example.org"}})
"""


@pytest.fixture
def text(project) -> str:
    """Return what is kept of a workflow that handles secrets."""
    project.file("scenario_telling.py", SECRETS)
    project.sweep("--snapshot-update", "--agnt5-sim-budget=4")
    (path,) = project.path.rglob("*.events")
    return path.read_text(encoding="utf-8")


def test_secrets_are_not_shown(text):
    """Neither in input, nor in events, nor in output, under whatever key, nor inside of texts."""
    assert "s3cr3t" not in text
    assert '"webhook_secret": "[redacted]"' in text
    assert '"Authorization": "[redacted]"' in text
    assert '"api_key": "[redacted]"' in text
    assert "sent with Bearer [redacted]" in text


def test_what_is_no_secret_is_shown(text):
    """Counts of tokens, empty values and everything else are in full."""
    assert '"prompt_tokens": 7' in text
    assert '"tokens": 12' in text
    assert '"url": "https://example.org"' in text
    assert '"cookie": ""' in text
