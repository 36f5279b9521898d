"""Locks, semaphores, events and queues in module globals: every worker process has its own.

A process that is killed takes what it held with it, and the next one imports fresh locks. In one
interpreter they outlive it: held by nobody alive, waited on by the dead, and bound to a loop that
is gone. So they are put back whenever a worker process starts, and at the beginning of a life.
"""

from __future__ import annotations

import asyncio
import copy
import queue
import sys
import threading
from collections import deque
from types import BuiltinMethodType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakSet

from agnt5_sim.world.primitives import Lock, RLock
from agnt5_sim.world.remembering.reach import is_own, reached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agnt5_sim.world.remembering.reach import Reached

_MAKERS: dict[type, Callable[[], Any]] = {
    type(make()): make
    for make in (threading.Lock, threading.RLock, queue.SimpleQueue, Lock.made, RLock.made)
}
_RAW = tuple(_MAKERS)
_WITH_INSIDES = (
    asyncio.Barrier,
    asyncio.Condition,
    asyncio.Event,
    asyncio.Lock,
    asyncio.Queue,
    asyncio.Semaphore,
    queue.Queue,
    threading.Barrier,
    threading.Condition,
    threading.Event,
    threading.Semaphore,
)
_LOCKS = (*_RAW, *_WITH_INSIDES)
_WAITING = frozenset({"_getters", "_putters", "_waiters"})

Key = tuple[int, Any]


class _Spot(NamedTuple):
    """A place that holds a lock, or nothing yet: in globals, a container, an object or a class."""

    holder: Any
    name: Any
    value: Any

    def put(self, value: Any) -> None:
        if isinstance(self.holder, type):
            setattr(self.holder, self.name, value)
        else:
            self.holder[self.name] = value

    def take_away(self) -> None:
        if isinstance(self.holder, dict):
            del self.holder[self.name]


class _Seen(NamedTuple):
    """What there was at some moment.

    Attributes:
        spots: the places, by holder and name.
        insides: the locks, and the locks they are made of, with what they held, by identity.
        holders: the containers and objects that were looked into, by identity.
    """

    spots: dict[Key, _Spot]
    insides: dict[int, tuple[Any, dict[str, Any]]]
    holders: dict[int, Any]


def _nothing() -> _Seen:
    return _Seen({}, {}, {})


class Locks:
    """The locks in module globals that programs can reach, as they were before the first life.

    What somebody has done to one since the last life ended (a fixture that fills a queue) is
    how it is from then on.
    """

    def __init__(self) -> None:
        self._searched: WeakSet[FunctionType] = WeakSet()
        self._places: dict[Key, tuple[Any, str]] = {}
        self._kept = _nothing()
        self._left = _nothing()

    def include(self, programs: Iterable[Any]) -> None:
        """Look after what these functions can reach too; each is searched once."""
        new = [p for p in programs if isinstance(p, FunctionType) and p not in self._searched]
        if not new:
            return
        self._searched.update(new)
        places = {
            (id(holder), name): (holder, name)
            for found in reached(new)
            if found.own
            for holder, name in _worth_watching(found)
            if (id(holder), name) not in self._places
        }
        self._places.update(places)
        now = _look(places.values())
        for key, inside in now.insides.items():
            if key not in self._kept.insides:
                self._kept.insides[key] = inside
                _fill(*inside, {})  # it may be bound to a loop of the past
        self._kept = _Seen(
            now.spots | self._kept.spots, self._kept.insides, now.holders | self._kept.holders
        )

    def begin(self) -> None:
        """Put everything back: a life begins."""
        if not self._places:
            return
        kept, left, now = self._kept, self._left, _look(self._places.values())
        spots = {
            key: kept.spots.get(key) if _same_spot(left.spots.get(key), spot) else spot
            for key, spot in now.spots.items()
        }
        insides = {
            key: kept.insides.get(key) if left.insides.get(key) == inside else inside
            for key, inside in now.insides.items()
        }
        self._kept = _Seen(
            {key: spot for key, spot in spots.items() if spot is not None},
            {key: inside for key, inside in insides.items() if inside is not None},
            kept.holders | now.holders,
        )
        self.renew()

    def end(self) -> None:
        """Note what a life leaves behind."""
        if self._places:
            self._left = _look(self._places.values())

    def renew(self, externals: Iterable[Any] = ()) -> None:
        """Put everything back: a worker process starts.

        Args:
            externals: objects of the outside world; of these only the dead are forgotten.
        """
        if not self._places:
            return
        outside = {id(inner) for thing in externals for inner in _with_inner(thing)}
        fresh: dict[int, Any] = {}
        self._put_back_names(outside, fresh)
        for thing, state in self._kept.insides.values():
            if id(thing) not in outside:
                _fill(thing, state, fresh)
            elif getattr(vars(thing).get("_loop"), "dead", False):
                _fill(thing, _state(thing), {})

    def _put_back_names(self, outside: set[int], fresh: dict[int, Any]) -> None:
        kept = self._kept
        for key, now in _look(self._places.values()).spots.items():
            if key in kept.spots:
                value = _renewed(kept.spots[key].value, fresh)
                if value is not now.value and id(now.value) not in outside:
                    now.put(value)
            elif now.value is not None and id(now.holder) in kept.holders:
                now.take_away()


