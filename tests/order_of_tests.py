"""Tests in another order: `--shuffle SEED`. No verdict may depend on it."""

from __future__ import annotations

import random

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption("--shuffle", metavar="SEED", help="run the tests in an order of this seed")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bring the tests into the order of the seed: the same in every worker of xdist.

    The files change places, and the tests in each; those of a file stay together, since what
    they share is set up once for a file.
    """
    seed = config.getoption("shuffle")
    if seed is None:
        return
    rng = random.Random(seed)
    rng.shuffle(items)
    files = list(dict.fromkeys(item.path for item in items))
    items.sort(key=lambda item: files.index(item.path))
