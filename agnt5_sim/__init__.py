"""Deterministic tests and simulation of workflows written with the `agnt5` SDK.

The public names are those of `__init__.pyi`. Each is imported when first used, so that having
the plugin installed costs an ordinary `pytest` run next to nothing.
"""

from __future__ import annotations

import lazy_loader

__version__ = "0.2.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
