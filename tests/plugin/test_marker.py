"""The marker agnt5_sim: sweeps an ordinary test."""

from __future__ import annotations

import pytest

from agnt5_sim.judging.diagnosis import DEFECTS

KNOWN = DEFECTS[0].id

COUNTED = """
import pathlib
import pytest
from shop import *

@pytest.mark.agnt5_sim
async def test_counted(sim):
    with open("lives", "a") as lives:
        lives.write("x")
    assert await sim.run(small) == 1
"""


def _marked(project, how: str) -> None:
    project.file(
        "test_marked.py",
        "import pytest\nfrom shop import *\n"
        f"@pytest.mark.agnt5_sim{how}\nasync def test_marked(sim):\n    await sim.run(small)\n",
    )


def test_without_the_option_it_lives_once(project):
    """A marked test is an ordinary test until --agnt5-sim is given."""
    project.file("test_counted.py", COUNTED)
    result = project.run()
    assert result.ret == 0
    assert (project.path / "lives").read_text() == "x"


def test_under_the_option_it_is_lived_again_and_again(project):
    """So often as the summary says."""
    project.file("test_counted.py", COUNTED)
    result = project.sweep()
    assert result.ret == 0
    lives = len((project.path / "lives").read_text())
    assert project.swept()["test_counted"]["lives"] == lives
    result.stdout.fnmatch_lines([f"1 test, {lives} lives, *"])


def test_a_class_and_a_module_can_be_marked(project):
    """The marker works wherever markers do, and the nearest goes before the others."""
    project.file(
        "test_marked.py",
        "import pytest\nfrom shop import *\n"
        "pytestmark = pytest.mark.agnt5_sim(budget=4)\n"
        "async def test_in_module(sim):\n    await sim.run(small)\n"
        "@pytest.mark.agnt5_sim(budget=5)\n"
        "class TestClass:\n"
        "    async def test_in_class(self, sim):\n        await sim.run(small)\n"
        "    @pytest.mark.agnt5_sim(budget=6)\n"
        "    async def test_own(self, sim):\n        await sim.run(small)\n",
    )
    assert project.sweep().ret == 0
    assert {name: swept["lives"] for name, swept in project.swept().items()} == {
        "test_in_module": 4,
        "test_in_class": 5,
        "test_own": 6,
    }


def test_parameters_and_fixtures_are_handed_over(project):
    """Every life gets the test's arguments; stubs a fixture declares hold in each."""
    project.file(
        "test_marked.py",
        "import pytest, pytest_asyncio\nfrom shop import *\n"
        "@pytest.fixture\ndef stubbed(sim):\n    sim.stub('one', returns=7)\n"
        "@pytest_asyncio.fixture\nasync def also():\n    await asyncio.sleep(5)\n    return 7\n"
        "@pytest.mark.agnt5_sim\n@pytest.mark.parametrize('number', [7, 8])\n"
        "async def test_marked(sim, stubbed, also, number, tmp_path):\n"
        "    assert tmp_path.is_dir()\n"
        "    assert await sim.run(small) == also\n",
    )
    result = project.sweep()
    assert result.ret == 0
    assert set(project.swept()) == {"test_marked[7]", "test_marked[8]"}


def test_a_known_defect_is_accepted(project):
    """Ids of known defects are taken, one or several."""
    for how in (f"(accept='{KNOWN}')", f"(accept=['{KNOWN}'])", "(accept=())"):
        _marked(project, how)
        assert project.sweep("--agnt5-sim-budget=4").ret == 0


def test_what_it_accepts_is_added_to_what_the_ini_file_accepts(project):
    """Of the ids to accept alone: a depth of the ini file gives way to the marker's."""
    project.file(
        "conftest.py",
        "from agnt5_sim.plugin import marker, options\n"
        "def pytest_collection_modifyitems(config, items):\n"
        "    how = marker.sweep_of(items[0], options.read(config))\n"
        "    print('asked:', how.depth, *how.accept)\n",
    )
    other = DEFECTS[1].id
    project.ini(agnt5_sim_accept=KNOWN, agnt5_sim_depth=3)
    _marked(project, f"(accept='{other}', depth=2)")
    result = project.run("--collect-only", "-s")
    result.stdout.fnmatch_lines([f"asked: 2 {' '.join(sorted({KNOWN, other}))}"])


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (
            "(dept=2)",
            "has an unknown argument 'dept': allowed are depth, budget, faults, accept; did you mean 'depth'?",
        ),
        ("(2)", "takes keywords only: depth, budget, faults, accept"),
        (
            "(depth=0)",
            "depth=0 cannot be used; allowed: a whole number of at least 1 and at most 5",
        ),
        (
            "(depth='2')",
            "depth='2' cannot be used; allowed: a whole number of at least 1 and at most 5",
        ),
        ("(depth=True)", "depth=True cannot be used"),
        (
            "(faults='kil')",
            "unknown fault kind 'kil': allowed are kill, stall, slow, lost; did you mean 'kill'?",
        ),
        ("(depth=None)", "depth=None cannot be used"),
        ("(faults=())", "faults=() cannot be used; allowed: kinds of fault: kill"),
        ("(faults=3)", "faults=3 cannot be used; allowed: kinds of fault: kill"),
        ("(faults=[3])", "unknown fault kind 3: allowed are kill"),
        (
            "(budget='soon')",
            "'soon' is no budget: write a number of lives (500) or a time (30s, 5m)",
        ),
        ("(budget=0)", "0 is no budget"),
        ("(accept='E')", "unknown defect 'E': allowed are"),
        (f"(accept='{KNOWN}x')", f"did you mean '{KNOWN}'?"),
        ("(accept=5)", "accept=5 cannot be used; allowed: ids of known defects"),
    ],
)
def test_what_a_marker_cannot_say_is_refused(project, how, says):
    """A usage error names the test, the argument and what is allowed, before anything runs."""
    _marked(project, how)
    project.refuses("--agnt5-sim", says=("test_marked.py::test_marked: the marker agnt5_sim", says))