def _worth_watching(found: Reached) -> list[tuple[Any, str]]:
    """Return where a global has a lock, or may get one."""
    value = found.value
    if isinstance(value, type):
        return [(value, name) for name, each in vars(value).items() if isinstance(each, _LOCKS)]
    if value is None or isinstance(value, _LOCKS) or _may_hold(value) or _is_own(value, found):
        return [(found.space, found.name)]
    return []


def _may_hold(value: Any) -> bool:
    """Tell whether a container is one of locks, by its first; a dict that is empty may be."""
    if isinstance(value, dict):
        return not value or isinstance(next(iter(value.values())), _LOCKS)
    return isinstance(value, list) and bool(value) and isinstance(value[0], _LOCKS)


def _is_own(value: Any, found: Reached) -> bool:
    """Tell whether an object is of a class of the user's own."""
    module = sys.modules.get(type(value).__module__)
    home = str(found.space.get("__name__", "")).partition(".")[0]
    return (
        type(getattr(value, "__dict__", None)) is dict
        and module is not None
        and is_own(vars(module), frozenset({home}))
    )


def _look(places: Iterable[tuple[Any, str]]) -> _Seen:
    seen = _nothing()
    for holder, name in places:
        for spot in _spots(holder, name, seen.holders):
            seen.spots[id(spot.holder), spot.name] = spot
            for thing in _with_inner(spot.value):
                seen.insides[id(thing)] = (thing, _state(thing))
    return seen


def _spots(holder: Any, name: str, holders: dict[int, Any]) -> Iterator[_Spot]:
    value = vars(holder).get(name) if isinstance(holder, type) else holder.get(name)
    if value is None or isinstance(value, _LOCKS):
        yield _Spot(holder, name, value)
        return
    if not isinstance(value, (dict, list)):
        value = getattr(value, "__dict__", {})
    elif not _may_hold(value):
        return
    holders[id(value)] = value
    for key, each in enumerate(value) if isinstance(value, list) else tuple(value.items()):
        if each is None or isinstance(each, _LOCKS):
            yield _Spot(value, key, each)


def _with_inner(thing: Any) -> Iterator[Any]:
    """Go through a lock and the locks it is made of, the bare ones of the interpreter apart."""
    if isinstance(thing, _WITH_INSIDES):
        yield thing
        for inner in vars(thing).values():
            yield from _with_inner(inner)


def _state(thing: Any) -> dict[str, Any]:
    """Return what a lock holds, bound to no loop and waited on by nobody."""
    state = {}
    for name, value in vars(thing).items():
        if name == "_loop":
            continue
        if name in _WAITING and value is not None:
            state[name] = type(value)()
        else:
            state[name] = copy.copy(value) if isinstance(value, (deque, list)) else value
    return state


def _fill(thing: Any, state: dict[str, Any], fresh: dict[int, Any]) -> None:
    new = {
        name: copy.copy(value) if isinstance(value, (deque, list)) else _renewed(value, fresh)
        for name, value in state.items()
    }
    vars(thing).clear()
    vars(thing).update(new)


def _renewed(value: Any, fresh: dict[int, Any]) -> Any:
    """Return a lock of the interpreter that nobody holds in place of one that somebody does.

    Args:
        value: what is such a lock, or a method of one; anything else is returned as it is.
        fresh: the locks that were replaced already: one lock may have several names.
    """
    if isinstance(value, (BuiltinMethodType, MethodType)) and isinstance(value.__self__, _RAW):
        return getattr(_renewed(value.__self__, fresh), value.__name__)
    if not isinstance(value, _RAW):
        return value
    if id(value) not in fresh:
        fresh[id(value)] = value if is_free(value) else _MAKERS[type(value)]()
    return fresh[id(value)]


def is_free(lock: Any) -> bool:
    """Tell whether nobody holds a lock of the interpreter's, in this thread or in another."""
    if hasattr(lock, "locked"):
        return not lock.locked()
    if lock._is_owned():  # an RLock before Python 3.14, which lets its owner in again
        return False
    if lock.acquire(blocking=False):
        lock.release()
        return True
    return False


def _same_spot(one: _Spot | None, other: _Spot) -> bool:
    return one is not None and one.value is other.value


locks = Locks()
"""Those of this interpreter."""
