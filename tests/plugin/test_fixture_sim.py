"""The fixture sim: a test on the virtual loop, with a platform and workers around it."""

from __future__ import annotations

import pytest

HEAD = """
import asyncio, datetime, time
import pytest, pytest_asyncio
import agnt5_sim
from agnt5_sim import AnswerRefused, BadInput, NotAWorkflow, RunFailed, RunStuck
from shop import *
"""


@pytest.fixture
def passes(project):
    """Run tests that are all to pass, in as many ways as there are ini files."""

    def passes(text: str, count: int = 1, **ini: object) -> None:
        project.ini(**ini)
        project.file("test_it.py", HEAD + text)
        result = project.run("-W", "error")
        assert result.ret == 0, str(result.stdout)
        result.assert_outcomes(passed=count)

    return passes


@pytest.fixture
def fails(project):
    """Run a test that is to fail, and return its output."""

    def fails(text: str, *args: str) -> pytest.RunResult:
        project.file("test_it.py", HEAD + text)
        result = project.run(*args)
        assert result.ret == 1, str(result.stdout)
        return result

    return fails


def test_a_test_runs_on_the_virtual_loop_without_a_mark(passes):
    """A year passes at once, in the test, in the workflow, and on every clock."""
    passes("""
async def test_year(sim):
    before = time.time(), datetime.datetime.now()
    await asyncio.sleep(365 * 86_400)
    assert time.time() - before[0] == 365 * 86_400
    assert datetime.datetime.now() - before[1] == datetime.timedelta(days=365)
    assert sim.clock.elapsed() == 365 * 86_400
    assert sim.clock.now() == datetime.datetime(2027, 1, 1, tzinfo=datetime.timezone.utc)
    await sim.advance("1d 12h")
    await sim.advance(datetime.timedelta(hours=1))
    await sim.advance(1.5)
    assert sim.clock.elapsed() == 365 * 86_400 + 37 * 3600 + 1.5
""")


def test_a_run_can_be_asked_everything(passes):
    """Question, answer, result, steps, attempts, events and state of a run."""
    passes("""
async def test_order(sim):
    run = await sim.submit(order, {"order_id": "o-1"}, user_id="u-1")
    assert (run.id, run.status, run.output, run.pauses) == ("run-1", "queued", None, ())
    pause = await run.paused()
    assert (run.status, sim.clock.elapsed()) == ("paused", 3601)
    assert (pause.index, pause.question, pause.input_type) == (0, "ship?", "approval")
    assert (pause.options, pause.answer) == (("yes", "no"), None)
    await run.answer("yes")
    assert await run.result() == {"charge": "ch_o-1", "answer": "yes"}
    assert (run.status, run.error, run.output) == ("completed", "", await run.result())
    step = run.step("charge")
    assert (step.label, step.executions, step.result, step.error) == ("charge", 1, {"id": "ch_o-1"}, "")
    assert run.step(step.name) == step
    assert step in run.steps
    assert run.pauses[0].answer == "yes"
    assert run.attempts >= 2
    assert run.event_types()[0] == run.events[0].type
    assert "run-1 completed" in repr(run)
    with pytest.raises(KeyError, match="no step of run-1 named 'chrge'; its steps are: "):
        run.step("chrge")
""")


def test_stubs_stand_in_for_steps(passes):
    """Results, errors, functions and sequences, by function and by name, before and during a life."""
    passes(
        """
@pytest.fixture
def stubbed(sim):
    sim.stub(charge, returns={"id": "before"})

async def test_stubs(stubbed, sim):
    async def charged(**ids):
        run = await sim.submit(order, {"order_id": "o"})
        await run.paused()
        await run.answer("no")
        return (await run.result())["charge"]

    assert await charged() == "before"
    sim.stub("charge", returns={"id": "by name"})
    sim.stub(charge, side_effect=lambda order_id: {"id": order_id * 2})
    assert await charged() == "oo"
    sim.stub(charge, sequence=[ValueError("declined"), {"id": "second"}])
    with pytest.raises(RunFailed, match="run-3 failed: .*declined"):
        await sim.run(order, {"order_id": "o"})
    assert await charged() == "second"
    sim.stub("one", raises=KeyError("gone"))
    with pytest.raises(RunFailed, match="gone") as failed:
        await sim.run(small)
    assert failed.value.run.status == "failed"
    with pytest.raises(ValueError, match="exactly one of returns=, raises=, side_effect= and sequence="):
        sim.stub("one", returns=1, raises=KeyError)
    with pytest.raises(ValueError, match="exactly one of"):
        sim.stub("one")
"""
    )


