"""Workflows whose steps return more than JSON has types for."""

from __future__ import annotations

import dataclasses
import datetime

from agnt5 import workflow
from pydantic import BaseModel


class Model(BaseModel):
    """A model of pydantic."""

    id: int


@dataclasses.dataclass
class Record:
    """A dataclass."""

    id: int


@workflow
async def sdk_pydantic(ctx) -> int:
    """Get a model from a step."""
    got = await ctx.step("model", lambda: Model(id=1))
    return 1 if got else 0


@workflow
async def sdk_dataclass(ctx) -> int:
    """Get a dataclass from a step."""
    got = await ctx.step("record", lambda: Record(id=1))
    return 1 if got else 0


@workflow
async def sdk_datetime(ctx) -> int:
    """Get a date from a step."""
    got = await ctx.step("date", lambda: datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    return 1 if got else 0


@workflow
async def sdk_tuple(ctx) -> int:
    """Get a tuple from a step."""
    got = await ctx.step("pair", lambda: (1, 2))
    return len(got)


@workflow
async def sdk_int_keys(ctx) -> int:
    """Get a dict from a step whose keys are no strings."""
    got = await ctx.step("table", lambda: {1: "a"})
    return len(got)


@workflow
async def sdk_unserialisable(ctx) -> int:
    """Get from a step what cannot be written down."""
    await ctx.step("object", object)
    return 1


@workflow
async def sdk_returns_model(ctx) -> Model:
    """Return a model."""
    return Model(id=7)
