"""Locks and queues in module globals: a worker process that is killed takes its own with it."""

from __future__ import annotations

import asyncio
import queue
import threading

import lock_store
import lock_workflows as wf
import pytest

from agnt5_sim import explore, simulate
from agnt5_sim.sdk.generations.detect import installed
from agnt5_sim.world.remembering.locks import Locks, is_free

TOGETHER = ["semaphore", "alone", "lock", "keyed", "limiter", "later", "token"]
IN_TURN = ["threads", "condition", "counted", "of_the_class", "job", "event"]
BRANCHES = ("A02",)  # of the oldest generation; the others have no such defect
CASES = [
    *(pytest.param(wf.together, which, 3, id=which) for which in TOGETHER),
    *(pytest.param(wf.in_turn, which, 2, id=which) for which in IN_TURN),
]


@pytest.mark.parametrize("profile", installed().profiles)
@pytest.mark.parametrize(("workflow", "which", "output"), CASES)
def test_a_killed_worker_holds_nothing(workflow, which, output, profile):
    """No kill is a finding, at whatever its steps waited, and none counts as changed memory."""
    explored = explore(workflow, {"which": which}, profile=profile, accept=BRANCHES)
    explored.check(BRANCHES)
    first = explored.points[0]
    lived = simulate(workflow, {"which": which}, profile=profile, faults=f"kill before {first}")
    assert (lived.status, lived.output) == ("completed", output)


@pytest.mark.parametrize(("workflow", "which", "output"), CASES)
def test_a_life_finds_locks_as_the_one_before_found_them(workflow, which, output):
    """Each life has a loop of its own, and so has whatever came before the first."""
    outputs = [simulate(workflow, {"which": which}).output for _ in range(2)]
    assert outputs == [output, output]


def test_what_is_held_when_it_dies_is_no_changed_memory():
    """A held lock is not data, and is not reported as such."""
    points = simulate(wf.in_turn, {"which": "threads"}).points
    kinds = {
        entry.kind
        for point in points
        for entry in simulate(
            wf.in_turn, {"which": "threads"}, faults=f"kill after {point}"
        ).history
    }
    assert "fault.kill" in kinds
    assert "memory.changed" not in kinds


def test_what_is_put_in_a_queue_between_lives_is_there():
    """What somebody prepares is not what a life left behind."""
    wf.JOBS.get(block=False)
    for name in ("one", "two"):
        wf.JOBS.put(name)
        assert simulate(wf.takes_a_job).output == name
    wf.JOBS.put("job")


@pytest.mark.parametrize("workflow", [wf.store_leaks, wf.store_notes])
def test_memory_in_a_module_reached_by_its_name_is_found(workflow):
    """`store.SEEN` is what `SEEN` is: reported, and as it was in the next life and afterwards."""
    found = {v.guarantee: v for v in explore(workflow).violations}
    assert found["world.memory"].step == "lock_store.SEEN"
    assert "world.deterministic" not in found
    assert lock_store.SEEN == []


def _of(space: dict) -> Locks:
    """Return the locks of a module made of text."""
    exec("def program(): RAW, SAME, RAW_AGAIN, EVENT, QUEUE, CONDITION", space)  # noqa: S102 - no input
    locks = Locks()
    locks.include([space["program"]])
    locks.begin()
    return locks


def test_a_lock_keeps_being_one_under_all_its_names():
    """One held lock is replaced by one, in globals and in what is made of it."""
    raw = threading.Lock()
    space = {"RAW": raw, "SAME": raw, "CONDITION": threading.Condition(raw)}
    locks = _of(space)
    raw.acquire()
    locks.renew()
    assert space["RAW"] is space["SAME"] is not raw
    assert space["CONDITION"].acquire(blocking=False)
    assert space["RAW"].locked()


def test_a_lock_nobody_holds_stays_the_same():
    """Others may hold on to it."""
    space = {"RAW": threading.Lock(), "RAW_AGAIN": threading.RLock()}
    before = dict(space)
    locks = _of(space)
    locks.renew()
    assert all(space[name] is lock for name, lock in before.items() if name.startswith("RAW"))
    before["RAW_AGAIN"].acquire()
    locks.renew()
    assert space["RAW_AGAIN"] is not before["RAW_AGAIN"]
    assert space["RAW_AGAIN"].acquire(blocking=False)


def test_what_belongs_to_the_outside_world_is_not_put_back():
    """As with data that is declared external."""
    space = {"EVENT": asyncio.Event(), "QUEUE": queue.Queue()}
    locks = _of(space)
    space["EVENT"].set()
    space["QUEUE"].put(1)
    locks.renew([space["QUEUE"]])
    assert not space["EVENT"].is_set()
    assert space["QUEUE"].get(block=False) == 1


@pytest.mark.parametrize("maker", [threading.Lock, threading.RLock])
def test_a_lock_is_free_when_nobody_holds_it(maker):
    """Not this thread, which an RLock would let in again, and no other; asking takes nothing."""
    lock = maker()
    assert [is_free(lock), is_free(lock)] == [True, True]
    lock.acquire()
    assert not is_free(lock)
    lock.release()
    assert is_free(lock)
    holding, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            holding.set()
            enough.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait()
    assert not is_free(lock)
    enough.set()
    thread.join()
    assert is_free(lock)
