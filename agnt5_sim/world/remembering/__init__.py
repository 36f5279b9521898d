"""What a worker process has in memory: its locks, its globals, and what programs reach of them."""

from __future__ import annotations
