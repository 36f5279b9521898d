"""The clocks of the `time` module that time-machine leaves real, answered where C looks for them.

A built-in function is a small C structure that says which C function to call, and with which
object first. Both are exchanged: the C function for the one that calls an object, the object for
what shall answer. So the function stays the genuine one, whoever has taken a reference to it, no
module is looked through, and errors pass as they do through any call.
"""

from __future__ import annotations

import ctypes
import time
from types import ModuleType
from typing import TYPE_CHECKING, Any

from freezegun import api as _freezegun

from agnt5_sim.errors import WorldError

if TYPE_CHECKING:
    from collections.abc import Callable

_HEAD = object.__basicsize__


class _Definition(ctypes.Structure):
    """CPython's `PyMethodDef`."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("code", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


class _Function(ctypes.Structure):
    """CPython's `PyCFunctionObject`, as far as it is of interest."""

    _fields_ = (
        ("head", ctypes.c_byte * _HEAD),
        ("definition", ctypes.POINTER(_Definition)),
        ("first", ctypes.c_void_p),
    )


def _address(name: str) -> int:
    address = ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value
    assert address is not None  # noqa: S101 - every CPython exports it
    return address


# By how a built-in function takes its arguments: what calls an object with arguments taken so.
_CALLS = {
    0x0001: _address("PyObject_CallObject"),  # METH_VARARGS
    0x0004: _address("PyObject_CallNoArgs"),  # METH_NOARGS
    0x0008: _address("PyObject_CallOneArg"),  # METH_O
}

_new_function = ctypes.pythonapi.PyCFunction_NewEx
_new_function.restype = ctypes.py_object
_new_function.argtypes = (ctypes.c_void_p, ctypes.py_object, ctypes.py_object)


class Native:
    """A built-in function of `time` that can be answered by somebody else.

    Args:
        name: what `time` calls it.
        answer: called in its place, with its arguments, while it is not `real`.

    Attributes:
        real: what it does of itself, under whatever it is replaced by.

    Raises:
        WorldError: this interpreter keeps its functions in another way.
    """

    def __init__(self, name: str, answer: Callable[..., Any]) -> None:
        # While somebody's freeze_time runs, `time` holds its fakes.
        genuine = getattr(_freezegun, f"real_{name}", None) or getattr(time, name)
        self._function = _Function.from_address(id(genuine))
        self._definition = self._function.definition.contents
        call = _CALLS.get(self._definition.flags)
        if call is None or self._definition.name != name.encode():
            msg = (
                f"time.{name} is not the built-in function of a CPython this package knows, and"
                " cannot be made to read virtual time: use CPython 3.11 or newer, and start the"
                " simulation before anything else replaces the function"
            )
            raise WorldError(msg)
        self._copy = _Definition.from_buffer_copy(self._definition)
        self.real: Any = _new_function(ctypes.addressof(self._copy), time, "time")
        # A module, for what a built-in function belongs to is asked for its name when it is shown.
        self._stand_in = type("_StandIn", (ModuleType,), {"__call__": staticmethod(answer)})("time")
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._stand_in))  # the function's own
        self._ours = id(self._stand_in), call
        self._before: tuple[int, int] | None = None

    def replace(self) -> None:
        """Let it be answered for."""
        function, definition = self._function, self._definition
        self._before = function.first, definition.code
        first, code = self._ours
        # No call comes between the two, hence no other thread either.
        function.first = first
        definition.code = code

    def restore(self) -> None:
        """Let it be what it was."""
        function, definition = self._function, self._definition
        assert self._before is not None  # noqa: S101 - it was replaced
        first, code = self._before
        definition.code = code
        function.first = first
