"""Checks of the arguments of the script API: one clear sentence in place of a traceback.

Each says which argument it was, what was given and what is allowed.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import attrs

    Validator = Callable[[Any, attrs.Attribute[Any], Any], None]


def wrong(name: str, value: object, allowed: str) -> str:
    """Return the sentence about an argument that cannot be used.

    Args:
        name: of the argument.
        value: what was given.
        allowed: what can be.
    """
    return f"{name}={reprlib.repr(value)} cannot be used; allowed: {allowed}"


def whole_number(least: int | None = None, most: int | None = None) -> Validator:
    """Return a validator of attrs that wants a whole number.

    Args:
        least: the smallest that is allowed, or None.
        most: the largest that is allowed, or None.
    """
    bounds = [
        "" if least is None else f" of at least {least}",
        "" if most is None else f" and at most {most}",
    ]
    allowed = "a whole number" + "".join(bounds)

    def check(_: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if (
            not isinstance(value, int)
            or isinstance(value, bool)
            or (least is not None and value < least)
            or (most is not None and value > most)
        ):
            raise ValueError(wrong(attribute.name, value, allowed))

    return check


def seconds(_: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Validate a number of seconds, 0 or more, for attrs.

    Raises:
        ValueError: it is none.
    """
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < 0:
        raise ValueError(wrong(attribute.name, value, "a number of seconds, 0 or more"))


def instance(of: type, allowed: str) -> Validator:
    """Return a validator of attrs that wants an instance of a class.

    Args:
        of: the class.
        allowed: how the message says so.
    """

    def check(_: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
        if not isinstance(value, of):
            raise ValueError(wrong(attribute.name, value, allowed))  # noqa: TRY004 - as of any value

    return check


def text(_: Any, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Validate a text for attrs.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str):
        or_none = " or None" if attribute.default is None else ""
        raise ValueError(wrong(attribute.name, value, f"text{or_none}"))  # noqa: TRY004 - as of any value


def functions(name: str, value: Any) -> tuple[Callable[..., Any], ...]:
    """Return the functions an argument lists.

    Raises:
        ValueError: it is no list of functions.
    """
    items = tuple(value) if isinstance(value, Iterable) else (None,)
    if not all(map(callable, items)):
        raise ValueError(wrong(name, value, "a tuple or list of functions"))
    return items
