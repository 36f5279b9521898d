"""Effects: functions of the outside world that a user declares to matter.

A declared function is replaced, for the length of a life, wherever the workflow's code can
reach it: in the globals of its own module and of the workflow's, and in closures. Each call
of it is an entry; `effect.once` holds it to once a run.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import CellType, FunctionType
from typing import Any, TypeVar

from agnt5_sim.values import freeze

from .attempt import current_attempt, current_call

F = TypeVar("F", bound=Callable[..., Any])
_MARK = "_agnt5_sim_effect"


def effect(function: F) -> F:
    """Declare, as a decorator, that calls of a function reach the outside world and matter.

    Outside of a simulation the function is what it was. Inside one, each call is recorded
    and `effect.once` demands that it happens once a run.

    Args:
        function: plain or async.

    Returns:
        The function, watched.
    """
    if getattr(function, _MARK, False):
        return function

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def watched_async(*args: Any, **kwargs: Any) -> Any:
            _note(function.__name__, args, kwargs)
            return await function(*args, **kwargs)

        watched: Any = watched_async
    else:

        @functools.wraps(function)
        def watched_sync(*args: Any, **kwargs: Any) -> Any:
            _note(function.__name__, args, kwargs)
            return function(*args, **kwargs)

        watched = watched_sync
    setattr(watched, _MARK, True)
    return watched  # type: ignore[no-any-return]


def _note(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    attempt = current_attempt.get()
    if attempt is None:
        return
    call = current_call.get()
    step = call.identity if call is not None and call.kind == "step" else ""
    attempt.bodies.crossings.record(
        attempt, "effect", name, {"args": freeze((args, kwargs)), "step": step}
    )


@contextmanager
def declared(effects: Iterable[Callable[..., Any]], programs: Iterable[Any]) -> Iterator[None]:
    """Watch these functions, wherever these programs can reach them, until the block ends.

    Args:
        effects: the functions.
        programs: workflows and functions that may call them.
    """
    undo: list[tuple[Any, str, Any]] = []
    functions = [inspect.unwrap(program) for program in programs]
    for original in effects:
        if getattr(original, _MARK, False):
            continue
        watched = effect(original)
        for holder, name in _references(original, [*functions, original]):
            undo.append((holder, name, original))
            _put(holder, name, watched)
    try:
        yield
    finally:
        for holder, name, original in reversed(undo):
            _put(holder, name, original)


def _references(target: Any, functions: list[Any]) -> Iterator[tuple[Any, str]]:  # noqa: C901 - one walk over globals and closures
    """Find where these functions, and the functions they can reach, hold `target`."""
    seen: set[int] = set()
    queue = [function for function in functions if isinstance(function, FunctionType)]
    while queue:
        function = queue.pop()
        if id(function) in seen:
            continue
        seen.add(id(function))
        if id(function.__globals__) not in seen:
            seen.add(id(function.__globals__))
            for name, value in function.__globals__.items():
                if value is target:
                    yield function.__globals__, name
        for cell in function.__closure__ or ():
            try:
                value = cell.cell_contents
            except ValueError:  # not filled yet
                continue
            if value is target and id(cell) not in seen:
                seen.add(id(cell))
                yield cell, ""
            elif callable(value):
                inner = inspect.unwrap(value)
                if isinstance(inner, FunctionType):
                    queue.append(inner)


def _put(holder: Any, name: str, value: Any) -> None:
    if isinstance(holder, CellType):
        holder.cell_contents = value
    else:
        holder[name] = value
