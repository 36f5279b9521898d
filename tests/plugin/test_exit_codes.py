"""What pytest exits with, and what it says: red exactly when something broke or nothing ran."""

from __future__ import annotations

import pytest

BOTH = """
import pytest
from shop import *
pytestmark = pytest.mark.agnt5_sim

async def test_leaky(sim):
    SEEN.clear()
    assert (await sim.run(leaky))[1:] == [1, 2]

async def test_small(sim):
    assert await sim.run(small) == 1
"""


@pytest.fixture
def both(project):
    """Return a project with a test that breaks and one that does not."""
    project.file("test_both.py", BOTH)
    return project


def test_green_is_nothing(small):
    """Nothing broke: exit code 0, and the summary says how much was lived."""
    result = small.sweep()
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "agnt5-sim: agnt5 *, profile *, depth 1, faults kill, seed 0",
            "*= agnt5-sim =*",
            "1 test, * lives, at * fault points, held to * guarantees (agnt5 *, profile *, depth 1)",
            "nothing broke",
        ]
    )


@pytest.mark.parametrize("options", [(), ("-x",), ("--maxfail=1",), ("-q",), ("--tb=no",)])
def test_something_broke(both, options):
    """Exit code 1 however pytest is called, and the summary names what broke."""
    result = both.sweep(*options)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["BROKEN result.same in leaky: kill *  (test_both.py::test_leaky)"])
    result.stdout.no_fnmatch_line("nothing broke")


def test_ci_is_told_once(leaky, monkeypatch):
    """There pytest sums failures up in full; of a report of many lines it is the first all the same."""
    monkeypatch.setenv("CI", "true")
    lines = leaky.sweep().stdout.lines
    broken = leaky.swept()["test_leaky"]["broken"]
    assert len([line for line in lines if line.startswith("  replay ")]) == len(broken)
    (told,) = [line for line in lines if line.startswith("FAILED ")]
    assert "test_leaky - Failed: result.same is broken: " in told


def test_the_report_says_everything(leaky):
    """Guarantee, workflow, time, expected, seen, the plan of one fault, the replay and the cause."""
    result = leaky.sweep("--agnt5-sim-depth=2", "--agnt5-sim-budget=40")
    assert result.ret == 1
    found = leaky.swept()["test_leaky"]["broken"]
    assert [violation["plan"].count("kill") for violation in found] == [1] * len(found)
    result.stdout.fnmatch_lines(
        [
            "result.same is broken: *",
            "  workflow   leaky (run run-1)",
            "  time       * s of virtual time",
            "  expected   completed [[]1, 1, 2[]]",
            "  seen       completed [[]2, 1, 2[]]",
            f"  plan       {found[0]['plan']}",
            f"  replay     pytest --agnt5-sim test_leaky.py::test_leaky --agnt5-sim-plan '{found[0]['plan']}'",
            "  cause      no known defect of this SDK; look at the workflow first",
        ]
    )


def test_the_place_is_named(project):
    """A finding about a place in the program says which."""
    project.file(
        "test_it.py",
        "import pytest\nfrom shop import *\n"
        "async def pay():\n    return 1\n"
        "@workflow\nasync def paying_outside(ctx):\n"
        "    await pay()\n    return await ctx.step('first', lambda: 1)\n"
        "@pytest.mark.agnt5_sim\nasync def test_paying_outside(sim):\n"
        "    sim.effect(pay)\n    await sim.run(paying_outside)\n",
    )
    assert project.sweep().ret == 1
    (found,) = [
        v
        for v in project.swept()["test_paying_outside"]["broken"]
        if v["guarantee"] == "effect.once"
    ]
    assert found["step"] == "pay"
    result = project.sweep("--agnt5-sim-plan", found["plan"])
    result.stdout.fnmatch_lines(
        ["effect.once is broken: *", f"  at         {found['step']}", "  plan *"]
    )


def test_nothing_to_sweep_is_red(project):
    """An empty folder, ordinary tests only, or everything deselected: a gate that did not run."""
    for options in ((), ("-k", "nothing")):
        result = project.sweep(*options)
        assert result.ret == 1
        result.stdout.fnmatch_lines(
            [
                "nothing was swept: there is no scenario and no test marked agnt5_sim among the tests that ran.*"
            ]
        )
        project.file("test_plain.py", "def test_plain():\n    pass\n")
    assert project.run().ret == 0


def test_skipped_is_not_swept(project):
    """When all that is to be swept is skipped, the gate did not run."""
    project.file(
        "test_it.py",
        "import pytest\nfrom shop import *\npytestmark = pytest.mark.agnt5_sim\n"
        "@pytest.mark.skip\nasync def test_mark(sim):\n    await sim.run(small)\n"
        "async def test_call(sim):\n    pytest.skip('not here')\n",
    )
    result = project.sweep()
    assert result.ret == 1
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["nothing was swept*"])


def test_a_test_that_fails_by_itself_is_told_from_one_that_breaks(project):
    """A failure without faults is the test's own, with its own traceback."""
    project.file(
        "test_it.py",
        "import pytest\nfrom shop import *\n@pytest.mark.agnt5_sim\n"
        "async def test_it(sim):\n    assert await sim.run(small) == 2\n",
    )
    result = project.sweep()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            ">*assert await sim.run(small) == 2",
            "E*assert 1 == 2",
            "failed without any fault, and was not swept: test_it.py::test_it",
            "nothing was swept. A gate that did not run is no gate.",
        ]
    )


