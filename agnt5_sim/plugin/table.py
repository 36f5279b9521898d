"""The table of options: adding an option is adding a row, and a row of the reference.

From a row come the option, its ini twin, its line of `--help`, its place in the marker and what
it sets; a test holds the keywords of `explore` and the reference to it. Whatever a value has to
be is checked by the class whose field it sets, so that an option, an ini value, a marker and a
keyword are refused alike. Nothing of that is imported until something is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


def _text(given: Any) -> Any:
    """Leave a text to the field it is for."""
    return given


def _whole(text: str) -> int | str:
    """Return the whole number a text says; any other text is left for the field to refuse."""
    return int(text) if text.isascii() and text.isdigit() else text


def _number(text: str) -> float | str:
    """Return the number a text says; any other text is left for the field to refuse."""
    try:
        return float(text)
    except ValueError:
        return text


def _listed(text: str) -> tuple[str, ...]:
    """Return the words that stand between commas."""
    return tuple(word.strip() for word in text.split(","))


def _shard(text: str) -> tuple[int, int]:
    """Return index from 0 and number of the parts of `I/N`.

    Raises:
        ValueError: it is no such text.
    """
    index, _, count = map(_whole, text.partition("/"))
    if not isinstance(index, int) or not isinstance(count, int) or not 1 <= index <= count:
        msg = f"{text!r} is no shard: write I/N with I from 1 to N, for example 1/4"
        raise ValueError(msg)
    return index - 1, count


class Option(NamedTuple):
    """An option, and everything that follows from there being one.

    Attributes:
        name: of the option after `--agnt5-sim-`, of the ini value after `agnt5_sim_`, in the
            marker, and of the keyword of `explore`.
        metavar: how its value is written.
        default: what holds without it, in words.
        help: what it does, in a line.
        sets: the fields it sets, as CLASS.FIELD; () for one the plugin itself goes by, which
            `explore` does not have.
        read: makes a value of the text that was given.
        marker: its default as the marker's signature shows it; "" for one that is no argument
            of the marker.
        is_option: whether it can be given on the command line; every one can in the ini file.
        adds: whether what a marker gives is added to what the ini file gives.
    """

    name: str
    metavar: str
    default: str
    help: str
    sets: tuple[str, ...] = ()
    read: Callable[[Any], Any] = _text
    marker: str = ""
    is_option: bool = True
    adds: bool = False

    @property
    def flag(self) -> str:
        """The option, or "" where there is none."""
        return f"--agnt5-sim-{self.name}" if self.is_option else ""

    @property
    def ini(self) -> str:
        """The ini twin, which is also where the parser keeps what the command line says."""
        return f"agnt5_sim_{self.name}"

    @property
    def line(self) -> str:
        """The line of help."""
        return f"{self.help} ({self.default})"


OPTIONS: Final = (
    Option(
        name="depth",
        metavar="1-5",
        default="1",
        help="how many faults a plan has at most: 1 is every single fault, 2 every pair too",
        sets=("Sweep.depth",),
        read=_whole,
        marker="1",
    ),
    Option(
        name="budget",
        metavar="500|30s|5m",
        default="no limit",
        help="for each test, at most so many lives, or so much real time",
        sets=("Sweep.budget",),
        marker="None",
    ),
    Option(
        name="seed",
        metavar="N",
        default="0",
        help="what the randomness of every life comes from, and which lives a budget leaves out",
        sets=("Sweep.seed", "Settings.seed"),
        read=_whole,
    ),
    Option(
        name="faults",
        metavar="KIND,…",
        default="kill",
        help="the kinds of fault to try, of kill, stall, slow and lost",
        sets=("Sweep.kinds",),
        read=_listed,
        marker="('kill',)",
    ),
    Option(
        name="profile",
        metavar="NAME",
        default="the SDK's first",
        help="how the platform drives the SDK",
        sets=("Settings.profile",),
    ),
    Option(
        name="plan",
        metavar="TEXT",
        default="a sweep",
        help="live exactly this fault plan, and show its life with a test that fails",
        sets=("Sweep.plan",),
    ),
    Option(
        name="shard",
        metavar="I/N",
        default="1/1",
        help="sweep only every N-th swept test, from the I-th on",
        read=_shard,
    ),
    Option(
        name="turns",
        metavar="N",
        default="100000",
        help="turns of the loop without progress after which a program counts as spinning",
        sets=("Settings.turns",),
        read=_whole,
    ),
    Option(
        name="stall",
        metavar="SECONDS",
        default="10",
        help="processor time one turn may take, 0 for no limit",
        sets=("Settings.stall",),
        read=_number,
    ),
    Option(
        name="accept",
        metavar="IDS",
        default="none",
        help="ids of known defects of the SDK that are put up with",
        sets=("Sweep.accept",),
        marker="()",
        is_option=False,
        adds=True,
    ),
)

SWITCH_HELP: Final = (
    "sweep scenarios (scenario_*.py) and tests marked agnt5_sim: let faults strike at every point,"
    " recover, and check the guarantees"
)

MARKED: Final = {option.name: option for option in OPTIONS if option.marker}

MARKER: Final = (
    f"agnt5_sim({', '.join(f'{o.name}={o.marker}' for o in MARKED.values())}): under --agnt5-sim,"
    " live this test again under every fault plan and hold each life to the guarantees"
)
