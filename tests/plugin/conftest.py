"""What the tests of the plugin share: a project of somebody's, in which pytest is run."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from agnt5 import workflow
from agnt5.function import FunctionRegistry
from agnt5.workflow import WorkflowRegistry

import agnt5_sim
from agnt5_sim import explore, simulate
from agnt5_sim.sdk.generations.detect import installed

PROFILES = installed().profiles

SHOP = '''
import asyncio
from agnt5 import function, workflow

OPTIONS = [{"id": "yes", "label": "Yes"}, {"id": "no", "label": "No"}]
SEEN = []


@function
async def charge(ctx, order_id: str) -> dict:
    await asyncio.sleep(1)
    return {"id": f"ch_{order_id}"}


@workflow
async def order(ctx, order_id: str) -> dict:
    charged = await ctx.step(charge, order_id)
    await ctx.sleep(3600, name="hold")
    answer = await ctx.wait_for_user("ship?", input_type="approval", options=OPTIONS)
    return {"charge": charged["id"], "answer": answer}


@workflow
async def small(ctx) -> int:
    return await ctx.step("one", lambda: 1)


@workflow
async def leaky(ctx) -> list:
    """Lean on what the process remembers."""

    async def note():
        SEEN.append(1)
        return 1

    noted = await ctx.step("note", note)
    after = await ctx.step("after", lambda: 2)
    return [len(SEEN), noted, after]


@workflow
async def failing(ctx) -> None:
    raise ValueError("out of stock")


@workflow
async def spinning(ctx) -> None:
    while True:
        await asyncio.sleep(0)


@workflow
async def hogging(ctx) -> None:
    while True:
        pass


@workflow
async def waiting(ctx) -> None:
    await asyncio.Event().wait()
'''

SMALL = """
import pytest
from shop import *

@pytest.mark.agnt5_sim
async def test_small(sim):
    assert await sim.run(small) == 1
"""

LEAKY = """
import pytest
from shop import *

@pytest.mark.agnt5_sim
async def test_leaky(sim):
    SEEN.clear()
    assert (await sim.run(leaky))[1:] == [1, 2]
"""


@workflow(name="plugin_warm_up")
async def _warm_up(ctx) -> int:
    """Be a workflow like any other."""
    return await ctx.step("one", lambda: 1)


@pytest.fixture(scope="session", autouse=True)
def _imported() -> None:
    """Import what is imported when first used: pytester forgets modules a run was first to import."""
    for name in agnt5_sim.__all__:  # a class that is imported twice is two
        getattr(agnt5_sim, name)
    for profile in PROFILES:
        simulate("plugin_warm_up", profile=profile)
    explore("plugin_warm_up", budget=4)


@contextmanager
def _registries() -> Iterator[None]:
    """Let the next project have workflows of the same names: the SDK's registries are the process's."""
    registries = [WorkflowRegistry, FunctionRegistry]
    before = [dict(registry.all()) for registry in registries]
    try:
        yield
    finally:
        for registry, known in zip(registries, before, strict=True):
            registry.clear()
            for config in known.values():
                registry.register(config)


class Project:
    """A folder with workflows, tests and an ini file, in which pytest is run."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        self.ini()
        self.file("shop.py", SHOP)

    def ini(self, **values: object) -> None:
        """Write the ini file."""
        lines = [f"{name} = {value}" for name, value in values.items()]
        text = ["[pytest]", "asyncio_default_fixture_loop_scope = function", *lines, ""]
        (self.path / "pytest.ini").write_text("\n".join(text), encoding="utf-8")

    def file(self, name: str, text: str) -> None:
        """Write a file."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, *args: object, fresh: bool = False, cached: bool = False) -> pytest.RunResult:
        """Run pytest here, or in a fresh process; what came of it is in `report.xml` too."""
        (self.path / "report.xml").unlink(missing_ok=True)
        arguments = [str(arg) for arg in (*args, "--junitxml=report.xml")]
        if fresh:
            return self.pytester.runpytest_subprocess(*arguments)
        if not cached:
            arguments += ["-p", "no:cacheprovider"]
        with _registries():
            return self.pytester.runpytest_inprocess(*arguments)

    def sweep(self, *args: object, **how: bool) -> pytest.RunResult:
        """Run pytest with `--agnt5-sim`."""
        return self.run("--agnt5-sim", *args, **how)

    def swept(self) -> dict[str, dict[str, Any]]:
        """Return what the last run's sweeps came to, by the names of the tests."""
        path = self.path / "report.xml"
        found = {}
        for case in ET.parse(path).iter("testcase"):  # noqa: S314 - pytest wrote it
            for prop in case.iter("property"):
                if prop.get("name") == "agnt5_sim":
                    found[str(case.get("name"))] = json.loads(str(prop.get("value")))
        return found

    def refuses(self, *args: object, says: tuple[str, ...]) -> None:
        """Show that pytest refuses to run, with exit code 4, and says all this."""
        result = self.run(*args)
        text = str(result.stderr) + str(result.stdout)
        assert result.ret == pytest.ExitCode.USAGE_ERROR, text
        assert [part for part in says if part not in text] == [], text
        assert "passed" not in text
        assert "failed" not in text


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    """Return a project with the workflows of a shop and no tests yet."""
    return Project(pytester)


@pytest.fixture
def small(project: Project) -> Project:
    """Return a project with one marked test, of a workflow that does nothing wrong."""
    project.file("test_small.py", SMALL)
    return project


@pytest.fixture
def leaky(project: Project) -> Project:
    """Return a project with one marked test, of a workflow that one kill breaks."""
    project.file("test_leaky.py", LEAKY)
    return project
