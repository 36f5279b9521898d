"""What can be run: the workflows and functions the SDK has registered."""

from __future__ import annotations

import difflib
import inspect
from functools import lru_cache
from typing import Any, NamedTuple

from agnt5_sim.errors import BadInput, NotAWorkflow
from agnt5_sim.history.jsonable import to_json
from agnt5_sim.sdk.ports.bodies import watched_function

_WATCHED = "_agnt5_sim_watched"


class Component(NamedTuple):
    """Something that can be run.

    Attributes:
        name: as registered.
        kind: "workflow" or "function".
        config: the SDK's configuration of it.
    """

    name: str
    kind: str
    config: Any

    @property
    def handler(self) -> Any:
        """The user's own function."""
        return inspect.unwrap(self.config.handler)

    def input_bytes(self, given: Any) -> bytes:
        """Return an input as it crosses to the platform, checked against the parameters.

        Raises:
            BadInput: a parameter is missing or unexpected.
            NotJson: it cannot be JSON.
        """
        return to_json(self._arguments(given), f"the input of {self.kind} {self.name}")

    def _arguments(self, given: Any) -> dict[str, Any]:
        wanted = _parameters(self.handler)
        named = [p for p in wanted if p.kind in {p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY}]
        if given is None:
            given = {}
        if not isinstance(given, dict):
            if len(named) != 1:
                raise BadInput(
                    f"the input of {self.kind} {self.name} must be a dict of its parameters"
                    f" ({_listed(named)}), not {type(given).__name__}"
                )
            given = {named[0].name: given}
        names = {p.name for p in named}
        takes_any = any(p.kind is p.VAR_KEYWORD for p in wanted)
        missing = [p.name for p in named if p.default is p.empty and p.name not in given]
        unexpected = [] if takes_any else [name for name in given if name not in names]
        if missing or unexpected:
            parts = [f"parameter {name!r} is missing" for name in missing]
            for name in unexpected:
                near = difflib.get_close_matches(str(name), names, n=1)
                meant = f" (did you mean {near[0]!r}?)" if near else ""
                parts.append(f"{name!r} is no parameter of it{meant}")
            raise BadInput(
                f"the input does not fit {self.kind} {self.name}({_listed(named)}): "
                + "; ".join(parts)
            )
        return dict(given)


@lru_cache(maxsize=1024)
def _parameters(handler: Any) -> list[inspect.Parameter]:
    return [p for p in inspect.signature(handler).parameters.values() if p.name != "ctx"]


def _listed(parameters: list[inspect.Parameter]) -> str:
    return ", ".join(str(parameter) for parameter in parameters)


def resolve(target: Any) -> Component:
    """Return what a workflow, a function or a name stands for.

    Args:
        target: a decorated function, or the name of one.

    Raises:
        NotAWorkflow: it is neither; the message lists what is registered.
    """
    workflows, functions = registered()
    if isinstance(target, str):
        for kind, known in (("workflow", workflows), ("function", functions)):
            if target in known:
                return Component(target, kind, known[target])
        raise NotAWorkflow(f"no workflow or function is named {target!r}; {_known(target)}")
    config = getattr(target, "_agnt5_config", None)
    if config is None:
        shown = getattr(target, "__qualname__", None) or repr(target)
        raise NotAWorkflow(
            f"{shown} is no workflow: give it the @workflow or @function decorator of agnt5,"
            f" or name one that has it; {_known(str(getattr(target, '__name__', '')))}"
        )
    name: str = config.name
    for kind, known in (("workflow", workflows), ("function", functions)):
        if known.get(name) is config:
            return Component(name, kind, config)
    for kind, known in (("workflow", workflows), ("function", functions)):
        if config.name in known:
            where = getattr(inspect.unwrap(known[config.name].handler), "__module__", "?")
            raise NotAWorkflow(
                f"two {kind}s are named {config.name!r}, and the SDK runs the one of {where};"
                f" give one of them another name: @{kind}(name=...)"
            )
    raise NotAWorkflow(
        f"{config.name!r} was registered and has been removed since; {_known(config.name)}"
    )


def registered() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the SDK's workflows and functions, by name."""
    from agnt5.function import FunctionRegistry
    from agnt5.workflow import WorkflowRegistry

    return WorkflowRegistry.all(), FunctionRegistry.all()


def workflow_handlers() -> list[Any]:
    """Return the user's own functions behind all registered workflows and functions."""
    configs = [config for known in registered() for config in known.values()]
    return [inspect.unwrap(config.handler) for config in configs]


def _known(name: str) -> str:
    workflows, functions = registered()
    names = [*workflows, *functions]
    parts = []
    if workflows:
        parts.append(f"registered workflows: {', '.join(sorted(workflows))}")
    if functions:
        parts.append(f"registered functions: {', '.join(sorted(functions))}")
    near = difflib.get_close_matches(name, names, n=1)
    return ("; ".join(parts) or "nothing is registered") + (
        f"; did you mean {near[0]!r}?" if near else ""
    )


def watch_functions() -> None:
    """Wrap the handler of every registered function that is not wrapped yet."""
    for name, config in registered()[1].items():
        if not getattr(config.handler, _WATCHED, False):
            watched = watched_function(name, config.handler)
            setattr(watched, _WATCHED, True)
            config.handler = watched
