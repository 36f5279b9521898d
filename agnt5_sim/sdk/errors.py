"""What is wrong with what a simulation was asked to run."""

from __future__ import annotations


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