def test_a_marked_test_that_cannot_be_swept_says_so(project):
    """A plain function, and one without `sim`, is red; so is one that starts no run."""
    project.file(
        "test_marked.py",
        "import pytest\npytestmark = pytest.mark.agnt5_sim\n"
        "def test_plain():\n    pass\n"
        "@pytest.mark.asyncio\nasync def test_without():\n    pass\n"
        "async def test_nothing(sim):\n    pass\n",
    )
    result = project.sweep()
    assert result.ret == 1
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "test_marked.py::test_plain is to be swept, and is no `async def` test that asks for the `sim` fixture",
            "test_marked.py::test_without is to be swept, and is no `async def` test that asks for the `sim` fixture",
            "it started no run: there is nothing to sweep",
            "failed without any fault, and was not swept: test_marked.py::test_nothing",
            "nothing was swept. A gate that did not run is no gate.",
        ]
    )


def test_a_test_that_keeps_something_says_so(project):
    """What one life leaves to the next is found in the lives without faults, and said."""
    project.file(
        "test_marked.py",
        "import pytest\nfrom shop import *\n"
        "@pytest.fixture\ndef kept():\n    return []\n"
        "@pytest.mark.agnt5_sim\nasync def test_marked(sim, kept):\n"
        "    kept.append(1)\n    await sim.run(small)\n    assert len(kept) == 1\n",
    )
    result = project.sweep("--agnt5-sim-budget=4")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "result.same is broken: an assertion of the test failed in another life without faults: *",
            "*plan *none",
        ]
    )


def test_subtests_are_refused(project):
    """They report to pytest, past the sweep: better refused than lost."""
    project.file(
        "test_marked.py",
        "import pytest\nfrom shop import *\n@pytest.mark.agnt5_sim\n"
        "async def test_marked(sim, subtests):\n"
        "    with subtests.test('one'):\n        assert await sim.run(small) == 1\n",
    )
    result = project.sweep()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["test_marked.py::test_marked is to be swept, and asks for `subtests`, *"]
    )


def test_what_a_failing_test_broke_is_said(project):
    """A test that fails without any fault names the guarantees its life broke."""
    project.file(
        "test_marked.py",
        "import pytest\nfrom agnt5 import workflow\n"
        "def note(n):\n    return n\n"
        "def matters():\n    pass\n"
        "@workflow\nasync def twice(ctx):\n"
        "    matters()\n    await ctx.wait_for_user('?')\n    return 1\n"
        "@pytest.mark.agnt5_sim\nasync def test_marked(sim):\n"
        "    sim.effect(matters)\n    run = await sim.submit(twice)\n"
        "    await run.paused()\n    await run.answer('y')\n"
        "    assert await run.result() == 2\n",
    )
    result = project.sweep()
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["*effect.once is broken in this life without faults: matters((), {}) happened 2 times: *"]
    )


def test_the_address_of_an_object_is_no_entropy(project):
    """An error that shows an object, as many do, is the same error in another life."""
    project.file(
        "test_marked.py",
        "import pytest\nfrom agnt5 import workflow\n"
        "class Client:\n    pass\n"
        "def show():\n    return repr(Client())\n"
        "@workflow\nasync def shows(ctx):\n    await ctx.step('show', show)\n"
        "@pytest.mark.agnt5_sim\nasync def test_marked(sim):\n    await sim.run(shows)\n",
    )
    assert project.sweep().ret == 0


def test_the_marker_is_known(project):
    """`--markers` lists it, and --strict-markers takes it."""
    result = project.run("--markers")
    result.stdout.fnmatch_lines(
        ["@pytest.mark.agnt5_sim(depth=1, budget=None, faults=('kill',), accept=()): *"]
    )
    _marked(project, "")
    assert project.run("--strict-markers").ret == 0


def test_steps_that_share_a_semaphore_of_their_module_are_no_finding(project):
    """A killed worker takes what it held with it, and the next has a loop of its own."""
    project.ini(agnt5_sim_accept="A02")
    project.file(
        "test_quote.py",
        """
import asyncio
import pytest
from agnt5 import workflow

SEM = asyncio.Semaphore(2)

async def price(item):
    async with SEM:
        await asyncio.sleep(1)
        return len(item)

@workflow
async def quote(ctx, items: list[str]) -> int:
    return sum(await asyncio.gather(*(ctx.step(f"p-{i}", price, x) for i, x in enumerate(items))))

@pytest.mark.agnt5_sim
async def test_quote(sim):
    assert await sim.run(quote, {"items": ["a", "b", "c"]}) == 3
""",
    )
    result = project.sweep()
    assert result.ret == 0, str(result.stdout)


def test_durations_are_volatile_in_a_test_that_asks_for_violations_too(project):
    """Its life on a slow platform breaks no promise about the time of a sleep."""
    project.file(
        "test_nap.py",
        """
import time

import pytest
from agnt5 import workflow

@workflow
async def nap(ctx) -> dict:
    began = await ctx.step("began", time.time)
    await ctx.sleep(60, name="nap")
    return {"slept": round(await ctx.step("woke", time.time) - began), "rested": True}

@pytest.mark.agnt5_sim
async def test_nap(sim):
    assert (await sim.run(nap))["rested"] is True
    assert sim.violations == ()
""",
    )
    project.sweep().assert_outcomes(passed=1)
    assert project.swept()["test_nap"]["broken"] == []
