"""Clocks the SDK captured at import read the world's time inside a life, and real time outside."""

from __future__ import annotations

import time

import wf_streams
from agnt5 import events

from agnt5_sim import simulate
from agnt5_sim.world.world import DEFAULT_EPOCH_NS


def stamps(outcome):
    """Return the timestamps of a life's events, in seconds since it began."""
    return [
        (entry.data["source_ns"] - DEFAULT_EPOCH_NS) / 1e9
        for entry in outcome.history.select("platform.emit")
        if entry.data["type"].startswith("output.")
    ]


def test_events_are_stamped_with_virtual_time(profile):
    """Each item of a stream is stamped with the virtual second in which it came."""
    outcome = simulate(wf_streams.sdk_stream_callable, profile=profile, streaming=True)
    assert [1.0, 2.0, 3.0] == stamps(outcome)


def test_no_event_of_any_kind_is_stamped_with_real_time(profile):
    """Every timestamp is within the life, to the nanosecond."""
    outcome = simulate(wf_streams.sdk_stream_callable, profile=profile)
    last = DEFAULT_EPOCH_NS + int(outcome.history[-1].time * 1e9)
    read = [entry.data["source_ns"] for entry in outcome.history.select("platform.emit")]
    assert [] == [ns for ns in read if not DEFAULT_EPOCH_NS <= ns <= last]


def test_outside_of_a_life_the_clock_is_real():
    """An event made by itself, after lives were lived, carries the real time."""
    simulate(wf_streams.sdk_stream_callable)
    before = time.time_ns()
    made = _event()
    assert before <= made <= time.time_ns()


def _event() -> int:
    """Return the timestamp an event of the SDK takes by default."""
    import dataclasses

    for value in vars(events).values():
        if isinstance(value, type) and dataclasses.is_dataclass(value):
            for field in dataclasses.fields(value):
                if (
                    field.name.endswith("timestamp_ns")
                    and field.default_factory is not dataclasses.MISSING
                ):
                    kwargs = {
                        f.name: "x"
                        for f in dataclasses.fields(value)
                        if f.init and f.default is f.default_factory is dataclasses.MISSING
                    }
                    return getattr(value(**kwargs), field.name)
    raise LookupError