def test_a_worker_is_killed_and_a_run_is_cancelled(passes):
    """A kill loses the attempt and not the run; a cancelled run has no result."""
    passes(
        """
async def test_kill(sim):
    run = await sim.submit(order, {"order_id": "o"})
    await sim.advance(0.5)
    sim.kill(run)
    await run.paused()
    assert run.step("charge").executions == 2
    sim.kill()
    await run.answer("yes")
    assert (await run.result())["answer"] == "yes"
    assert [violation for violation in sim.violations if violation.defect is None] == []
    assert len(sim.history.select("fault.kill")) >= 1

async def test_cancel(sim):
    run = await sim.submit(order, {"order_id": "o"})
    await run.paused()
    await run.cancel()
    assert run.status == "cancelled"
    with pytest.raises(RunFailed, match="run-1 cancelled"):
        await run.result()
    with pytest.raises(AnswerRefused, match="cancelled"):
        await run.answer("yes")
    await run.cancel()

async def test_an_answer_after_the_end(sim):
    run = await sim.submit(order, {"order_id": "o"})
    await run.paused()
    await run.answer("yes")
    await run.result()
    with pytest.raises(AnswerRefused):
        await run.answer("no")
""",
        3,
    )


def test_answers_that_cannot_be_taken_are_refused(passes):
    """Before a question, twice, of no index, and none of the options: each says what would do."""
    passes("""
async def test_refused(sim):
    run = await sim.submit(order, {"order_id": "o"})
    with pytest.raises(AnswerRefused):
        await run.answer("yes")
    await run.paused()
    with pytest.raises(AnswerRefused, match="yes.*no"):
        await run.answer("maybe")
    with pytest.raises(AnswerRefused):
        await run.answer("yes", index=1)
    await run.answer("yes", index=0)
    with pytest.raises(AnswerRefused):
        await run.answer("no")
    assert (await run.result())["answer"] == "yes"
""")


def test_a_run_that_never_asks_has_no_pause(passes):
    """Waiting for a question says how the run ended instead."""
    passes("""
async def test_never(sim):
    run = await sim.submit(small)
    with pytest.raises(RunFailed, match="run-1 ended completed without asking: 1"):
        await run.paused()
    run = await sim.submit(failing)
    with pytest.raises(RunFailed, match="run-2 ended failed without asking: .*out of stock"):
        await run.paused()
""")


def test_runs_live_side_by_side(passes):
    """Several runs, of one session and one user, in one time."""
    passes("""
async def test_runs(sim):
    runs = [
        await sim.submit(order, {"order_id": f"o-{n}"}, session_id="s", user_id="u") for n in range(3)
    ]
    assert [run.id for run in runs] == ["run-1", "run-2", "run-3"]
    for run in runs:
        await run.paused()
    assert sim.clock.elapsed() == 3601
    for run in reversed(runs):
        await run.answer("yes")
    results = await asyncio.gather(*(run.result() for run in runs))
    assert [result["charge"] for result in results] == ["ch_o-0", "ch_o-1", "ch_o-2"]
    mine = await sim.submit(small, run_id="mine")
    assert (mine.id, await mine.result()) == ("mine", 1)
    assert await sim.run("small") == 1
""")


def test_state_belongs_to_its_scope(passes):
    """Runs of one session share its state; another session has its own; a run without has its own too."""
    passes(
        """
@workflow
async def counting(ctx) -> int:
    ctx.state.set("count", ctx.state.get("count", 0) + 1)
    return ctx.state.get("count")

async def test_state(sim):
    counts = [await sim.run(counting, session_id=session) for session in ("a", "a", "b")]
    assert counts == [1, 2, 1]
    run = await sim.submit(counting, session_id="a")
    assert (await run.result(), run.state["count"]) == (3, 3)
    assert (await sim.submit(small)).state in (None, {})
"""
    )


def test_what_cannot_be_run_is_refused(passes):
    """No workflow, no input of its parameters: said at the call."""
    passes("""
async def test_refused(sim):
    with pytest.raises(NotAWorkflow, match="did you mean 'small'"):
        await sim.run("smal")
    with pytest.raises(NotAWorkflow):
        await sim.run(lambda ctx: None)
    with pytest.raises(BadInput, match="order_id"):
        await sim.run(order, {"orderid": "o"})
    with pytest.raises(agnt5_sim.NotJson):
        await sim.run(order, {"order_id": {1}})
    with pytest.raises(ValueError, match="is no span of time"):
        await sim.advance("soon")
    with pytest.raises(ValueError, match="is no span of time"):
        await sim.advance(-1)
""")


def test_a_wait_that_can_never_end_is_told_at_the_await(fails):
    """A question nobody answers: the await fails at once, and says what everything waits for."""
    result = fails("""
async def test_stuck(sim):
    run = await sim.submit(order, {"order_id": "o"})
    await run.result()
""")
    result.stdout.fnmatch_lines([">*await run.result()", "E*RunStuck: run-1 cannot go on: *ship?*"])


