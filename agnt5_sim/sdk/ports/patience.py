"""How long the native worker waits for a reply, and what it does when none comes.

The SDK's Python code never sees a request that is tried again: its native half does that, with
identical bytes, until its time is up. What a generation's adapter knows of it stands with the
adapter; what follows from it stands here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable


@attrs.frozen
class Patience:
    """How long one kind of request is waited for.

    Attributes:
        seconds: virtual seconds until one try of it is given up.
        tries: how often it is tried in all.
        error: makes the error that the SDK gets when the last try is given up, of what was
            asked.
        pause: virtual seconds between a try that is refused as what cannot be had just now,
            and the next.
    """

    seconds: float
    tries: int
    error: Callable[[str], Exception]
    pause: float = 0.1


@attrs.frozen
class Wait:
    """What the SDK is in for: so many virtual seconds, and then the reply or an error.

    Attributes:
        seconds: until it goes on.
        answered: whether it gets the reply.
    """

    seconds: float
    answered: bool = True


def late(seconds: float, patience: Patience) -> Wait:
    """Return what a reply that takes so many seconds comes to.

    A try that is given up is made again where there are more, and is answered at once as it was
    the first time.
    """
    if seconds < patience.seconds:
        return Wait(seconds)
    return given_up(patience)


def given_up(patience: Patience) -> Wait:
    """Return what a reply that never comes is to the SDK."""
    return Wait(patience.seconds, answered=patience.tries > 1)


def refused(patience: Patience) -> Wait:
    """Return what one refusal as "unavailable" comes to."""
    if patience.tries > 1:
        return Wait(patience.pause)
    return Wait(0.0, answered=False)
