"""Whose a run is: the ids it is submitted with."""

from __future__ import annotations

import pytest

from agnt5_sim.platform import Platform
from agnt5_sim.platform.identity import Identity, ids_of


def test_a_run_without_an_id_gets_the_next():
    """The n-th run of a platform is run-n, whatever the others are called."""
    platform = Platform()
    given = [
        platform.submit(0.0, "c", "workflow", b"", **ids).run_id
        for ids in ({}, {"run_id": "mine"}, {"run_id": None}, {"run_id": ""})
    ]
    assert ["run-1", "mine", "run-3", "run-4"] == given


def test_the_name_is_known_before_the_run():
    """Asking for it changes nothing."""
    platform = Platform()
    whose = platform.named(user_id="u")
    assert platform.named(user_id="u") == whose == Identity(run_id="run-1", user_id="u")
    assert platform.submit(0.0, "c", "workflow", b"", **ids_of(whose)).run_id == "run-1"


def test_run_and_dispatch_carry_the_ids():
    """Each of them, as it was submitted."""
    platform = Platform()
    ids = {
        "run_id": "r",
        "session_id": "s",
        "user_id": "u",
        "tenant": "t",
        "streaming": True,
    }
    run = platform.submit(0.0, "c", "workflow", b"", **ids)
    dispatch = platform.dispatch(0.0, "r", incarnation=1)
    assert ids == ids_of(run) == ids_of(dispatch) == ids_of(Identity(**ids))


@pytest.mark.parametrize(
    ("ids", "says"),
    [
        ({"run_id": 0}, "run_id=0 cannot be used; allowed: text"),
        ({"session_id": 1.5}, "session_id=1.5 cannot be used; allowed: text or None"),
        ({"user_id": ["u"]}, r"user_id=\['u'\] cannot be used; allowed: text or None"),
        ({"tenant": None}, "tenant=None cannot be used; allowed: text"),
        ({"streaming": "yes"}, "streaming='yes' cannot be used; allowed: True or False"),
    ],
)
def test_what_is_no_id_is_refused(ids, says):
    """The message names the id, what was given and what is allowed; no run is queued."""
    platform = Platform()
    with pytest.raises(ValueError, match=says):
        platform.submit(0.0, "c", "workflow", b"", **ids)
    assert platform.queued() == ()


def test_a_keyword_that_is_no_id_is_refused():
    """The message lists the ids there are, and names the nearest."""
    allowed = "run_id, session_id, user_id, tenant, streaming; did you mean 'tenant'"
    with pytest.raises(TypeError, match=f"unknown keyword 'tenent': allowed are {allowed}"):
        Platform().submit(0.0, "c", "workflow", b"", tenent="t")
