"""A sweep that had nothing to strike at is red: it shows nothing."""

from __future__ import annotations

import pytest

CANCELLED = """
import pytest
from shop import *

@pytest.mark.agnt5_sim
async def test_cancelled(sim):
    run = await sim.submit(small)
    await run.cancel()
"""

NOTHING = """
import pytest
from shop import *

@pytest.mark.agnt5_sim
async def test_nothing(sim):
    assert sim is not None
"""


@pytest.mark.parametrize("options", [(), ("--agnt5-sim-budget=4",), ("--agnt5-sim-plan=none",)])
def test_a_sweep_without_a_fault_point_fails(project, options):
    """The run is cancelled before a worker takes it: no fault could strike anywhere."""
    project.file("test_cancelled.py", CANCELLED)
    result = project.sweep(*options)
    assert 1 == result.ret
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the sweep found no fault point*"])


def test_a_sweep_without_a_run_fails(project):
    """There is nothing to sweep."""
    project.file("test_nothing.py", NOTHING)
    result = project.sweep()
    assert 1 == result.ret
    result.stdout.fnmatch_lines(["*it started no run: there is nothing to sweep*"])
