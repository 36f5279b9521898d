"""Values as bytes: equal exactly when value and type are."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from agnt5_sim.history.jsonable import find_not_json, to_json
from agnt5_sim.history.values import Shown, freeze, show, thaw

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.datetimes()
    | st.dates()
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.booleans(), inner, max_size=3)
    ),
    max_leaves=8,
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def alike(one, other):
    """Tell whether two values are the same in content, type and order of keys."""
    if type(one) is not type(other):
        return False
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return alike(list(one.items()), list(other.items()))
    return repr(one) == repr(other)


@given(VALUES, VALUES)
def test_frozen_values_are_equal_exactly_when_the_values_are(one, other):
    """Same value and same type, same bytes; and other bytes for anything else."""
    assert alike(one, other) == (freeze(one) == freeze(other))


@given(VALUES)
def test_freezing_depends_on_nothing_but_the_value(value):
    """A copy that shares no object with the original has the same bytes."""
    import copy

    assert freeze(value) == freeze(copy.deepcopy(value))


@given(JSON)
def test_json_values_thaw_to_what_they_were(value):
    """What JSON has a type for comes back as it was."""
    assert alike(value, thaw(freeze(value)))


@given(VALUES)
def test_any_value_can_be_shown(value):
    """Whatever it is, people can be told of it, in one line of bounded length."""
    assert len(show(freeze(value), 50)) <= 50


class Colour(enum.Enum):
    RED = 1


class Number(enum.IntEnum):
    ONE = 1


@dataclasses.dataclass
class Record:
    id: int


class Model(BaseModel):
    id: int


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        (0.0, -0.0),
        ((1,), [1]),
        ({1: 2}, {"1": 2}),
        ("a", b"a"),
        (Number.ONE, 1),
        (Colour.RED, "RED"),
        (Record(1), Record(2)),
        (Record(1), Model(id=1)),
        (Model(id=1), {"id": 1}),
        (datetime.date(2026, 1, 1), "2026-01-01"),
        (datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1)),
    ],
)
def test_values_that_only_look_alike_are_told_apart(one, other):
    """Equal by `==` or by text is not enough: the type belongs to a value."""
    assert freeze(one) != freeze(other)


@pytest.mark.parametrize(
    "make", [lambda: Record(1), lambda: Model(id=1), object, lambda: {"b", "a"}, lambda: Colour.RED]
)
def test_equal_objects_have_equal_bytes(make):
    """Addresses in memory and the order of sets do not count."""
    assert freeze(make()) == freeze(make())


class Pair(NamedTuple):
    one: Any
    other: Any


@dataclasses.dataclass(frozen=True)
class Holder:
    held: Any


class Holding(BaseModel):
    held: set[int]


# Equal sets whose items come in another order: 0 and 8 want the same place.
ORDERS = ([0, 8], [8, 0])
IN_A_SET: dict[str, Callable[[list[int]], Any]] = {
    "set": set,
    "frozenset": frozenset,
    "beside an object": lambda items: [Colour.RED, set(items)],
    "a frozenset beside an object": lambda items: [Colour.RED, frozenset(items)],
    "in a tuple": lambda items: (Colour.RED, set(items)),
    "in a dict": lambda items: {"object": Colour.RED, "set": set(items)},
    "in a dataclass": lambda items: Holder(set(items)),
    "in a model": lambda items: Holding(held=set(items)),
    "in a namedtuple": lambda items: Pair(Colour.RED, set(items)),
    "in a set": lambda items: {frozenset(items), Colour.RED},
    "in a tuple in a set": lambda items: {(frozenset(items), 1), Colour.RED},
    "in a dataclass in a set": lambda items: {Holder(frozenset(items))},
    "a key": lambda items: {frozenset(items): Colour.RED},
    "in a key": lambda items: {(frozenset(items), 1): Colour.RED},
    "in a defaultdict": lambda items: defaultdict(set, {1: set(items)}),
    "in an OrderedDict": lambda items: OrderedDict(a=set(items)),
    "in a Counter": lambda items: Counter({frozenset(items): 1, Colour.RED: 2}),
    "in a deque": lambda items: deque([set(items)]),
}


def test_the_order_of_a_set_depends_on_how_it_came_about():
    """Else the next test shows nothing."""
    assert [list(items) for items in ORDERS] == [list(set(items)) for items in ORDERS]


@pytest.mark.parametrize("where", IN_A_SET)
def test_sets_have_no_order(where):
    """Wherever they are; and other sets have other bytes."""
    make = IN_A_SET[where]
    one, other = (freeze(make(items)) for items in ORDERS)
    assert one == other
    assert one != freeze(make([0, 8, 16]))
    assert one != freeze(make([1, 8]))


@pytest.mark.parametrize("make", [dict, OrderedDict, list, tuple, deque], ids=lambda m: m.__name__)
def test_what_has_an_order_keeps_it(make):
    """Beside what can only be described too."""
    one, other = ([Colour.RED, make(items)] for items in ([(0, 1), (8, 2)], [(8, 2), (0, 1)]))
    assert freeze(one) != freeze(other)


@pytest.mark.parametrize(
    ("make", "other"),
    [
        (lambda: Counter(a=1), lambda: defaultdict(int, a=1)),
        (lambda: Counter(a=1), lambda: {"a": 1}),
        (lambda: deque([1]), lambda: [1]),
        (lambda: Pair(1, 2), lambda: (1, 2)),
        (lambda: {1}, lambda: frozenset({1})),
        (lambda: {1, Colour.RED}, lambda: frozenset({1, Colour.RED})),
        (lambda: {1, Colour.RED}, lambda: {"1", Colour.RED}),
        (lambda: {1, Colour.RED}, lambda: {True, Colour.RED}),
    ],
)
def test_collections_of_other_types_are_told_apart(make, other):
    """Of equal content, and with items of other types."""
    assert freeze([Colour.RED, make()]) != freeze([Colour.RED, other()])


@pytest.mark.parametrize("where", [lambda o: [o], lambda o: {o}, lambda o: {o: 1}, lambda o: (o,)])
def test_an_address_is_nowhere(where):
    """In a list, a set, a key, a tuple."""
    assert freeze(where(object())) == freeze(where(object()))


def test_what_json_has_no_type_for_is_shown_by_type_and_content():
    """A model thaws to a description of itself."""
    shown = thaw(freeze({"model": Model(id=1)}))["model"]
    assert isinstance(shown, Shown)
    assert (True, {"id": 1}) == (shown.kind.endswith(".Model"), shown.content)


def test_a_value_that_contains_itself_is_cut():
    """A cycle is described to a depth, and no further."""
    value = []
    value.append(value)
    assert "…" in show(freeze(value), 10_000)


@given(JSON)
def test_json_is_written_whatever_it_holds(value):
    """Every JSON value is one, lone surrogates included, and is read back as it was."""
    import json

    assert find_not_json(value) is None
    written = to_json(value, "it").decode("utf-8", "surrogatepass")
    assert alike(value, json.loads(written))
