"""What a world says when it cannot go on."""

from __future__ import annotations


class WorldError(Exception):
    """Base of every error that ends a life from outside the workflow."""


class Stuck(WorldError):
    """Nothing is ready to run, no timer is set, and the wait is not over.

    The message says what every task waits for. Remedy: answer the open pause, set the
    event the workflow waits for, or give the wait a time-out.
    """


class Spinning(WorldError):
    """A program ran on and on without virtual time moving or anything being asked.

    Raised after the configured number of loop turns, or seconds of processor time inside one
    turn. The message carries the stack at which the program was stopped.
    """


class OutsideTouched(WorldError):
    """A program under simulation reached for the network or started a process.

    The message names the call and the step it was made from, and shows how to stub it.
    """
