"""What people answer in a life, declared beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from .platform import AnswerRefused

if TYPE_CHECKING:
    from .platform import Pause

AnswerSource = str | Sequence[str] | Mapping[int | str, str] | Callable[["Pause"], str | None]

DELAY_S: Final = 1.0
"""Virtual seconds a person takes to answer."""


def answer_for(pause: Pause, answers: AnswerSource) -> str | None:
    """Return what is answered to a question, or None for nothing.

    Args:
        pause: the open question.
        answers: the answer to each question in turn; or answers by index or by the text of
            the question; or a function of the pause.
    """
    if isinstance(answers, str):
        answers = (answers,)
    if callable(answers):
        return answers(pause)
    if isinstance(answers, Mapping):
        return answers.get(pause.index, answers.get(pause.question))
    return answers[pause.index] if pause.index < len(answers) else None


__all__ = ["DELAY_S", "AnswerRefused", "AnswerSource", "answer_for"]
