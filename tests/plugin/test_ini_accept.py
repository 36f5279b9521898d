"""agnt5_sim_accept, and ini values that are wrong although nothing else was asked for."""

from __future__ import annotations

from agnt5_sim.judging.diagnosis import DEFECTS

KNOWN = DEFECTS[0].id


def test_known_defects_are_accepted(small):
    """The ini file takes ids of known defects, and the sweep goes by them."""
    small.ini(agnt5_sim_accept=" ".join(known.id for known in DEFECTS))
    assert small.sweep("--agnt5-sim-budget=5").ret == 0


def test_an_unknown_defect_is_refused(small):
    """A usage error names the id, those there are, and the nearest."""
    small.ini(agnt5_sim_accept=f"{KNOWN}x")
    small.refuses(
        says=(
            f"agnt5_sim_accept: unknown defect '{KNOWN}x': allowed are ",
            f"did you mean '{KNOWN}'?",
        )
    )


def test_the_ini_file_alone_can_ask_for_the_sweep(small):
    """`agnt5_sim = true` is the same as --agnt5-sim."""
    small.ini(agnt5_sim="true")
    result = small.run()
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*nothing broke*"])


def test_options_alone_do_not_ask_for_the_sweep(small):
    """An option says how; only --agnt5-sim says whether."""
    result = small.run("--agnt5-sim-depth=2")
    assert result.ret == 0
    assert small.swept() == {}
    result.stdout.no_fnmatch_line("*nothing broke*")
