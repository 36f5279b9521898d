"""Code that first meets `datetime` inside a life, and what else people use that tells the time."""

from __future__ import annotations

import datetime
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pydantic import BaseModel, TypeAdapter, create_model, validate_call

from agnt5_sim.world import World

ROOT = Path(__file__).parents[2]
AT = datetime.datetime(2026, 1, 1)

Live = Callable[..., Any]


def _adapter() -> Any:
    return TypeAdapter(datetime.datetime).validate_python("2026-01-01T00:00:00")


def _local_model() -> Any:
    class Local(BaseModel):
        at: datetime.datetime
        on: datetime.date

    return Local.model_validate_json('{"at": "2026-01-01T00:00:00", "on": "2026-01-01"}').at


def _created_model() -> Any:
    return create_model("Created", at=(datetime.datetime, ...))(at=datetime.datetime.now()).at  # type: ignore[attr-defined]


def _validated_call() -> Any:
    @validate_call
    def same(at: datetime.datetime) -> datetime.datetime:
        return at

    return same("2026-01-01T00:00:00")  # type: ignore[arg-type]


def _struct() -> Any:
    struct: Any = msgspec.defstruct("Local", [("at", datetime.datetime)])
    made = struct(datetime.datetime.now())
    return msgspec.json.decode(msgspec.json.encode(made), type=struct).at


SCHEMAS = {
    "TypeAdapter": _adapter,
    "a local BaseModel": _local_model,
    "create_model": _created_model,
    "validate_call": _validated_call,
    "a msgspec struct": _struct,
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_schema_made_in_a_life_is_one_of_datetimes(schema: str, live: Live) -> None:
    """It takes what the program has, and gives plain `datetime`s back."""

    async def program(world: World) -> Any:
        return SCHEMAS[schema]()

    made = live(program)
    assert AT == made
    assert datetime.datetime is type(made)


def test_uuid1_is_of_the_lifes_time(live: Live) -> None:
    """The same in each life, on every machine, and rising within one."""

    async def program(world: World) -> list[uuid.UUID]:
        return [uuid.uuid1(), uuid.uuid1()]

    first, again = live(program), live(program)
    began = int((AT - datetime.datetime(1582, 10, 15)).total_seconds() * 10**7)
    assert first == again
    assert [began, began + 1] == [made.time for made in first]
    assert 0x020000000001 == first[0].node


def test_a_module_that_is_first_imported_in_a_life_works_afterwards() -> None:
    """Subclasses of `datetime`, and references to all of it, are made of the genuine things."""
    script = """
import asyncio, datetime, sys, types
from agnt5_sim.world import World, isolated

SOURCE = '''
from datetime import date, datetime
from time import monotonic, time
class Stamp(datetime):
    pass
'''

async def program():
    module = types.ModuleType("met_in_a_life")
    exec(SOURCE, vars(module))
    sys.modules["met_in_a_life"] = module
    return module.Stamp.now(), module.datetime.now(), module.date.today()

world = World()
with isolated(world, "seed"):
    task = world.spawn().start(program())
    world.drive(None, task.done)
print(*task.result())
met = sys.modules["met_in_a_life"]
print(met.datetime is datetime.datetime, met.Stamp.now() > met.Stamp(2026, 1, 1, 0, 1))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    midnight = "2026-01-01 00:00:00"
    assert f"{midnight} {midnight} 2026-01-01\nTrue True\n" == done.stdout, done.stderr


def test_pandas(live: Live) -> None:
    """Imported in a step: `pd.Timestamp.now()` is the life's time; `np.datetime64` stays real."""
    pytest.importorskip("pandas")

    async def program(world: World) -> list[str]:
        import pandas as pd

        frame = pd.DataFrame({"at": [pd.Timestamp.now()]})
        return [str(pd.Timestamp.now()), str(pd.Timestamp.today()), str(frame["at"][0])]

    assert [str(AT)] * 3 == live(program)
