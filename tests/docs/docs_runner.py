"""Executes the examples of pages, in a process of its own: `python docs_runner.py GENERATION DIR`.

What takes time is importing pytest, its plugins and the SDK. This process imports them once,
then forks a child for every page and, in it, one for every command the page shows. A page is
a project: its files are written to a directory of its own, its other python blocks are executed
in order in one namespace, and its commands are run there.

For each page that is named on standard input, one a line, one line of JSON is printed: the page,
and for each block its line, whether it was executed, and what its commands printed.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shlex
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from docs_console import commands_in
from docs_pages import ROOT, Block, blocks_of, name_of

INI = "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
WARMING = """
from agnt5 import workflow
import agnt5_sim.api.exploring, agnt5_sim.strategies, hypothesis.stateful, pytest

@workflow
async def warming(ctx) -> int:
    return await ctx.step("warm", int)

@pytest.mark.agnt5_sim
async def test_warming(sim, snapshot):
    assert await sim.run(warming) == 0
"""


class Page:
    """A page at work, in a process of its own.

    Args:
        page: the page.
        generation: of the installed SDK.
        home: where its project is.
    """

    def __init__(self, page: Path, generation: str, home: Path) -> None:
        self.page = page
        self.generation = generation
        self.home = home
        self.names: dict[str, Any] = {"__name__": "example"}
        self.status = 0

    def run(self) -> dict[str, Any]:
        """Execute the blocks of the page, and say what came of them."""
        self.home.mkdir(parents=True)
        os.chdir(self.home)
        (self.home / "pytest.ini").write_text(INI)
        sys.path.insert(0, str(self.home))
        results = []
        for block in blocks_of(self.page):
            result: dict[str, Any] = {
                "line": block.line,
                "executed": False,
                "printed": [],
                "error": "",
            }
            results.append(result)
            if block.only not in {"", self.generation}:
                continue
            try:
                result["printed"] = self._execute(block)
                result["executed"] = True
            except BaseException:  # noqa: BLE001 - told to the test, whatever it is
                result["error"] = traceback.format_exc()
        return {"page": name_of(self.page), "blocks": results}

    def _execute(self, block: Block) -> list[str]:
        if block.file:
            path = self.home / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
            if path.suffix == ".py" and not path.name.startswith(
                ("test_", "scenario_", "conftest")
            ):
                importlib.import_module(block.file.removesuffix(".py").replace("/", "."))
        elif block.language == "python":
            source = "\n" * block.line + block.text
            exec(compile(source, str(block.page), "exec"), self.names)  # noqa: S102 - the page's own
        elif block.language == "console":
            return [self._command(shown.command) for shown in commands_in(block.text)]
        return []

    def _command(self, command: str) -> str:
        if command == "echo $?":
            return str(self.status)
        program, *arguments = shlex.split(command)
        if program != "pytest":
            message = f"{command!r}: a page may show `pytest …` and `echo $?`"
            raise ValueError(message)
        with tempfile.TemporaryFile() as output:
            pid = os.fork()
            if not pid:
                _become_pytest(arguments, output.fileno())
            self.status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            output.seek(0)
            return output.read().decode()


def _become_pytest(arguments: list[str], output: int) -> None:
    """Be pytest, in this process, to its end."""
    code = 99
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        import pytest

        warning = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
        code = int(pytest.main([*arguments, "-W", "error", "-W", warning]))
    except BaseException:  # noqa: BLE001 - printed into what the command printed
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _in_a_child(page: Path, generation: str, home: Path) -> str:
    with tempfile.TemporaryFile() as answer:
        pid = os.fork()
        if not pid:
            try:
                with contextlib.redirect_stdout(sys.stderr):
                    result = Page(page, generation, home).run()
                os.write(answer.fileno(), json.dumps(result).encode())
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        answer.seek(0)
        return answer.read().decode()


def _warm_up(home: Path) -> None:
    """Run pytest once, so that every child begins with all it needs imported."""
    import pytest

    home.mkdir(parents=True)
    (home / "pytest.ini").write_text(INI)
    (home / "test_warming.py").write_text(WARMING)
    with contextlib.redirect_stdout(sys.stderr):
        code = pytest.main(["-q", "--agnt5-sim", "-p", "no:cacheprovider", str(home)])
    if code:
        sys.exit(f"the examples cannot be executed: pytest ended with {code}")


def main() -> None:
    """Execute the pages that are named on standard input, one a line."""
    generation, directory = sys.argv[1:]
    os.environ.update(COLUMNS="80", AGNT5_DISABLE_SDK_TELEMETRY="true", PYTHONDONTWRITEBYTECODE="1")
    for name in (
        "PYTEST_ADDOPTS",
        "PYTEST_CURRENT_TEST",
        "PYTEST_XDIST_WORKER",
        "CI",
        "BUILD_NUMBER",
        "FORCE_COLOR",
        "NO_COLOR",
        "PY_COLORS",
        "GITHUB_ACTIONS",
    ):
        os.environ.pop(name, None)
    _warm_up(Path(directory) / "warming")
    for line in sys.stdin:
        name = line.strip()
        home = Path(directory) / name.removesuffix(".md").replace("/", "-")
        sys.stdout.write(_in_a_child(ROOT / name, generation, home) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
