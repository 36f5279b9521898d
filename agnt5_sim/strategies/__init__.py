"""Hypothesis strategies: fault plans, inputs of a workflow, answers."""

from __future__ import annotations

from .inputs import answers, inputs, json_values
from .plans import fault_plans

__all__ = ["answers", "fault_plans", "inputs", "json_values"]
