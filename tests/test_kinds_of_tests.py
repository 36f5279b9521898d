"""Which tests a quick run leaves out, and that it holds the others to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from kinds_of_tests import marks_of
from life_workflows import life_small
from order_of_tests import pytest_collection_modifyitems

from agnt5_sim import explore, simulate

HEAD = """
import sys
import pytest
import agnt5_sim
from agnt5 import workflow

@workflow
async def small(ctx) -> int:
    return await ctx.step("one", int)

def test_plain():
    agnt5_sim.simulate(small)
"""
UNSEEN = """
def test_sweeps():
    getattr(agnt5_sim, "exp" + "lore")(small)

def test_forks():
    popen = getattr(sys.modules["sub" + "process"], "Popen")
    assert popen([sys.executable, "-c", ""]).wait() == 0

@pytest.mark.sweeps
def test_marked():
    getattr(agnt5_sim, "exp" + "lore")(small)

@pytest.mark.slow(reason="it is")
def test_slow():
    pass
"""


def _plain():
    simulate(life_small)


def _swept():
    return explore(life_small)


def _through_a_helper():
    def inner():
        return _swept().runs

    return inner


def _started():
    return subprocess.run([sys.executable, "-c", ""], check=True)


def _with_a_keyword(project):
    return project.run(fresh=True)


@pytest.mark.parametrize(
    ("functions", "marks"),
    [
        ([_plain], set()),
        ([_plain, None, 3, "explore"], set()),
        ([_swept], {"sweeps"}),
        ([_plain, _swept], {"sweeps"}),
        ([explore], {"sweeps"}),
        ([_through_a_helper], {"sweeps"}),
        ([_started, _swept], {"sweeps", "forks"}),
        ([_with_a_keyword], {"forks"}),
    ],
)
def test_a_test_is_marked_by_what_it_names(functions, marks):
    """In its own code, in that of its fixtures and helpers, and among its parameters."""
    assert marks == marks_of(functions)


@pytest.fixture
def run(pytester, monkeypatch):
    """Return what makes a quick run of tests in a fresh pytest."""
    here = Path(__file__).parent
    monkeypatch.setenv("PYTHONPATH", f"{here}:{here.parent}")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\nmarkers =\n  sweeps\n  forks\n  examples\n  slow\n")

    def run(text: str) -> pytest.RunResult:
        pytester.makepyfile(test_it=HEAD + text)
        return pytester.runpytest_subprocess("-p", "kinds_of_tests", "--quick")

    return run


def test_what_a_quick_run_does_not_see_fails_in_it(run):
    """A test that gets past the search is told of, by name; one that is marked by hand is left out."""
    quick = run(UNSEEN)
    quick.assert_outcomes(passed=1, failed=2, deselected=2)
    quick.stdout.fnmatch_lines(
        [
            "test_it.py::test_sweeps sweeps, and nothing it names says so: mark it",
            "test_it.py::test_forks forks, and nothing it names says so: mark it",
        ]
    )


def test_a_slow_test_says_why(run):
    """A mark without a reason is an error."""
    refused = run("@pytest.mark.slow\ndef test_it():\n    pass\n")
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
    refused.stderr.fnmatch_lines(["*test_it.py::test_it is marked slow without a reason"])


def test_another_order_has_the_same_tests():
    """`--shuffle` changes the order by its seed, file by file; without it nothing is changed."""
    tests = [SimpleNamespace(path=number // 5, number=number) for number in range(20)]

    def order(seed: str | None) -> list[int]:
        items = list(tests)
        pytest_collection_modifyitems(SimpleNamespace(getoption={"shuffle": seed}.get), items)
        return [item.number for item in items]

    plain, one, other = order(None), order("1"), order("2")
    assert plain == sorted(one) == sorted(other) == list(range(20))
    assert one == order("1")
    assert len({tuple(each) for each in (plain, one, other)}) == 3
    assert [len({number // 5 for number in one[at : at + 5]}) for at in (0, 5, 10, 15)] == [1] * 4
