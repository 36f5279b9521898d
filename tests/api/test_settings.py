"""What a life, a sweep and a run are asked for with: each argument once, checked at the call."""

from __future__ import annotations

import inspect

import attrs
import life_workflows as wf
import pytest

from agnt5_sim import BadStub, Spinning, UnknownProfile, explore, simulate
from agnt5_sim.api.one_run import OneRun
from agnt5_sim.exploring import Sweep
from agnt5_sim.life.settings import Settings
from agnt5_sim.platform.identity import Identity, Ids

OTHERWISE = {"faults": (Settings, "plan")}
"""Arguments of `simulate` that have another name where they are kept."""

CHOSEN = {
    "Settings": {"max_attempts", "quiet", "forget", "pace"},
    "Sweep": {"stop_at_first"},
    "OneRun": {"ids"},
    "Identity": set(),
}
"""What nobody can ask for from outside."""


def _homes(*classes: type) -> dict[str, tuple[type, str]]:
    return {a.alias: (cls, a.name) for cls in classes for a in attrs.fields(cls)}


def _arguments(call) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(call).parameters)


@pytest.mark.parametrize(
    ("call", "homes"),
    [
        (simulate, {**_homes(Identity, OneRun, Settings), **OTHERWISE}),
        (
            explore,
            {**_homes(Settings, Identity, OneRun, Sweep), "faults": (Sweep, "kinds")},
        ),
    ],
)
def test_every_argument_has_a_home_and_its_default(call, homes):
    """Signatures are written out for those who read them, and say what the classes say."""
    for name, parameter in _arguments(call).items():
        if name == "progress":  # told, not asked for
            continue
        cls, field = homes[name]
        if parameter.default is inspect.Parameter.empty:
            assert name == "workflow"
            continue
        needed = {"workflow": "w"} if cls is OneRun else {}
        given = cls(**{**needed, field: parameter.default})
        assert getattr(cls(**needed), field) == getattr(given, field), name


def test_every_field_can_be_asked_for():
    """What a life, a sweep or a run can be told, `simulate` or `explore` takes."""
    taken = {*_arguments(simulate), *_arguments(explore), "plan", "kinds"}
    left = {
        cls.__name__: {a.alias for a in attrs.fields(cls)} - taken
        for cls in (Settings, Sweep, OneRun, Identity)
    }
    assert CHOSEN == left


def test_the_ids_as_keywords_are_those_of_the_class():
    """The type of the keywords names each id, in the same order."""
    assert [a.name for a in attrs.fields(Identity)] == list(Ids.__annotations__)


def test_each_argument_is_explained_once():
    """`explore` explains what it adds, and leaves to `simulate` what that explains."""
    said = inspect.getdoc(explore)
    explained = {name for name in _arguments(explore) if f"\n    {name}: " in said}
    own = set(_arguments(explore)) - set(_arguments(simulate))
    assert own | {"faults", "seed"} == explained
    said = inspect.getdoc(simulate)
    assert [name for name in _arguments(simulate) if f"\n    {name}: " not in said] == []


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"run_id": 5}, "run_id=5 cannot be used; allowed: text"),
        ({"session_id": 5}, "session_id=5 cannot be used; allowed: text or None"),
        ({"user_id": b"u"}, "user_id=b'u' cannot be used; allowed: text or None"),
        ({"tenant": None}, "tenant=None cannot be used; allowed: text"),
        ({"streaming": 1}, "streaming=1 cannot be used; allowed: True or False"),
        ({"profile": 5}, "profile=5 cannot be used; allowed: text or None"),
        ({"turns": 0}, "turns=0 cannot be used; allowed: a whole number of at least 1"),
        ({"stall": "1"}, "stall='1' cannot be used; allowed: a number of seconds, 0 or more"),
        ({"seed": -1}, "seed=-1 cannot be used; allowed: a whole number of at least 0"),
        ({"effects": (len,)}, "len> cannot be watched as an effect"),
    ],
)
def test_both_calls_refuse_the_same_with_the_same_words(how, says):
    """Name, value and what is allowed, of `simulate` and of `explore`, and no life is begun."""
    for call in (simulate, explore):
        with pytest.raises(ValueError, match="cannot be") as refused:
            call(wf.life_small, **how)
        assert says in str(refused.value)


@pytest.mark.parametrize(
    ("error", "how"),
    [
        (BadStub, {"stubs": {5: 1}}),
        (UnknownProfile, {"profile": "nowhere"}),
        (ValueError, {"effects": "send"}),
        (ValueError, {"policy": None}),
        (ValueError, {"pace": -1}),
    ],
)
def test_settings_are_checked_when_they_are_made(error, how):
    """Whoever asks for the life: what is wrong is said before there is one."""
    with pytest.raises(error):
        Settings(**how)


def test_what_stands_in_is_kept_apart_from_what_was_given():
    """A mapping of stubs that is changed later changes no life."""
    stubs = {"one": 1}
    settings = Settings(stubs=stubs)
    stubs["two"] = 2
    assert dict(settings.stubs) == {"one": 1}


async def test_the_fixture_refuses_the_same_ids(sim):
    """`submit` and `run` say so at the call; a keyword that is none lists those there are."""
    for call in (sim.submit, sim.run):
        with pytest.raises(ValueError, match="tenant=5 cannot be used; allowed: text"):
            await call(wf.life_small, tenant=5)
        with pytest.raises(TypeError, match=r"unknown keyword 'sesion_id'.* mean 'session_id'\?"):
            await call(wf.life_small, sesion_id="s")
    assert sim.history.runs == ()


def test_a_run_has_the_id_it_is_given():
    """In one life and in a sweep; without one it is run-1."""
    assert simulate(wf.life_small, run_id="mine").run_id == "mine"
    assert simulate(wf.life_small, run_id="mine").check().history.runs == ("mine",)
    assert simulate(wf.life_small).run_id == "run-1"
    explored = explore(wf.life_small, run_id="mine", plan="none")
    assert explored.replayed.history.runs == ("mine",)


def test_a_sweep_keeps_to_the_turns_it_is_given():
    """A workflow that repeats itself ends `explore` with the same words as `simulate`."""
    for call in (simulate, explore):
        with pytest.raises(Spinning, match="500 requests"):
            call(wf.life_never_ends, turns=500)
