"""The package as others install it: `python check_package.py PYTHON`, for `make package`.

Builds sdist and wheel, and the wheel once more from the sdist, which must be the same. Installs it
beside each generation of the SDK, once with the lowest version of everything that pyproject.toml
allows and once with the newest, and executes the examples of the readme there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "docs")]

from docs_console import as_shown, commands_in  # noqa: E402 - found by the line above
from docs_pages import blocks_of  # noqa: E402 - likewise
from lower_bounds import lowest  # noqa: E402 - likewise
from packaging.version import Version  # noqa: E402 - and so that these are together

SDKS = {"A": "0.3.2a1", "E": "0.14.5"}
README = ROOT / "README.md"
OUTSIDE = {
    name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))
}
"""The environment without what would let a process see this tree."""
TELL = """
import agnt5_sim, importlib.metadata as m, json, sys
print(json.dumps([agnt5_sim.__file__, {d.name.lower().replace('_', '-'): d.version for d in m.distributions()}]))
"""


def build(folder: Path) -> Path:
    """Build both, and return the wheel: the one made from the sdist holds the same files."""
    _run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT)
    (sdist,) = folder.glob("*.tar.gz")
    (wheel,) = folder.glob("*.whl")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (source,) = (folder / "unpacked").iterdir()
    again = folder / "again"
    _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(again)], source)
    (other,) = again.glob("*.whl")
    same("the wheel from the sdist", _files(wheel), _files(other))
    same("the package in the wheel", _package_files(), _in_package(wheel))
    return wheel


def _files(wheel: Path) -> dict[str, int]:
    with zipfile.ZipFile(wheel) as archive:
        return {info.filename: info.CRC for info in archive.infolist()}


def _in_package(wheel: Path) -> list[str]:
    return sorted(name for name in _files(wheel) if name.startswith("agnt5_sim/"))


def _package_files() -> list[str]:
    tracked = _run(["git", "ls-files", "agnt5_sim"], ROOT) if (ROOT / ".git").exists() else ""
    return sorted(tracked.split()) or sorted(
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "agnt5_sim").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )


def install(python: str, home: Path, wheel: Path, sdk: str, pins: dict[str, str]) -> Path:
    """Install the wheel in an environment of its own, and return its interpreter.

    Args:
        python: the interpreter the environment is made with.
        home: where it is made.
        wheel: what is installed.
        sdk: the version of the SDK beside it.
        pins: versions of its dependencies, by their names; the newest of what is not in it.
    """
    _run([python, "-m", "venv", str(home)])
    constraints = home / "constraints.txt"
    constraints.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()))
    inside = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [str(inside), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile"]
    _run([*pip, "-c", str(constraints), str(wheel), f"agnt5=={sdk}"])
    place, versions = json.loads(_run([str(inside), "-c", TELL], home))
    if not Path(place).is_relative_to(home.resolve()):
        sys.exit(f"what was imported is not what was installed: {place}")
    expected = {"agnt5": sdk, **pins}
    same("the versions", _parsed(expected), _parsed({name: versions[name] for name in expected}))
    return inside


def _parsed(versions: dict[str, str]) -> dict[str, Version]:
    return {name: Version(version) for name, version in versions.items()}


def readme(inside: Path, letter: str, home: Path) -> int:
    """Execute the examples of the readme with an interpreter; return how many commands agreed."""
    runner = ROOT / "tests" / "docs" / "docs_runner.py"
    line = _run([str(inside), str(runner), letter, str(home)], ROOT.parent, "README.md\n")
    blocks = {block["line"]: block for block in json.loads(line)["blocks"]}
    agreed = 0
    for block in blocks_of(README):
        outcome = blocks[block.line]
        if outcome["error"]:
            sys.exit(f"README.md:{block.line}\n{outcome['error']}")
        if not outcome["executed"] or block.language != "console":
            continue
        for command, printed in zip(commands_in(block.text), outcome["printed"], strict=True):
            same(command.command, command.output, as_shown(command.output, printed))
            agreed += 1
    return agreed


def same(what: str, expected: object, actual: object) -> None:
    """Stop unless two things are equal."""
    if expected != actual:
        sys.exit(f"{what}:\n  expected {expected}\n  actual   {actual}")


def _run(command: list[str], cwd: Path | None = None, said: str = "") -> str:
    done = subprocess.run(
        command, cwd=cwd, env=OUTSIDE, input=said, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> None:
    """Build, install and try it in four environments."""
    (python,) = sys.argv[1:]
    bounds = lowest(ROOT / "pyproject.toml")
    bounds.pop("agnt5")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        wheel = build(home / "dist")
        sys.stdout.write(f"{wheel.name}\n")
        for letter, sdk in SDKS.items():
            for which, pins in (("lowest", bounds), ("newest", {})):
                place = home / f"{letter}-{which}"
                inside = install(python, place, wheel, sdk, pins)
                agreed = readme(inside, letter, place / "pages")
                if not agreed:
                    sys.exit("the readme has no command that was executed")
                sys.stdout.write(f"agnt5 {sdk}, {which}: {agreed} commands agree with the readme\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
