"""Whose a run is: the ids it is submitted with, said once for everybody who submits one."""

from __future__ import annotations

from typing import Any, TypedDict

import attrs

from agnt5_sim.arguments.checks import wrong
from agnt5_sim.arguments.words import unknown


class Ids(TypedDict, total=False):
    """The ids of a run as keywords; what is left out is as `Identity` has it."""

    run_id: str | None
    session_id: str | None
    user_id: str | None
    tenant: str
    streaming: bool


def _or_next(value: str | None) -> str:
    return "" if value is None else value


@attrs.frozen(kw_only=True)
class Identified:
    """What has the ids of a run: the run itself, and what is handed out of it.

    Args:
        run_id: its id, unique on its platform.
        session_id: its session, or None.
        user_id: its user, or None.
        tenant: whose run it is.
        streaming: whether the client reads events while the run goes on.
    """

    run_id: str = attrs.field(default="", converter=_or_next)
    session_id: str | None = None
    user_id: str | None = None
    tenant: str = "default"
    streaming: bool = False


@attrs.frozen(kw_only=True)
class Identity(Identified):
    """Whose a run is to be; without a `run_id` it is the next of run-1, run-2 and so on.

    Raises:
        ValueError: one of the ids cannot be used; the message names it and what is allowed.
    """

    def __attrs_post_init__(self) -> None:
        """Refuse what is no id: once, so that what a run goes through costs nothing more."""
        for name in ("run_id", "session_id", "user_id", "tenant"):
            value = getattr(self, name)
            optional = name in {"session_id", "user_id"}
            if not isinstance(value, str) and not (optional and value is None):
                raise ValueError(wrong(name, value, "text or None" if optional else "text"))
        if not isinstance(self.streaming, bool):
            raise ValueError(wrong("streaming", self.streaming, "True or False"))  # noqa: TRY004 - as of any value


def ids_of(whose: Identified) -> dict[str, Any]:
    """Return the ids of a run, or of what is handed out of it, as keywords."""
    return {
        "run_id": whose.run_id,
        "session_id": whose.session_id,
        "user_id": whose.user_id,
        "tenant": whose.tenant,
        "streaming": whose.streaming,
    }


def check_ids(ids: Ids) -> None:
    """Refuse a keyword that is no id of a run.

    Raises:
        TypeError: one is none; the message lists those there are.
    """
    for name in ids:
        if name not in _NAMES:
            raise TypeError(unknown("keyword", name, _NAMES))


_NAMES = tuple(attribute.name for attribute in attrs.fields(Identified))
