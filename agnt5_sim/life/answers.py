"""What people answer in a life, declared beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from agnt5_sim.arguments.checks import wrong
from agnt5_sim.errors import AnswerRefused

if TYPE_CHECKING:
    from agnt5_sim.platform import Pause

AnswerSource = str | Sequence[str] | Mapping[int | str, str] | Callable[["Pause"], str | None]

DELAY_S: Final = 1.0
"""Virtual seconds a person takes to answer."""


def check_answers(answers: AnswerSource) -> None:
    """Refuse what cannot say what people answer.

    Raises:
        ValueError: it is none of the ways to answer.
    """
    given: Any = answers
    if callable(given) or isinstance(given, str):
        return
    if isinstance(given, Mapping):
        fits = all(isinstance(key, (int, str)) for key in given)
        texts = list(given.values())
    else:
        fits = isinstance(given, Sequence)
        texts = list(given) if fits else []
    if not fits or not all(isinstance(text, str) for text in texts):
        ways = "text, a list of texts, a mapping from indexes or questions to texts, a function"
        raise ValueError(wrong("answers", answers, f"{ways} of the pause; () for no answer"))


def answer_for(pause: Pause, answers: AnswerSource) -> str | None:
    """Return what is answered to a question, or None for nothing.

    Args:
        pause: the open question.
        answers: the answer to each question in turn; or answers by index or by the text of
            the question; or a function of the pause.

    Raises:
        AnswerRefused: the function returned something else.
    """
    if isinstance(answers, str):
        answers = (answers,)
    if callable(answers):
        said: object = answers(pause)
        if said is None or isinstance(said, str):
            return said
        msg = f"answers= returned {said!r} to {pause.question!r}; allowed: text, or None"
        raise AnswerRefused(msg)
    if isinstance(answers, Mapping):
        return answers.get(pause.index, answers.get(pause.question))
    return answers[pause.index] if pause.index < len(answers) else None


__all__ = ["DELAY_S", "AnswerRefused", "AnswerSource", "answer_for", "check_answers"]
