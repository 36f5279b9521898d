"""Whose a run is: the ids it is submitted with, said once for everybody who submits one."""

from __future__ import annotations

from typing import Any, TypedDict

import attrs

from agnt5_sim.arguments.checks import instance, text
from agnt5_sim.arguments.words import unknown

_text_or_none = attrs.validators.optional(text)


def _or_next(value: str | None) -> str:
    return "" if value is None else value


class Ids(TypedDict, total=False):
    """The ids of a run as keywords; what is left out is as `Identity` has it."""

    run_id: str | None
    session_id: str | None
    user_id: str | None
    tenant: str
    streaming: bool


@attrs.frozen(kw_only=True)
class Identity:
    """Whose a run is.

    Args:
        run_id: its id, unique on its platform; None for the next of run-1, run-2, …
        session_id: its session, or None.
        user_id: its user, or None.
        tenant: whose run it is.
        streaming: whether the client reads events while the run goes on.

    Raises:
        ValueError: one of them cannot be used; the message names it and what is allowed.
    """

    run_id: str = attrs.field(default="", converter=_or_next, validator=text)
    session_id: str | None = attrs.field(default=None, validator=_text_or_none)
    user_id: str | None = attrs.field(default=None, validator=_text_or_none)
    tenant: str = attrs.field(default="default", validator=text)
    streaming: bool = attrs.field(default=False, validator=instance(bool, "True or False"))


def ids_of(whose: Identity) -> dict[str, Any]:
    """Return the ids of a run, or of what is handed out of it, as keywords."""
    return {name: getattr(whose, name) for name in _NAMES}


def check_ids(ids: Ids) -> None:
    """Refuse a keyword that is no id of a run.

    Raises:
        TypeError: one is none; the message lists those there are.
    """
    for name in ids:
        if name not in _NAMES:
            raise TypeError(unknown("keyword", name, _NAMES))


_NAMES = tuple(attribute.name for attribute in attrs.fields(Identity))
