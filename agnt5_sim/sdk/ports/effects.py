"""Effects: functions of the outside world that a user declares to matter.

The code of a declared function is replaced for the length of a life, so that each call of it
is seen, whatever name or object it is called by. Each call is an entry; `effect.once` holds it
to once a run.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import CodeType, FunctionType
from typing import Any, TypeVar

from agnt5_sim.history.values import freeze
from agnt5_sim.sdk.ports.attempt import current_attempt, current_call

F = TypeVar("F", bound=Callable[..., Any])
_MARK = "_agnt5_sim_effect"
_HERE = "the watched function"
_replaced: dict[CodeType, CodeType] = {}


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
def declared(effects: Iterable[Callable[..., Any]]) -> Iterator[None]:
    """Watch these functions, however a program comes to call them, until the block ends.

    Args:
        effects: functions or methods; one that is watched already is not watched twice.

    Raises:
        ValueError: one is no function or method written in Python.
    """
    with ExitStack() as stack:
        for declared_function in effects:
            function = watchable(declared_function)
            if not getattr(function, _MARK, False) and function.__code__ not in _replaced:
                _watch_code(function, stack)
        yield


def watchable(effect: Any) -> FunctionType:
    """Return the function behind what was declared.

    Raises:
        ValueError: there is none whose calls can be watched; the message says why.
    """
    function = getattr(effect, "__func__", effect)
    if isinstance(function, FunctionType):
        return function
    msg = (
        f"{effect!r} cannot be watched as an effect: it is a {type(effect).__name__}, and only"
        " functions and methods written in Python can be. Declare the function that calls it"
    )
    raise ValueError(msg)


def own_code(code: CodeType) -> CodeType:
    """Return the code a function has of its own, for the code it runs while it is watched."""
    return _replaced.get(code, code) if _replaced else code


def _watch_code(function: FunctionType, stack: ExitStack) -> None:
    """Give a function code that notes the call and goes on to what it did.

    Whoever holds the function, under whatever name, calls the new code. It must have as many
    free variables as the old; it finds its way through a constant.
    """
    code, signature = function.__code__, inspect.signature(function)
    original = FunctionType(
        code, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    original.__kwdefaults__ = function.__kwdefaults__
    watched = effect(original)
    new = _through(original).__code__
    function.__code__ = new.replace(
        co_consts=tuple(watched if const == _HERE else const for const in new.co_consts),
        co_freevars=code.co_freevars,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
    )
    _replaced[function.__code__] = code
    stack.callback(_replaced.pop, function.__code__)
    stack.callback(setattr, function, "__code__", code)
    if "__signature__" not in vars(function):
        function.__signature__ = signature  # type: ignore[attr-defined]
        stack.callback(delattr, function, "__signature__")


def _through(function: FunctionType) -> Any:
    """Return a function of the same kind whose code calls what is put in place of `_HERE`."""
    if inspect.isasyncgenfunction(function):

        async def each(*args: Any, **kwargs: Any) -> Any:
            go_on: Any = "the watched function"
            async for item in go_on(*args, **kwargs):
                yield item

        return each
    if inspect.isgeneratorfunction(function):

        def all_of(*args: Any, **kwargs: Any) -> Any:
            go_on: Any = "the watched function"
            return (yield from go_on(*args, **kwargs))

        return all_of
    if inspect.iscoroutinefunction(function):

        async def awaited(*args: Any, **kwargs: Any) -> Any:
            go_on: Any = "the watched function"
            return await go_on(*args, **kwargs)

        return awaited

    def called(*args: Any, **kwargs: Any) -> Any:
        go_on: Any = "the watched function"
        return go_on(*args, **kwargs)

    return called