def test_every_wait_is_listed(passes):
    """All who wait are told, and the message names every task's wait."""
    passes("""
async def test_stuck(sim):
    runs = [await sim.submit(waiting), await sim.submit(order, {"order_id": "o"})]
    told = await asyncio.gather(*(run.result() for run in runs), return_exceptions=True)
    assert [type(error) for error in told] == [RunStuck, RunStuck]
    assert "run-1 cannot go on" in str(told[0])
    assert "asyncio.Event" in str(told[0]) or "Event" in str(told[0])
    assert "run-2 cannot go on" in str(told[1])
    assert "ship?" in str(told[1])
    await runs[1].answer("yes")
    assert (await runs[1].result())["answer"] == "yes"
""")


def test_the_test_itself_can_be_stuck(fails):
    """A test that waits for nothing that can come fails at once, instead of hanging."""
    result = fails("""
async def test_stuck(sim):
    await asyncio.Event().wait()
""")
    result.stdout.fnmatch_lines(["*Stuck: *test_stuck*"])


def test_a_failed_run_says_why(fails):
    """The error of the workflow is in the failure, at the line of the test."""
    result = fails("""
async def test_failed(sim):
    await sim.run(failing)
""")
    result.stdout.fnmatch_lines(
        [">*await sim.run(failing)", "E*RunFailed: run-1 failed: *out of stock*"]
    )


def test_other_tests_stay_on_the_stock_loop(passes):
    """Only tests that ask for `sim` are on a virtual loop; the others keep theirs and its clock."""
    passes(
        """
@pytest.mark.asyncio
async def test_stock():
    assert isinstance(asyncio.get_running_loop(), asyncio.SelectorEventLoop)
    began = time.monotonic()
    await asyncio.sleep(0.05)
    assert time.monotonic() - began >= 0.04

async def test_virtual(sim):
    assert type(asyncio.get_running_loop()).__name__ == "VirtualLoop"

class TestClass:
    async def test_virtual(self, sim):
        assert await sim.run(small) == 1

    @pytest.mark.asyncio
    async def test_stock(self):
        assert isinstance(asyncio.get_running_loop(), asyncio.SelectorEventLoop)

def test_plain():
    assert time.time() > 1_700_000_000
""",
        5,
    )


def test_another_plugin_may_choose_loops(project):
    """A conftest that chooses loops keeps its choice for its tests, and `sim` has its own."""
    project.file(
        "conftest.py",
        "import asyncio\nclass Own(asyncio.SelectorEventLoop):\n    pass\n"
        "def pytest_asyncio_loop_factories(config, item):\n    return {'own': Own, 'stock': asyncio.new_event_loop}\n",
    )
    project.file(
        "test_it.py",
        HEAD
        + """
@pytest.mark.asyncio
async def test_other(request):
    own = type(asyncio.get_running_loop()).__name__ == "Own"
    assert own == request.node.name.endswith("[own]")

async def test_sim(sim):
    assert await sim.run(small) == 1
""",
    )
    result = project.run("-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        ["*::test_other[[]own] PASSED*", "*::test_other[[]stock] PASSED*", "*::test_sim PASSED*"]
    )


@pytest.mark.parametrize("mode", ["strict", "auto"])
@pytest.mark.parametrize("scope", ["function", "module", "session"])
def test_wider_loops_are_for_others(passes, mode, scope):
    """In every mode and under every default scope `sim` has a loop, and a world, of its own."""
    passes(
        """
LOOPS = []

@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def wide():
    LOOPS.append(asyncio.get_running_loop())
    return 5

@pytest.mark.asyncio(loop_scope="module")
async def test_before(wide):
    assert asyncio.get_running_loop() in LOOPS

@pytest.mark.parametrize("number", [1, 2])
async def test_sim(sim, number):
    assert sim.clock.elapsed() == 0
    assert asyncio.get_running_loop() not in LOOPS
    assert await sim.run(small) == 1

@pytest.mark.asyncio
async def test_marked(sim):
    assert await sim.run(small) == 1

async def test_with_a_wide_fixture(sim, wide):
    assert (wide, await sim.run(small)) == (5, 1)

@pytest.mark.asyncio(loop_scope="module")
async def test_after(wide):
    assert asyncio.get_running_loop() in LOOPS
""",
        6,
        asyncio_mode=mode,
        asyncio_default_test_loop_scope=scope,
    )


