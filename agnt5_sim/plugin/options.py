"""What was chosen on the command line and in the ini file, by the table of options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from agnt5_sim.plugin.table import OPTIONS, SWITCH_HELP, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agnt5_sim.exploring import Sweep
    from agnt5_sim.life.settings import Settings


def add(parser: pytest.Parser) -> None:
    """Add the options and their ini twins to a parser."""
    group = parser.getgroup("agnt5-sim", "deterministic simulation of agnt5 workflows")
    group.addoption("--agnt5-sim", action="store_true", default=False, help=SWITCH_HELP)
    parser.addini("agnt5_sim", "the same as --agnt5-sim", type="bool", default=False)
    for option in OPTIONS:
        if option.is_option:
            group.addoption(
                option.flag,
                dest=option.ini,
                metavar=option.metavar,
                default=None,
                help=option.line,
            )
            parser.addini(option.ini, option.line, default=None)
        else:
            parser.addini(option.ini, option.line, type="args", default=[])


def any_given(config: pytest.Config) -> bool:
    """Tell whether anything was chosen at all; costs nothing."""
    return bool(config.getoption("agnt5_sim") or config.getini("agnt5_sim")) or any(
        on_command_line(config, option) or config.getini(option.ini) for option in OPTIONS
    )


def on_command_line(config: pytest.Config, option: Option) -> bool:
    """Tell whether an option was given on the command line, be it empty."""
    return option.is_option and config.getoption(option.ini) is not None


def checked(option: Option, value: Any) -> Any:
    """Return a value as the fields an option sets keep it.

    Raises:
        ValueError: a field refuses it; the message says what is allowed.
        SdkError: likewise, of the installed SDK.
    """
    kept = value
    for where in option.sets:
        home, field = _home(where)
        kept = getattr(home(**{field: value}), field)
    return kept


def _default(option: Option) -> Any:
    """Return what holds without an option: its field's own default, or what its row says."""
    if not option.sets:
        return option.read(option.default)
    home, field = _home(option.sets[0])
    return getattr(home(), field)


def _home(where: str) -> tuple[Any, str]:
    """Return the class and the name of a field."""
    from agnt5_sim.exploring import Sweep
    from agnt5_sim.life.settings import Settings

    name, _, field = where.partition(".")
    return {"Sweep": Sweep, "Settings": Settings}[name], field


class Choices:
    """What was chosen, checked; each option's value is an attribute of its name.

    Args:
        enabled: whether scenarios and marked tests are swept.
        values: of every option in the table.
    """

    def __init__(self, values: Mapping[str, Any], *, enabled: bool) -> None:
        self.enabled = enabled
        self._values = dict(values)

    def __getattr__(self, name: str) -> Any:
        try:
            return vars(self)["_values"][name]
        except KeyError:
            raise AttributeError(name) from None

    def sweep(self, asked: Mapping[str, Any]) -> Sweep:
        """Return how a test is swept.

        Args:
            asked: what its markers ask for, checked, by the options' names.
        """
        from agnt5_sim.exploring import Sweep

        return Sweep(**self._fields("Sweep", {**self._values, **asked}))

    def settings(self) -> Settings:
        """Return what a life is lived under, faults apart."""
        from agnt5_sim.life.settings import Settings

        return Settings(**self._fields("Settings", self._values))

    def _fields(self, home: str, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            where.partition(".")[2]: values[option.name]
            for option in OPTIONS
            for where in option.sets
            if where.startswith(f"{home}.")
        }


_CHOICES = pytest.StashKey[Choices]()


def read(config: pytest.Config) -> Choices:
    """Return what was chosen on the command line or in the ini file.

    Raises:
        pytest.UsageError: a value cannot be used; the message names it and what is allowed.
    """
    if _CHOICES not in config.stash:
        enabled = bool(config.getoption("agnt5_sim") or config.getini("agnt5_sim"))
        values = {option.name: _chosen(config, option) for option in OPTIONS}
        config.stash[_CHOICES] = Choices(values, enabled=enabled)
    return config.stash[_CHOICES]


def _chosen(config: pytest.Config, option: Option) -> Any:
    from agnt5_sim.errors import SdkError

    where, given = option.ini, config.getini(option.ini)
    if on_command_line(config, option):  # it goes before the ini file, whatever that says
        where, given = option.flag, config.getoption(option.ini)
        if not given.strip():  # an unset variable of a shell must not pass for a choice
            raise pytest.UsageError(f"{where}: its value is empty")
    if isinstance(given, str):
        given = given.strip()
    try:
        return checked(option, option.read(given)) if given else _default(option)
    except (ValueError, SdkError) as error:
        raise pytest.UsageError(f"{where}: {error}") from None
