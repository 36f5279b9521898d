"""Stubs: what stands in for a step's body."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from agnt5_sim.arguments.checks import wrong
from agnt5_sim.errors import BadStub, StubExhausted
from agnt5_sim.sdk.ports.effects import own_code

_UNSET: Final = object()


def _as_tuple(items: Iterable[Any] | None) -> tuple[Any, ...] | None:
    if items is None:
        return None
    if isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
        raise BadStub(wrong("sequence", items, "a list of results and exceptions"))
    return tuple(items)


def _is_error(value: object) -> bool:
    return isinstance(value, BaseException) or (
        isinstance(value, type) and issubclass(value, BaseException)
    )


@attrs.frozen
class Stub:
    """What a stubbed step does instead of its body.

    Exactly one of the four is given.

    Attributes:
        returns: the result.
        raises: the exception, a class or an instance.
        side_effect: called with the step's arguments; its result is the step's. May be async.
        sequence: what the first, second, … execution of this life does: a result, or an
            exception to raise.
    """

    returns: Any = _UNSET
    raises: BaseException | type[BaseException] | None = None
    side_effect: Callable[..., Any] | None = None
    sequence: Sequence[Any] | None = attrs.field(default=None, converter=_as_tuple)

    def __attrs_post_init__(self) -> None:
        """Refuse a stub that is not exactly one thing."""
        given = [
            self.returns is not _UNSET,
            self.raises is not None,
            self.side_effect is not None,
            self.sequence is not None,
        ]
        if sum(given) != 1:
            msg = "a stub takes exactly one of returns=, raises=, side_effect= and sequence="
            raise BadStub(msg)
        if self.raises is not None and not _is_error(self.raises):
            raise BadStub(wrong("raises", self.raises, "an exception, or a class of them"))
        if self.side_effect is not None and not callable(self.side_effect):
            raise BadStub(wrong("side_effect", self.side_effect, "a callable"))

    @classmethod
    def of(cls, value: Any) -> Stub:
        """Make a stub of a value: an exception is raised, a callable called, another returned."""
        if isinstance(value, Stub):
            return value
        if _is_error(value):
            return cls(raises=value)
        return cls(side_effect=value) if callable(value) else cls(returns=value)

    async def play(self, execution: int, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Do what the stub does the `execution`-th time, from 0."""
        if self.sequence is not None:
            if execution >= len(self.sequence):
                msg = (
                    f"the stub's sequence has {len(self.sequence)} results, and execution number"
                    f" {execution + 1} of the step asks for one more; a step that a kill interrupts"
                    " is executed again"
                )
                raise StubExhausted(msg)
            return _raise_or_return(self.sequence[execution])
        if self.raises is not None:
            raise self.raises
        if self.side_effect is not None:
            result = self.side_effect(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result
        return self.returns


def _raise_or_return(item: Any) -> Any:
    if _is_error(item):
        raise item
    return item


class Stubs:
    """The stubs of one life, by what they stand in for.

    Args:
        declared: functions (decorated or plain) or names of functions or steps, with what
            stands in for each: a `Stub`, or a value as `Stub.of` takes it.

    Raises:
        BadStub: it is no mapping, or a target cannot be stubbed.
    """

    def __init__(self, declared: Mapping[Any, Any]) -> None:
        if not isinstance(declared, Mapping):
            raise BadStub(wrong("stubs", declared, "a mapping from functions or names to stubs"))
        self._by_key: dict[Any, Stub] = {}
        self._played: dict[Any, int] = {}
        for target, value in declared.items():
            self._by_key[stub_key(target)] = Stub.of(value)

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def declare(self, target: Any, value: Any) -> None:
        """Add a stub, or put another in its place, which begins with its first execution."""
        key = stub_key(target)
        self._by_key[key] = Stub.of(value)
        self._played.pop(key, None)

    def find(self, *candidates: Any) -> tuple[Any, Stub] | None:
        """Return the first stub declared for one of these functions or names, with its key."""
        for candidate in candidates:
            key = stub_key(candidate) if candidate is not None else None
            if key is not None and key in self._by_key:
                return key, self._by_key[key]
        return None

    async def play(
        self, found: tuple[Any, Stub], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Any:
        """Let a stub that `find` returned do what it does this time."""
        key, stub = found
        execution = self._played.get(key, 0)
        self._played[key] = execution + 1
        return await stub.play(execution, args, kwargs)


def stub_key(target: Any) -> Any:
    """Return what identifies a stub's target: a name, or the code of a function."""
    if isinstance(target, str):
        return target
    config = getattr(target, "_agnt5_config", None)
    if config is not None:
        return config.name
    code = getattr(target, "cr_code", None) or getattr(target, "ag_code", None)
    if code is None:
        code = getattr(inspect.unwrap(target) if callable(target) else target, "__code__", None)
    if code is None and not callable(target):
        msg = f"{target!r} cannot be stubbed; name a step, a function or a @function"
        raise BadStub(msg)
    return own_code(code) if code is not None else target
