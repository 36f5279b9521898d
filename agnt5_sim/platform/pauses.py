"""Pauses: a run's questions, and the answers they take.

An answer is accepted for an open pause only; the same answer again is idempotent, a
different one is refused.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn

import attrs

from agnt5_sim.errors import AnswerRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ONE = frozenset({"approval", "select", "selection"})
_MANY = frozenset({"choice", "multiselect"})


def _pairs(options: Iterable[Iterable[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(id_), str(label)) for id_, label in options)


@attrs.frozen
class PauseRequest:
    """A question an attempt ends with.

    Args:
        index: which question of the run it is, from 0.
        question: its text.
        input_type: `text`, `approval`, `select` (`selection`), `multiselect` (`choice`).
        options: `(id, label)` pairs to choose from.
        custom: what any other text is marked with to be taken too; "" to take no other.
        skips: the answers that leave the question out; none when it must be answered.
    """

    index: int
    question: str = ""
    input_type: str = "text"
    options: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=_pairs)
    custom: str = ""
    skips: tuple[str, ...] = ()


@attrs.frozen
class Pause:
    """A question as it stands: what was asked, when (seconds), and the answer if any."""

    index: int
    question: str
    input_type: str
    options: tuple[tuple[str, str], ...]
    custom: str
    skips: tuple[str, ...]
    opened_at: float
    answer: str | None = None
    answered_at: float | None = None


@attrs.frozen
class Answered:
    """An answer that was taken: for which pause, and whether it was there already."""

    index: int
    duplicate: bool


def expected(pause: Pause | PauseRequest) -> str:
    """Say which answers a pause takes."""
    limited = pause.input_type in _ONE | _MANY and pause.options
    if not limited:
        return "any text"
    ids = ", ".join(repr(id_) for id_, _ in pause.options)
    text = f"{'one or more' if pause.input_type in _MANY else 'one'} of {ids}"
    if pause.custom:
        text += f", or {pause.custom + '<text>'!r}"
    if pause.skips:
        text += f", or {pause.skips[0]!r}"
    return text


def takes(pause: Pause | PauseRequest, value: str) -> bool:
    """Whether `value` is an answer to `pause`."""
    ids = {id_ for id_, _ in pause.options}
    if not ids or pause.input_type not in _ONE | _MANY or value in ids:
        return True
    if value in pause.skips or _is_custom(pause, value):
        return True
    return pause.input_type in _MANY and _all_known(pause, ids, value)


def _is_custom(pause: Pause | PauseRequest, value: str) -> bool:
    return bool(pause.custom) and value.startswith(pause.custom)


def _all_known(pause: Pause | PauseRequest, ids: set[str], value: str) -> bool:
    chosen: list[object]
    if value.lstrip().startswith("["):
        try:
            chosen = json.loads(value)
        except ValueError:
            return False
    else:
        chosen = [part.strip() for part in value.split(",")]
    return bool(chosen) and all(
        isinstance(one, str) and (one in ids or _is_custom(pause, one)) for one in chosen
    )


class Pauses:
    """One run's pauses. At most one is open: a run waits for one answer at a time."""

    def __init__(self) -> None:
        """Start with no question asked."""
        self._pauses: dict[int, Pause] = {}
        self._open: int | None = None
        self._latest: int | None = None

    def open(self, now: float, request: PauseRequest) -> Pause:
        """Ask a question at `now` (seconds).

        A question answered before is not asked again: its pause is returned as it is.
        """
        known = self._pauses.get(request.index)
        if known is not None and known.answer is not None:
            return known
        pause = self._pauses[request.index] = Pause(
            request.index,
            request.question,
            request.input_type,
            request.options,
            request.custom,
            request.skips,
            now,
        )
        self._open = request.index
        return pause

    def close(self) -> None:
        """Take no more answers: the run was cancelled."""
        self._open = None

    def known(self, value: str, index: int | None) -> Answered | None:
        """The duplicate that `value` is, or None when it is none.

        Without an index, an answer is a duplicate when no pause is open and it repeats
        the answer given last.

        Raises:
            AnswerRefused: the pause of that index has another answer.
        """
        which = index
        if index is None and self._open is None:
            which = self._latest
        pause = None if which is None else self._pauses.get(which)
        if pause is None or pause.answer is None:
            return None
        if pause.answer == value:
            return Answered(pause.index, duplicate=True)
        if index is None:
            return None
        msg = f"pause {index} is answered with {pause.answer!r} already; {value!r} refused"
        raise AnswerRefused(msg)

    def answer(self, now: float, value: str, index: int | None) -> Answered:
        """Answer the open pause at `now` (seconds).

        Raises:
            AnswerRefused: no pause is open, another one is, or it does not take `value`.
        """
        if self._open is None:
            self._nothing_open(value)
        if index is not None and index != self._open:
            msg = f"pause {index} is not open; expected an answer to pause {self._open}"
            raise AnswerRefused(msg)
        pause = self._pauses[self._open]
        if not takes(pause, value):
            msg = (
                f"{value!r} is no answer to pause {pause.index} ({pause.question!r}, "
                f"{pause.input_type}); expected {expected(pause)}"
            )
            raise AnswerRefused(msg)
        self._pauses[pause.index] = attrs.evolve(pause, answer=value, answered_at=now)
        self._open, self._latest = None, pause.index
        return Answered(pause.index, duplicate=False)

    def current(self) -> Pause | None:
        """The open pause."""
        return None if self._open is None else self._pauses[self._open]

    def all(self) -> tuple[Pause, ...]:
        """Every pause, by index."""
        return tuple(self._pauses[index] for index in sorted(self._pauses))

    def answers(self) -> Mapping[int, str]:
        """The answers given so far, by index; a read-only copy."""
        return MappingProxyType(
            {pause.index: pause.answer for pause in self.all() if pause.answer is not None}
        )

    def _nothing_open(self, value: str) -> NoReturn:
        msg = f"no pause is open; {value!r} refused"
        if self._latest is not None:
            msg += f" (pause {self._latest} is answered with {self._pauses[self._latest].answer!r})"
        raise AnswerRefused(msg)
