"""What is wrong with a plan that cannot be read."""

from __future__ import annotations


class PlanError(ValueError):
    """A fault plan's text cannot be read.

    The message names the part that cannot, what is allowed there and, where one is near, the
    word that was probably meant.
    """
