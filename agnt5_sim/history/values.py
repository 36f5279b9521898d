"""Values as bytes: what the program and the platform hand each other, kept for the record.

A history must not hold live objects: they change, and they differ between attempts. A frozen
value keeps what matters for comparing, which is the value *and its type*: a tuple that comes
back from a replay as a list is a finding.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import marshal
import re
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

_VERSION = 2  # the last marshal format without references and interning: same value, same bytes
_TAG = "\0type"
_MAPPINGS = (Counter, OrderedDict, defaultdict)
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def freeze(value: Any) -> bytes:
    """Return bytes that are equal exactly for values equal in content and type."""
    try:
        return marshal.dumps(value, _VERSION)
    except ValueError:
        return marshal.dumps(_describe(value, 0), _VERSION)


def thaw(frozen: bytes) -> Any:
    """Return what `freeze` was given; objects it could not keep come back as `Shown`."""
    return _undescribe(marshal.loads(frozen))  # noqa: S302 - our own bytes


class Shown:
    """A value that could only be described: its type and what was visible of it."""

    def __init__(self, kind: str, content: Any) -> None:
        self.kind = kind
        self.content = content

    def __repr__(self) -> str:
        return f"{self.kind}({self.content!r})"


def _describe(value: Any, depth: int) -> Any:
    if value is None or type(value) in {bool, int, float, str, bytes, complex}:
        return value
    if depth > 50:  # noqa: PLR2004 - against cycles
        return (_TAG, type(value).__qualname__, "…")
    if type(value) in {list, tuple}:
        return type(value)(_describe(item, depth + 1) for item in value)
    if type(value) is dict:
        return _described_items(value, depth)
    return (_TAG, f"{type(value).__module__}.{type(value).__qualname__}", _content(value, depth))


def _described_items(mapping: Any, depth: int) -> dict[Any, Any]:
    return {_key(key, depth): _describe(item, depth + 1) for key, item in mapping.items()}


def _key(key: Any, depth: int) -> Any:
    if type(key) in {bool, int, float, str, bytes, type(None)}:
        return key
    return repr(_undescribe(_describe(key, depth + 1)))


def _content(value: Any, depth: int) -> Any:  # noqa: PLR0911 - a case a type
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: _describe(getattr(value, name, None), depth + 1) for name in names}
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        return _describe(dump(), depth + 1)
    if isinstance(value, (set, frozenset)):  # in no order that depends on how it came about
        return sorted((_describe(item, depth + 1) for item in value), key=repr)
    if type(value) in _MAPPINGS:
        return _described_items(value, depth)
    if type(value) is deque:
        return [_describe(item, depth + 1) for item in value]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: _describe(getattr(value, name), depth + 1) for name in value._fields}
    return without_addresses(repr(value))


def _undescribe(value: Any) -> Any:
    if type(value) is tuple and len(value) == 3 and value[0] == _TAG:  # noqa: PLR2004
        return Shown(value[1], _undescribe(value[2]))
    if type(value) in {list, tuple}:
        return type(value)(_undescribe(item) for item in value)
    if type(value) is dict:
        return {key: _undescribe(item) for key, item in value.items()}
    return value


def without_addresses(text: str) -> str:
    """Return a text without the addresses of objects, which differ from process to process."""
    return _ADDRESS.sub("", text)


def show(frozen: bytes | None, limit: int = 200) -> str:
    """Return a frozen value for people, cut to `limit` characters."""
    text = "nothing" if frozen is None else repr(thaw(frozen))
    return text if len(text) <= limit else text[: limit - 1] + "…"
