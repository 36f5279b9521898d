"""What all tests share: pytest's own tester of plugins, and the way to the workflows they live."""

from __future__ import annotations

import sys
from pathlib import Path

pytest_plugins = ["pytester"]

sys.path.append(str(Path(__file__).parent / "tests"))  # life_workflows
