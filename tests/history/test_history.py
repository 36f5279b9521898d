"""The history: append-only, immutable, and equal exactly when the lives were."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agnt5_sim import Entry, History
from agnt5_sim.history import first_difference
from agnt5_sim.history.values import freeze

VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.binary(max_size=4)
ENTRIES = st.fixed_dictionaries(
    {
        "time": st.floats(0, 1e6),
        "kind": st.sampled_from(["run.dispatched", "body.started", "a", "b,c='d'"]),
    },
    optional={
        "run_id": st.text(max_size=5),
        "attempt": st.integers(-1, 5),
        "incarnation": st.integers(0, 5),
        "branch": st.text(max_size=3),
        "name": st.text(max_size=8),
        "data": st.dictionaries(st.text(max_size=5), VALUES, max_size=3),
    },
)
LIVES = st.lists(ENTRIES, max_size=6)


def _history(life: list[dict]) -> History:
    history = History()
    for entry in life:
        history.add(**entry)
    history.close()
    return history


@given(LIVES, LIVES)
def test_digests_are_equal_exactly_when_lives_are(one, other):
    """Different lives have different digests, and equal ones the same."""
    equal = first_difference(_history(one), _history(other)) is None
    assert equal == (_history(one).digest == _history(other).digest)
    assert _history(one).digest == _history(one).digest
    if one == other:
        assert equal


@given(LIVES.filter(bool), st.data())
def test_any_change_changes_the_digest(life, data):
    """Of a time, a name or a value, and the first difference is found there."""
    number = data.draw(st.integers(0, len(life) - 1))
    changed = [dict(entry) for entry in life]
    field = data.draw(st.sampled_from(["time", "name", "data", "run_id"]))
    changed[number][field] = {
        "time": changed[number]["time"] + 1,
        "name": changed[number].get("name", "") + "x",
        "run_id": changed[number].get("run_id", "") + "x",
        "data": {**changed[number].get("data", {}), "new": 1},
    }[field]
    one, other = _history(life), _history(changed)
    assert one.digest != other.digest
    assert (one[number], other[number]) == first_difference(one, other)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time", 2.0),
        ("kind", "b"),
        ("run_id", "run-2"),
        ("attempt", 1),
        ("incarnation", 2),
        ("branch", "1"),
        ("name", "ship"),
        ("data", {"x": 2}),
        ("data", {"y": 1}),
        ("data", {}),
    ],
)
def test_every_field_of_an_entry_is_in_the_digest(field, value):
    """And in what two lives are told apart by."""
    entry = {
        "time": 1.0,
        "kind": "a",
        "run_id": "run-1",
        "attempt": 0,
        "incarnation": 1,
        "branch": "",
        "name": "pay",
        "data": {"x": 1},
    }
    one, other = _history([entry]), _history([{**entry, field: value}])
    assert one.digest != other.digest
    assert (one[0], other[0]) == first_difference(one, other)
    assert {*Entry._fields} == {"index", *entry}


def test_the_order_of_entries_is_in_the_digest():
    """Of two at one instant too."""
    entries = [{"time": 0.0, "kind": "a"}, {"time": 0.0, "kind": "b"}]
    assert _history(entries).digest != _history(entries[::-1]).digest


@given(LIVES, ENTRIES)
def test_a_beginning_differs_from_the_whole(life, entry):
    """A history that is longer differs by its next entry against nothing."""
    one, other = _history(life), _history([*life, entry])
    assert one.digest != other.digest
    assert (None, other[len(life)]) == first_difference(one, other)
    assert (other[len(life)], None) == first_difference(other, one)


def test_the_order_of_data_does_not_matter():
    """Data is a mapping; its keys have no order."""
    one = _history([{"time": 0.0, "kind": "a", "data": {"x": 1, "y": 2}}])
    other = _history([{"time": 0.0, "kind": "a", "data": {"y": 2, "x": 1}}])
    assert one.digest == other.digest


def test_a_key_cannot_pass_for_another():
    """Keys and values are told apart, whatever is in them."""
    one = _history([{"time": 0.0, "kind": "a", "data": {"a": 1, "b": 2}}])
    other = _history([{"time": 0.0, "kind": "a", "data": {"a=1,b": 2}}])
    assert one.digest != other.digest


def test_the_type_of_a_value_matters():
    """1, True, 1.0 and "1" are four lives."""
    digests = {
        _history([{"time": 0.0, "kind": "a", "data": {"x": value}}]).digest
        for value in (1, True, 1.0, "1", b"1")
    }
    assert len(digests) == 5


def test_the_digest_grows_with_the_life():
    """While a life goes on it has a digest too, of what there is."""
    history = History()
    seen = [history.digest]
    for number in range(3):
        history.add(float(number), "a")
        seen.append(history.digest)
    history.close()
    assert len(set(seen)) == 4
    assert history.digest == seen[-1]


def test_nothing_comes_after_the_end():
    """A closed history refuses to be written to, and says what came."""
    history = _history([{"time": 0.0, "kind": "a"}])
    with pytest.raises(RuntimeError, match="the life is over; b late came after its end"):
        history.add(1.0, "b", name="late")
    assert len(history) == 1


def test_entries_do_not_change():
    """Neither an entry, nor the place of one, nor the data that is not given."""
    history = _history([{"time": 0.0, "kind": "a"}])
    with pytest.raises(AttributeError):
        history[0].kind = "b"
    with pytest.raises(TypeError):
        history[0] = history[0]
    with pytest.raises(TypeError):
        history[0].data["x"] = 1
    assert not hasattr(history, "append")


def test_an_entry_says_everything():
    """Its place, time, kind, run, attempt, process, branch, name and data."""
    history = History()
    history.add(
        1.5,
        "body.started",
        run_id="r",
        attempt=2,
        incarnation=3,
        branch="0.1",
        name="s",
        data={"k": 1},
    )
    assert Entry(0, 1.5, "body.started", "r", 2, 3, "0.1", "s", {"k": 1}) == history[0]
    line = str(history[0])
    assert [
        part for part in ("1.5s", "r/2[0.1]", "body.started", "s", "k=1") if part not in line
    ] == []
    assert str(history) == line


def test_an_entry_shows_the_values_of_the_program_as_they_were():
    """Frozen values are thawed for people; the platform's bytes are shown as bytes."""
    history = History()
    history.add(0.0, "body.returned", name="s", data={"value": freeze({"total": 3})})
    history.add(0.0, "platform.complete", name="s", data={"output": b'{"total": 3}'})
    history.add(0.0, "state.set", name="s", data={"value": b"no frozen value"})
    assert ["value={'total': 3}", "output=b'{\"total\": 3}'", "value=b'no frozen value'"] == [
        str(entry).partition(" s ")[2] for entry in history
    ]