def test_an_expected_failure_is_green(leaky):
    """`xfail` is pytest's, and means what it always means."""
    leaky.file(
        "test_leaky.py",
        (leaky.path / "test_leaky.py")
        .read_text()
        .replace("@pytest", "@pytest.mark.xfail(strict=True)\n@pytest"),
    )
    result = leaky.sweep()
    assert result.ret == 0
    result.assert_outcomes(xfailed=1)


def test_collecting_is_quiet(both):
    """--collect-only lives nothing, says nothing and is green."""
    result = both.sweep("--collect-only", "-q")
    assert result.ret == 0
    assert [line for line in result.outlines if line] == [
        "test_both.py::test_leaky",
        "test_both.py::test_small",
        *[line for line in result.outlines if "collected" in line],
    ]


def test_a_part_can_be_chosen(both):
    """-k and node ids choose among swept tests as among others."""
    assert both.sweep("-k", "small").ret == 0
    assert set(both.swept()) == {"test_small"}
    assert both.sweep("test_both.py::test_leaky").ret == 1
    assert set(both.swept()) == {"test_leaky"}


def test_the_last_that_failed_is_lived_again(both):
    """--lf knows a test whose sweep broke something."""
    assert both.sweep(cached=True).ret == 1
    assert both.sweep("--lf", cached=True).ret == 1
    assert set(both.swept()) == {"test_leaky"}


def test_junit_has_the_sweep(both):
    """The property of a swept test is JSON: lives, points, what broke, the digest."""
    both.sweep()
    swept = both.swept()
    assert set(swept) == {"test_leaky", "test_small"}
    assert swept["test_small"]["broken"] == []
    assert sorted(swept["test_leaky"]["broken"][0]) == [
        "defect",
        "guarantee",
        "plan",
        "step",
        "workflow",
    ]
    assert {"test", "lives", "planned", "points", "depth", "accepted", "repeated", "digest"} <= set(
        swept["test_small"]
    )


def test_a_long_sweep_shows_how_far_it_is(small):
    """After a moment a line says how many lives were lived, however output is captured; not with -q.

    In processes of their own: inside one of xdist's, what is written past the capture goes nowhere.
    """
    small.file(
        "conftest.py",
        "from agnt5_sim.plugin import progress\n\nprogress._FIRST_S = progress._EVERY_S = 0.0\n",
    )
    for options in ((), ("-s",), ("--capture=sys",)):
        said = small.sweep(*options, fresh=True).stdout
        said.fnmatch_lines(["test_small.py::test_small: 4/* lives"])
    small.sweep("-q", fresh=True).stdout.no_fnmatch_line("*: 4/* lives")


def test_quiet_makes_no_noise(small):
    """-q leaves the dots, the summary and nothing else."""
    result = small.sweep("-q", "-q")
    assert result.ret == 0
    assert "lives\r" not in str(result.stdout)
    result.stdout.no_fnmatch_line("agnt5-sim: *")


def test_workers_of_xdist_say_the_same(project):
    """Under -n 2 the digests, the summary and the snapshots are those of a run without."""
    project.file("test_both.py", BOTH)
    project.file(
        "scenario_one.py",
        "from shop import *\nasync def scenario_one(sim):\n    await sim.run(small)\n",
    )
    options = ("--agnt5-sim-budget=12", "-p", "no:cacheprovider")
    alone = project.sweep(*options, "--snapshot-update")
    kept = {path: path.read_text() for path in project.path.rglob("*.events")}
    one = project.swept()
    (project.path / "report.xml").unlink()
    together = project.sweep(*options, "-n", "2", "--agnt5-sim-seed=0", fresh=True)
    assert (alone.ret, together.ret) == (1, 1)
    assert project.swept() == one
    assert len(kept) == 1
    assert {path: path.read_text() for path in project.path.rglob("*.events")} == kept
    assert _summary(alone) == _summary(together)


def _summary(result: pytest.RunResult) -> list[str]:
    lines = result.outlines
    first = next(number for number, line in enumerate(lines) if "= agnt5-sim =" in line)
    return [
        line
        for line in lines[first + 1 :]
        if line.startswith(("BROKEN", "known", "at least")) or " lives" in line
    ]


def test_a_bad_marker_is_told_by_a_worker_too(project):
    """Xdist takes a usage error of a worker for a crash, so there the test itself is red."""
    project.file(
        "conftest.py",
        "import pytest\n@pytest.hookimpl(tryfirst=True)\n"
        "def pytest_collection_modifyitems(config):\n    config.workerinput = {'workerid': 'gw0'}\n",
    )
    project.file(
        "test_it.py",
        "import pytest\nfrom shop import *\n@pytest.mark.agnt5_sim(dept=2)\n"
        "async def test_it(sim):\n    await sim.run(small)\n",
    )
    result = project.sweep()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["*the marker agnt5_sim has an unknown argument 'dept'*did you mean 'depth'?"]
    )
