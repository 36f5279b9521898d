"""The platform as a whole: the sides of it, put together."""

from __future__ import annotations

from agnt5_sim.platform.admission import Admission
from agnt5_sim.platform.clients import Clients
from agnt5_sim.platform.readings import Readings
from agnt5_sim.platform.scheduling import Scheduling
from agnt5_sim.platform.writes import Writes


class Platform(Clients, Scheduling, Writes, Admission, Readings):
    """An in-memory fake of the AGNT5 platform: pure, single-process, without a clock.

    Time is an argument (`now`, virtual seconds); values come and go as bytes; nothing
    that is handed out can change what is stored.

    Args:
        policy: the choices the sources leave open; default `Policy()`.

    Example:
        >>> from agnt5_sim.platform import Outcome
        >>> platform = Platform()
        >>> run = platform.submit(0.0, "greet", "workflow", b"{}", run_id="r-1")
        >>> attempt = platform.dispatch(0.0, "r-1", incarnation=1)
        >>> platform.finish(1.0, attempt.lease, Outcome("completed", b'"hello"')).kind
        'completed'
        >>> platform.run("r-1").output
        b'"hello"'
    """
