"""Progress of a long sweep, on the terminal, however output is captured."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

_FIRST_S = 2.0
_EVERY_TTY_S = 0.2
_EVERY_S = 20.0


class Progress:
    """Says how far a sweep is, once it takes longer than a moment.

    Args:
        config: pytest's.
        nodeid: the test that is swept.
    """

    def __init__(self, config: pytest.Config, nodeid: str) -> None:
        self._config = config
        self._nodeid = nodeid
        self._terminal: Any = config.pluginmanager.get_plugin("terminalreporter")
        self._capture: Any = config.pluginmanager.get_plugin("capturemanager")
        self._quiet = config.get_verbosity() < 0 or hasattr(config, "workerinput")
        self._next = time.monotonic() + _FIRST_S
        self._width = 0

    def __call__(self, lived: int, planned: int, found: int) -> None:
        """Note that a life is over."""
        if self._quiet or self._terminal is None or time.monotonic() < self._next:
            return
        tty = self._terminal.isatty
        self._next = time.monotonic() + (_EVERY_TTY_S if tty else _EVERY_S)
        findings = f", {found} found" if found else ""
        text = f"{self._nodeid}: {lived}/{planned} lives{findings}"
        self._write(("\r" + text.ljust(self._width)) if tty else f"\n{text}")
        self._width = len(text)

    def done(self) -> None:
        """Clear the line."""
        if self._width and self._terminal.isatty:
            self._write("\r" + " " * self._width + "\r")

    def _write(self, text: str) -> None:
        if self._capture is None:
            self._terminal.write(text, flush=True)
            return
        with self._capture.global_and_fixture_disabled():
            self._terminal.write(text, flush=True)
