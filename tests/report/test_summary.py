"""What the sweep says before and after: plain values in, marked lines out."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import agnt5_sim
from agnt5_sim.judging.diagnosis import DEFECTS
from agnt5_sim.report.summary import Asked, Line, header, lines, result_of, tried

ASKED = Asked("1.2.3", "compat", 2, ("kill",), 7, (0, 1))
REPORT = Path(agnt5_sim.__file__).parent / "report"
PACKAGE = "agnt5_sim."
MAY = ("history", "judging", "exploring", "report")


def result(test: str = "t", **about: object) -> dict:
    """Return what is known of the sweep of a test in which nothing broke."""
    kept = {
        "test": test,
        "lives": 1000,
        "planned": 1000,
        "starved": False,
        "points": 12,
        "broken": [],
        "accepted": [],
        "repeated": [],
    }
    return kept | about


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (ASKED, "agnt5-sim: agnt5 1.2.3, profile compat, depth 2, faults kill, seed 7"),
        (
            ASKED._replace(shard=(1, 3), plan="none"),
            "agnt5-sim: agnt5 1.2.3, profile compat, depth 2, faults kill, seed 7, shard 2/3, plan none",
        ),
    ],
)
def test_the_header_says_what_is_swept(asked, expected):
    """The shard and the plan only where there is one."""
    assert expected == header(asked)


def test_a_sweep_in_which_nothing_broke_is_green():
    """Lives and points of all tests together, and what they were held to."""
    told = list(lines([result("b"), result("a", lives=5, planned=7)], ASKED))
    assert told[0].mark == ""
    assert told[0].text.startswith(
        "2 tests, 1,005 lives of 1,007 planned (the budget ended it), at 24 fault points, held to"
    )
    assert told[0].text.endswith("(agnt5 1.2.3, profile compat, depth 2)")
    assert told[1:] == [Line("nothing broke", "good")]


def test_what_broke_is_bad():
    """Guarantee, workflow, step, defect, plan and test; and nothing is green any more."""
    found = {"guarantee": "memo.once", "workflow": "w", "step": "s", "plan": "p", "defect": "A01"}
    told = list(lines([result("t", broken=[found, {**found, "step": "", "defect": ""}])], ASKED))
    assert told[1:] == [
        Line("BROKEN memo.once in w at s [known defect A01]: p  (t)", "bad"),
        Line("BROKEN memo.once in w: p  (t)", "bad"),
    ]


def test_known_defects_and_repeated_effects_are_told_once():
    """However many tests they show in; a guarantee that was accepted is no defect."""
    known = DEFECTS[0]
    about = {"accepted": [known.id, "memo.once"], "repeated": [["charge", "a_0"]]}
    told = list(lines([result("a", **about), result("b", **about)], ASKED))
    how = "harmless" if known.harmless else "accepted"
    assert told[1:3] == [
        Line(f"known defect {known.id} of this SDK ({how}): {known.summary}", "known"),
        Line("at least once here: charge in step a_0; make it idempotent"),
    ]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], ["nothing was swept: there is no scenario and no test marked"]),
        ([result_of("t", None)], ["failed without any fault", "nothing was swept. A gate"]),
        ([result("t", starved=True)], ["t"]),
    ],
)
def test_a_gate_that_did_not_run_is_bad(results, expected):
    """Nothing swept, nothing but failures, or no fault tried."""
    bad = [line.text for line in lines(results, ASKED) if line.mark == "bad"]
    assert [text[: len(start)] for text, start in zip(bad, expected, strict=True)] == expected
    assert not tried(results)
    assert "good" not in {line.mark for line in lines(results, ASKED)}


@pytest.mark.parametrize("path", sorted(REPORT.glob("*.py")), ids=lambda path: path.stem)
def test_the_report_reads_histories_and_nothing_else(path):
    """Neither the SDK nor a world, neither pytest nor the plugin: not even for types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    foreign = {
        name
        for name in imported
        if name.startswith(PACKAGE) and name.removeprefix(PACKAGE).partition(".")[0] not in MAY
    }
    assert foreign == set()
    assert not {"pytest", "agnt5"} & {name.partition(".")[0] for name in imported}