def test_a_module_marked_for_a_wide_loop_leaves_sim_its_own(passes):
    """A mark on the module is for those that do not ask for `sim`."""
    passes(
        """
pytestmark = pytest.mark.asyncio(loop_scope="module")

async def test_one(sim):
    assert await sim.run(small) == 1

async def test_two(sim):
    assert await sim.run(small) == 1

async def test_stock():
    assert isinstance(asyncio.get_running_loop(), asyncio.SelectorEventLoop)
""",
        3,
    )


def test_async_fixtures_are_on_the_same_loop(passes):
    """Before `sim`, after it and through it: one loop, one time, and a fixture may run workflows."""
    passes(
        """
@pytest_asyncio.fixture
async def first():
    await asyncio.sleep(10)
    yield asyncio.get_running_loop()
    await asyncio.sleep(10)

@pytest_asyncio.fixture
async def done(sim):
    run = await sim.submit(small)
    await run.result()
    yield run
    assert run.status == "completed"

@pytest.fixture
def through(sim):
    return sim

async def test_fixtures(first, done, sim):
    assert first is asyncio.get_running_loop()
    assert done.output == 1
    assert await sim.run(small) == 1
    assert sim.clock.elapsed() == 10

async def test_through(through):
    assert await through.run(small) == 1
""",
        2,
    )


def test_simulate_and_explore_work_beside_it(passes):
    """A test of either kind may live other lives, a fixture's `sim` around it or not."""
    passes(
        """
from hypothesis import given, settings, strategies as st

@pytest.fixture(autouse=True)
def stubbed(sim):
    sim.stub("one", returns=2)

def test_simulate():
    assert agnt5_sim.simulate(small).output == 1
    assert agnt5_sim.simulate(small, stubs={"one": 3}).check().output == 3

def test_explore():
    exploration = agnt5_sim.explore(small).check()
    assert exploration.coverage == 1.0
    assert exploration.runs > 3
""",
        2,
    )


def test_hypothesis_lives_a_life_for_every_example(passes):
    """@given and simulate(): a property over inputs and fault plans."""
    passes(
        """
from hypothesis import given, settings, strategies as st
from agnt5_sim.strategies import fault_plans, inputs

@given(given=inputs(order), plan=fault_plans(reach=12, max_faults=2))
@settings(max_examples=15, deadline=None, derandomize=True, database=None)
def test_any(given, plan):
    outcome = agnt5_sim.simulate(order, given, faults=plan, answers=["yes"]).check()
    assert outcome.output["answer"] == "yes"

@given(plan=fault_plans(reach=6, max_faults=1))
@settings(max_examples=5, deadline=None, derandomize=True, database=None)
@pytest.mark.asyncio
async def test_async(plan):
    assert len(plan) <= 1
""",
        2,
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "def test_it(sim):\n    sim.run(small)\n",
            (
                "test_it.py::test_it asks for `sim` and is no `async def`. Write `async def test_it(sim)`,"
                " or call agnt5_sim.simulate() instead"
            ),
        ),
        (
            "@pytest.mark.asyncio(loop_scope='session')\nasync def test_it(sim):\n    pass\n",
            (
                "test_it.py::test_it asks for `sim`, whose loop is of its own world and cannot be shared:"
                " take loop_scope='session' off its asyncio marker"
            ),
        ),
        (
            (
                "@pytest.mark.asyncio\nasync def test_it(request):\n"
                "    sim = request.getfixturevalue('sim')\n    await sim.run(small)\n"
            ),
            (
                "*RuntimeError: `sim` is used on *, which is not its own: let the test itself, or a fixture"
                " it names, ask for `sim` as an argument"
            ),
        ),
    ],
    ids=["plain", "wide", "late"],
)
def test_misuse_is_named(fails, text, says):
    """What would simulate nothing, or hang, fails and says how it is written."""
    fails(text).stdout.fnmatch_lines([f"*{says}"])


def test_nothing_is_left_behind(project):
    """After tests that failed the clock, the network and entropy are real, and the next life is new."""
    project.file(
        "test_it.py",
        HEAD
        + """
import random, socket

@pytest.mark.xfail(strict=True, raises=RunStuck)
async def test_stuck(sim):
    await sim.run(order, {"order_id": "o"})

@pytest.mark.xfail(strict=True, raises=ZeroDivisionError)
async def test_error(sim):
    await sim.submit(order, {"order_id": "o"})
    1 / 0

def test_real():
    assert time.time() - 1767225600 not in (0, 3601)
    socket.create_server(("127.0.0.1", 0)).close()
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()

async def test_next(sim):
    assert sim.clock.elapsed() == 0
    assert (await sim.submit(small)).id == "run-1"
""",
    )
    result = project.run("-W", "error")
    assert result.ret == 0, str(result.stdout)
    result.assert_outcomes(passed=2, xfailed=2)