def test_entries_are_selected():
    """By kinds, by the beginnings of kinds, by run and by name."""
    history = History()
    for kind, run_id, name in [
        ("run.submitted", "r1", "w"),
        ("body.started", "r1", "a"),
        ("body.returned", "r1", "a"),
        ("body.started", "r2", "b"),
        ("life.ended", "", ""),
    ]:
        history.add(0.0, kind, run_id=run_id, name=name)

    def indexes(*kinds: str, **where: str) -> list[int]:
        return [entry.index for entry in history.select(*kinds, **where)]

    assert indexes() == [0, 1, 2, 3, 4]
    assert indexes("body.started") == [1, 3]
    assert indexes("body.") == [1, 2, 3]
    assert indexes("body.returned", "run.") == [0, 2]
    assert indexes("body.", run_id="r1") == [1, 2]
    assert indexes(name="b") == [3]
    assert indexes(run_id="") == [4]
    assert indexes("body") == []
    assert history.runs == ("r1", "r2")


def test_a_history_is_a_sequence():
    """It can be counted, indexed, sliced and gone through."""
    history = _history([{"time": float(n), "kind": "a"} for n in range(4)])
    assert len(history) == 4
    assert [entry.time for entry in history[1:3]] == [1.0, 2.0]
    assert history[-1] in history
    assert [entry.index for entry in reversed(history)] == [3, 2, 1, 0]
    assert "4 entries" in repr(history)


def test_a_verdicts_history_can_be_kept():
    """What a life left can be rebuilt from its entries, with the same digest."""
    history = _history([{"time": 0.0, "kind": "a", "data": {"x": 1}}])
    assert History(history).digest == history.digest
    entry = history[0]._replace(data=dict(history[0].data))
    assert entry == pickle.loads(pickle.dumps(entry))  # noqa: S301
