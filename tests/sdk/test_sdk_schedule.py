"""A whole life under a schedule of another kind: the SDK's branches overtake each other."""

from __future__ import annotations

import wf_parallel  # noqa: F401 - the workflow is known by its name

from agnt5_sim.judging import judge
from agnt5_sim.life.life import Life
from agnt5_sim.life.settings import Settings
from agnt5_sim.world import World
from agnt5_sim.world.choosing import Choosing, Option, Recorded


class LastFirst(Choosing):
    """Of everything what came last is next."""

    def choose(self, options: tuple[Option, ...]) -> int:
        return len(options) - 1


def lived(profile: str, schedule: Choosing) -> Life:
    """Live one run of parallel steps."""
    life = Life(Settings(profile=profile), world=World(schedule=schedule))
    with life.lived():
        life.submit("sdk_asyncio_gather", None)
        life.settle()
    return life


def test_a_life_under_another_schedule_is_another_life_with_the_same_end(profile):
    """The order of its entries differs; the result does not, and no guarantee is broken."""
    plain, other = lived(profile, Recorded(())), lived(profile, LastFirst())
    assert plain.history.digest != other.history.digest
    assert plain.platform.run("run-1").output == other.platform.run("run-1").output
    assert not [violation for violation in judge(other.history) if violation.defect is None]


def test_a_life_is_lived_again_from_what_was_chosen(profile):
    """The numbers of its choices are enough, to the byte."""
    schedule = LastFirst()
    life = lived(profile, schedule)
    assert schedule.choices
    again = Recorded(choice.taken for choice in schedule.choices)
    assert life.history.digest == lived(profile, again).history.digest
    assert schedule.choices == again.choices
