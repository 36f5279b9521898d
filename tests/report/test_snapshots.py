"""Event streams as text: sealed, stable, readable, without secrets."""

from __future__ import annotations

import re

import life_workflows as wf
import pytest
from agnt5 import workflow
from hypothesis import given
from hypothesis import strategies as st

from agnt5_sim import simulate
from agnt5_sim.report.snapshot import (
    EventStream,
    extension_for,
    sealed,
    what_is_wrong,
)
from agnt5_sim.report.stream import render, render_run
from agnt5_sim.sdk.generations.detect import installed

PROFILES = installed().profiles
LETTER = installed().generation.letter
BODIES = st.lists(
    st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"])), min_size=1
).map("\n".join)
SECRET = "s3cr3t-value"  # noqa: S105 - nobody's


@workflow
async def snapshot_secrets(ctx, given_: dict) -> dict:
    """Hand through what it is given."""
    return await ctx.step("hand", lambda: given_)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_stream_is_the_same_for_other_entropy_at_another_time(profile):
    """Times are offsets and generated ids have stable names."""
    lives = [
        simulate(
            wf.life_order, {"order_id": "o"}, answers="yes", profile=profile, seed=seed, start=start
        )
        for seed, start in ((0, 0), (7, 86_400 * 37 + 4321))
    ]
    one, other = (render(life.history) for life in lives)
    assert one == other
    assert lives[0].history.digest != lives[1].history.digest


@pytest.mark.parametrize("profile", PROFILES)
def test_no_generated_id_is_left(profile):
    """Neither uuids nor hashes nor activation ids nor clock readings."""
    outcome = simulate(wf.life_order, {"order_id": "o"}, answers="yes", profile=profile)
    text = render(outcome.history)
    assert re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-", text) == []
    assert re.findall(r"actv1_", text) == []
    assert re.findall(r'"[0-9a-f]{8}"', text) == []
    assert re.findall(r"\b17\d{8}", text) == []


def test_a_stream_begins_with_what_was_asked_and_ends_with_what_came():
    """The run, its input and scope; every attempt, question and answer; the end."""
    outcome = simulate(wf.life_order, {"order_id": "o"}, answers="yes", user_id="u", session_id="s")
    lines = render_run(outcome.history, "run-1").splitlines()
    assert lines[0] == 'run-1 life_order {"order_id": "o"} user_id=u session_id=s'
    assert lines[1] == "  +0s = attempt 0"
    assert "  +3601s = question 0: ship? (approval yes/no)" in lines
    assert '  +3602s = answer to question 0: "yes"' in lines
    assert lines[-1] == '  +3602s = completed: {"answer": "yes", "charge": "ch_o", "count": 1}'


def test_a_stream_tells_of_deaths():
    """A killed worker is a line, and so is the recovery."""
    outcome = simulate(wf.life_small, faults="kill before any:point#3")
    text = render(outcome.history)
    assert "= the worker died: kill before any:point#3" in text
    assert "= attempt 1 recovers" in text


def test_lines_are_in_the_order_in_which_things_happened():
    """Times never go back."""
    outcome = simulate(
        wf.life_order, {"order_id": "o"}, answers="yes", faults="kill before any:point#5"
    )
    times = [
        float(line.split("s", 1)[0].strip().lstrip("+"))
        for line in render(outcome.history).splitlines()[1:]
    ]
    assert times == sorted(times)


@pytest.mark.parametrize(
    "key",
    [
        "webhook_secret",
        "secret",
        "password",
        "Authorization",
        "authorization",
        "cookie",
        "api_key",
        "api-key",
        "apiKey",
        "X-Api-Key",
        "access_token",
        "refresh-token",
        "token",
        "x-auth-token",
        "private_key",
        "bot_token",
        "fence_token",
        "client_secret",
        "fencing_token",
        "accessToken",
    ],
)
def test_secrets_are_redacted(key):
    """Under whatever spelling of whatever key, at every depth, in texts that are JSON too."""
    given_ = {key: SECRET, "in": [{key: {"deep": SECRET}}], "text": f'{{"{key}": "{SECRET}"}}'}
    text = render(simulate(snapshot_secrets, {"given_": given_}).history)
    assert SECRET not in text
    assert "[redacted]" in text


@pytest.mark.parametrize(
    "key", ["tokens", "prompt_tokens", "max_tokens", "token_count", "tokenizer", "key", "author"]
)
def test_what_only_sounds_like_a_secret_is_kept(key):
    """Counts of tokens are what a test of a model wants to see."""
    assert f'"{key}": 42' in render(simulate(snapshot_secrets, {"given_": {key: 42}}).history)


def test_a_secret_inside_a_text_is_redacted():
    """The scheme stays, what follows it goes."""
    given_ = {"log": f"sent Bearer {SECRET} and Basic dXNlcjpwYXNz"}
    text = render(simulate(snapshot_secrets, {"given_": given_}).history)
    assert "sent Bearer [redacted] and Basic [redacted]" in text


@given(BODIES, st.sampled_from([("seed", "A"), ("activation", "E"), ("compat", "E")]))
def test_what_is_sealed_is_not_damaged(body, whose):
    """And is damaged when a character of it is another."""
    text = sealed(body, *whose)
    assert what_is_wrong(text, *whose) is None
    lines = text.split("\n")
    lines[1] += "x"
    assert "damaged" in (what_is_wrong("\n".join(lines), *whose) or "")


@given(st.text())
def test_any_text_is_judged(text):
    """Nothing but a reason comes of a text that is no stream."""
    assert what_is_wrong(text, "seed", "A") is not None


def test_of_another_sdk():
    """The message says whose it is."""
    wrong = what_is_wrong(sealed("a", "activation", "E"), "seed", "A")
    assert wrong == ("it is of another SDK: generation E; profile activation, not profile seed")


def test_a_stream_is_its_events():
    """A sequence for those who look, a text for those who compare."""
    outcome = simulate(wf.life_small)
    stream = EventStream(outcome.history, "run-1", outcome.events)
    assert len(stream) == len(outcome.events)
    assert stream[0] == outcome.events[0]
    assert list(stream) == list(outcome.events)
    assert stream == EventStream(simulate(wf.life_small).history, "run-1")
    assert stream != EventStream(simulate(wf.life_small, stubs={"one": 2}).history, "run-1")
    assert stream != "something else"
    assert str(stream) == repr(stream) == render_run(outcome.history, "run-1")


def test_a_profile_has_one_extension():
    """With a file name of its own, so that no profile takes another's file for its own."""
    assert extension_for("seed", "A") is extension_for("seed", "A")
    assert extension_for("seed", "A").file_extension == "seed.events"


def test_a_stream_says_which_generation_it_is_of():
    """The history says it, and the title of the snapshot has it."""
    stream = EventStream(simulate(wf.life_small).history)
    title = f"generation {LETTER}; profile {PROFILES[0]}"
    extension = extension_for(stream.profile, stream.generation)
    assert extension.serialize(extension, stream).splitlines()[0].endswith(title)
