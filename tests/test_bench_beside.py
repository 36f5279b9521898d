"""`make bench BASE=commit`: what is called a missed limit, and that both trees are measured."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))
from bench import beside


def _noisy(middle: float, spread: float, rounds: int = 15) -> list[float]:
    rng = random.Random(4)
    return [middle + rng.uniform(-spread, spread) for _ in range(rounds)]


def test_no_difference_is_no_miss():
    """Equal figures have an interval without width, at one."""
    assert beside.interval([1.0] * 15) == (1.0, 1.0, 1.0)
    assert beside.met(1.0)


@pytest.mark.parametrize(
    ("ratios", "met"),
    [
        (_noisy(1.00, 0.2), True),
        (_noisy(1.06, 0.3), True),  # it may be dearer; the rounds do not say so
        (_noisy(1.06, 0.02), False),
        (_noisy(1.50, 0.3), False),
        ([1.0] * 14 + [9.0], True),  # one round that was disturbed
        (_noisy(0.50, 0.1), True),
    ],
)
def test_a_limit_is_missed_when_the_whole_interval_lies_above_it(ratios, met):
    """And the interval is around the median, and the same at every call."""
    middle, low, high = beside.interval(ratios)
    assert low <= middle <= high
    assert met == beside.met(low)
    assert (middle, low, high) == beside.interval(ratios)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    """Of two hundred measurements of a thing, about 190 intervals have its true ratio in them."""
    rng = random.Random(7)
    hits = 0
    for _ in range(200):
        _, low, high = beside.interval([rng.gauss(1.0, 0.05) for _ in range(15)])
        hits += low <= 1.0 <= high
    assert 180 <= hits <= 200


@pytest.mark.forks
def test_what_was_measured_is_what_was_to_be(tmp_path, monkeypatch):
    """A tree is not measured in the name of another, wherever the package was imported from."""
    probe = tmp_path / "probe.py"
    probe.write_text("import json, sys\nprint(json.dumps({'from': sys.argv[1], 'figures': {}}))\n")
    monkeypatch.setattr(beside, "PLACE", tmp_path)
    monkeypatch.setattr(beside, "PROBE", probe)
    base = tmp_path / "base"
    assert beside.measured(base, str(base / "agnt5_sim" / "__init__.py")) == {}
    with pytest.raises(SystemExit, match=r"base was to be measured, and .*other.* was"):
        beside.measured(base, str(tmp_path / "other" / "agnt5_sim" / "__init__.py"))


@pytest.mark.forks
def test_a_commit_that_is_none_is_refused():
    """In one line, which names what was given."""
    with pytest.raises(SystemExit, match=r"^BASE=nowhere-at-all: "):
        beside.unpacked("nowhere-at-all")


def _told(monkeypatch, capsys, ours: float) -> tuple[bool, str]:
    monkeypatch.setattr(
        beside, "measured", lambda tree, *_: {"a life": ours if tree == beside.ROOT else 2.0}
    )
    good = beside.compare(Path("base"), ("seed",), 3)
    return good, capsys.readouterr().out


def test_a_dearer_tree_misses_and_a_cheaper_one_does_not(monkeypatch, capsys):
    """It is this tree's figure over the other's, and what is printed says which is which."""
    good, said = _told(monkeypatch, capsys, 3.0)
    assert not good
    assert "1.500 x  (limit 1.03 x: MISSED)" in said
    assert "3.00 / 2.00 ms" in said
    good, said = _told(monkeypatch, capsys, 1.0)
    assert good
    assert "0.500 x  (limit 1.03 x)" in said
