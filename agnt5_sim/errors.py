"""The errors people see: what was wrong with what they asked for, and what came of a life.

Each says in its message what was given, what is allowed and, where one is near, what was
probably meant. `RunFailed` and `GuaranteeBroken`, which carry a run and what was broken, stand
with these.
"""

from __future__ import annotations

# -- what was asked for ------------------------------------------------------------------


class SdkError(Exception):
    """Base of the errors about the SDK and the workflows written with it."""


class UnsupportedSdk(SdkError):
    """The installed `agnt5` is one that no adapter serves.

    The message names the installed version and the versions that are served. Remedy: install
    one of those.
    """


class UnknownProfile(SdkError):
    """The profile asked for is none of the installed SDK's; the message lists those."""


class NotAWorkflow(SdkError):
    """What was to be run is no workflow and no function; the message lists what is registered."""


class BadInput(SdkError):
    """The input does not fit the parameters of the workflow; the message names the parameter."""


class NotJson(TypeError):
    """A value cannot be written as JSON; the message says where in it, and of which type."""


class BadStub(ValueError):
    """A stub was declared in a way that says nothing, or two things at once."""


class StubExhausted(AssertionError):
    """A stubbed sequence was asked for more results than it has."""


class PlanError(ValueError):
    """A fault plan's text cannot be read.

    The message names the part that cannot, what is allowed there and, where one is near, the
    word that was probably meant.
    """


class BudgetError(ValueError):
    """A budget cannot be read; the message says how one is written."""


class UnknownDefect(ValueError):
    """An id to accept is no known defect of the SDK; the message lists those that are."""


# -- what the platform refuses -----------------------------------------------------------


class PlatformError(Exception):
    """The platform refused a call; nothing was changed by it."""


class AnswerRefused(PlatformError):
    """An answer that no open pause can take; the message says what was expected."""


# -- what ends a life from outside the workflow ------------------------------------------


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


# -- what came of a life -----------------------------------------------------------------


class RunStuck(AssertionError):
    """The run can never get to what is waited for; the message says what everything waits for."""


class SimulationFailed(AssertionError):
    """The lives are no evidence; the message says why.

    The life without faults ended otherwise than it was meant to, so there is nothing to hold
    others against; the plan that was to be lived did not come about; or no fault was tried.
    """
