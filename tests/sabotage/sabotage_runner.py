"""Does each sabotage to a copy of the tree, and looks whether its test turns red.

The checkout itself is only read, so a run that is interrupted damages nothing. Each of the two
workers has a copy of its own, in which one file is changed at a time and put back.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

import attrs
from sabotage_table import Sabotage, TableError

WORKERS = 2
PATIENCE_S = 180.0
"""Seconds of real time after which a test counts as hanging."""
_GREEN, _RED = 0, 1
"""The exit codes of pytest that are an answer: all passed, some failed."""
_OURS = ("PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "PYTEST_XDIST")
"""How the variables begin that are of the pytest around this one, if there is one."""
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "dist")


@attrs.frozen
class Answer:
    """What came of one sabotage.

    Attributes:
        sabotage: which.
        problem: why it does not count, or "" if its test turned red.
        seconds: of real time that its test took under it.
    """

    sabotage: Sabotage
    problem: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        """One line."""
        if self.problem:
            return f"ERROR {self.sabotage.id}: {self.problem}"
        return f"red   {self.sabotage.id} {self.seconds:.1f} s {self.sabotage.test}"


@attrs.frozen
class Runner:
    """Tries sabotages.

    Attributes:
        root: of the tree.
        pythons: environment → its interpreter.
        patience: seconds of real time after which a test counts as hanging.
    """

    root: Path
    pythons: Mapping[str, str]
    patience: float = PATIENCE_S
    _copies: SimpleQueue[Path] = attrs.field(factory=SimpleQueue, init=False)

    def run(self, sabotages: Iterable[Sabotage]) -> Iterator[Answer]:
        """Try sabotages, two at a time; go through what came of each, in order."""
        chosen = list(sabotages)
        with ExitStack() as stack:
            for _ in range(WORKERS):
                copy = stack.enter_context(_copied(self.root))
                self._compile(copy, {Path(one.file).parts[0] for one in chosen})
                self._copies.put(copy)
            workers = ThreadPoolExecutor(WORKERS)
            stack.callback(workers.shutdown, cancel_futures=True)
            red = self._red_before(chosen, workers)
            yield from workers.map(lambda one: self._try(one, red), chosen)

    def _compile(self, copy: Path, folders: Iterable[str]) -> None:
        """Compile what is sabotaged beforehand, so that each test need not.

        Whether a file changed is told by what it says, not by when: one that changes twice in a
        second looks unchanged.
        """
        how = ["-m", "compileall", "-qq", "--invalidation-mode", "checked-hash", *sorted(folders)]
        for python in dict.fromkeys(self.pythons.values()):
            subprocess.run([python, *how], cwd=copy, check=False)

    def _red_before(
        self, chosen: list[Sabotage], workers: ThreadPoolExecutor
    ) -> dict[tuple[str, str], str]:
        """Return what is to be said of the tests that are not green without any sabotage.

        All are run at once; only if that is not green, each is run by itself.
        """
        tests: dict[str, list[str]] = {}
        for sdk, test in dict.fromkeys((one.sdk, one.test) for one in chosen):
            if sdk in self.pythons:
                tests.setdefault(sdk, []).append(test)
        batches = [
            (sdk, part)
            for sdk, of in tests.items()
            for start in range(WORKERS)
            if (part := of[start::WORKERS])
        ]
        every = [
            (sdk, [test])
            for (sdk, part), said in zip(batches, workers.map(self._green, batches), strict=True)
            if said
            for test in part
        ]
        said = workers.map(self._green, every)
        return {(sdk, test): why for (sdk, [test]), why in zip(every, said, strict=True) if why}

    def _green(self, batch: tuple[str, list[str]]) -> str:
        """Say why tests are not green without any sabotage, or "" if they are."""
        sdk, tests = batch
        with self._copy() as copy:
            code, said = self._pytest(copy, sdk, tests, self.patience * len(tests))
        if code == _GREEN:
            return ""
        return f"its test is red already: {tests[0]}" if code == _RED else said

    def _try(self, one: Sabotage, red: Mapping[tuple[str, str], str]) -> Answer:
        if one.sdk not in self.pythons:
            return Answer(one, f"there is no environment {one.sdk!r} to run its test in")
        if (one.sdk, one.test) in red:
            return Answer(one, red[one.sdk, one.test])
        began = time.monotonic()
        with self._copy() as copy:
            try:
                with _sabotaged(copy, one):
                    code, said = self._pytest(copy, one.sdk, [one.test], self.patience)
            except TableError as error:
                return Answer(one, str(error))
        if code == _GREEN:
            said = f"its test stays green: {one.test}"
        return Answer(one, "" if code == _RED else said, time.monotonic() - began)

    def _pytest(
        self, copy: Path, sdk: str, tests: list[str], patience: float
    ) -> tuple[int | None, str]:
        """Run tests in a copy; return pytest's exit code, None if it hangs, and its last words."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
        env = {**kept, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        options = ["-q", "-x", "--tb=no", "-p", "no:cacheprovider", "--rootdir", str(copy)]
        command = [self.pythons[sdk], "-m", "pytest", *options, *tests]
        try:
            ended = subprocess.run(
                command,
                cwd=copy,
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None, f"its test gave no answer in {patience:g} s: {tests[0]}"
        words = " | ".join(ended.stdout.split("\n")[-6:]).strip(" |")
        return ended.returncode, f"its test cannot be run ({ended.returncode}): {words}"

    @contextmanager
    def _copy(self) -> Iterator[Path]:
        """Have a copy of the tree to oneself."""
        copy = self._copies.get()
        try:
            yield copy
        finally:
            self._copies.put(copy)


@contextmanager
def _copied(root: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="agnt5-sim-sabotage-") as folder:
        yield Path(shutil.copytree(root, Path(folder) / "tree", ignore=_LEFT_OUT))


@contextmanager
def _sabotaged(copy: Path, one: Sabotage) -> Iterator[None]:
    """Change a file of a copy until the block ends."""
    file = copy / one.file
    if file.is_file() != bool(one.text):
        raise TableError(f"there is {'no' if one.text else 'already a'} file {one.file}")
    source = file.read_text() if one.text else ""
    sabotaged = one.done_to(source)
    with ExitStack() as stack:
        if not file.parent.is_dir():
            file.parent.mkdir()
            stack.callback(shutil.rmtree, file.parent)
        file.write_text(sabotaged)
        stack.callback(lambda: file.write_text(source) if one.text else file.unlink())
        yield


def report(answers: Iterable[Answer], say: Callable[[str], None]) -> int:
    """Say a line an answer and one at the end; return the exit code, 0 only if all are red."""
    wrong = right = 0
    for answer in answers:
        say(str(answer))
        wrong += bool(answer.problem)
        right += not answer.problem
    say(f"{right} sabotages were seen, {wrong} entries are in error")
    return 1 if wrong else 0
