"""Fault plans: values, and texts that read back as what they were."""

from __future__ import annotations

import pickle
import string

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agnt5_sim import Fault, FaultPlan, PlanError, Point
from agnt5_sim.arguments.words import unknown
from agnt5_sim.faults import KINDS, Sort, faults_at, nth
from agnt5_sim.faults.point import SORTS

KIND_LETTERS = st.text(string.ascii_lowercase + "._-", min_size=1, max_size=12)
NAMES = st.text(max_size=20) | st.sampled_from(
    ["a b", "a;b", "a#1", "a%20b", "größe", "🧪", "a\nb", "", " ", "%", "a/b:c.d"]
)
POINTS = st.builds(Point, KIND_LETTERS, NAMES, st.integers(1, 10**6))


@st.composite
def faults(draw) -> Fault:
    """Draw any fault that a plan may name."""
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    places = [(moment, sort) for moment in kind.moments for sort in kind.sorts(moment)]
    moment, sort = draw(st.sampled_from(places))
    kinds = [name for name, its in SORTS.items() if its is sort]
    point = draw(st.builds(Point, st.sampled_from(kinds), NAMES, st.integers(1, 100)))
    argument = None
    if kind.argument is not None and moment in kind.argument_at:
        some = st.floats(0, 1) if kind.name == "kill" else st.floats(0.001, 1e9)
        argument = draw(some if kind.needs_argument else st.none() | some)
    return Fault(kind.name, moment, point, argument)


FAULTS = faults()
PLANS = st.lists(FAULTS, max_size=5, unique_by=lambda fault: fault.decides).map(FaultPlan)

KILL = Fault("kill", "before", Point("body", "a", 1))


@given(POINTS)
def test_a_point_reads_back(point):
    """Reading undoes writing, whatever the name."""
    assert point == Point.parse(str(point))


@given(FAULTS)
def test_a_fault_reads_back(fault):
    """Reading undoes writing, arguments to the last digit."""
    assert fault == Fault.parse(str(fault))


@given(PLANS)
def test_a_plan_reads_back(plan):
    """Reading undoes writing, and what is read is written the same again."""
    assert plan == FaultPlan.parse(str(plan))
    assert str(plan) == str(FaultPlan.parse(str(plan)))


@given(PLANS)
def test_a_plan_is_one_line_that_a_shell_and_an_ini_file_keep(plan):
    """Space is single and printable, so that quoting the text once is enough."""
    text = str(plan)
    assert text == " ".join(text.split())
    assert text.isascii()
    assert text.isprintable()


@given(
    st.lists(FAULTS, max_size=5, unique_by=lambda fault: fault.decides),
    st.randoms(use_true_random=False),
)
def test_the_order_of_faults_does_not_matter(faults, random):
    """A plan is a set: in any order, with doubles, it is the same value of the same hash."""
    plan = FaultPlan(faults)
    mixed = [*faults, *faults]
    random.shuffle(mixed)
    assert plan == FaultPlan(mixed)
    assert hash(plan) == hash(FaultPlan(mixed))
    assert list(plan) == sorted(set(faults))
    assert len(plan) == len(set(faults))


@given(PLANS, PLANS)
def test_plans_are_ordered(one, other):
    """Any two can be compared, and sorting is total."""
    assert (one < other) + (one == other) + (one > other) == 1


@given(PLANS, FAULTS)
def test_adding_and_leaving_out_a_fault(plan, fault):
    """Both give a new plan."""
    assume(all(other == fault or other.decides != fault.decides for other in plan))
    more = plan.with_fault(fault)
    assert fault in list(more)
    assert fault not in list(more.without(fault))
    assert plan.without(fault) == more.without(fault)


@given(PLANS)
def test_a_plan_can_be_sent(plan):
    """To another process, for one."""
    assert plan == pickle.loads(pickle.dumps(plan))  # noqa: S301


def test_a_plan_is_frozen():
    """Neither plans nor faults nor points change."""
    plan = FaultPlan.of(KILL)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        plan.faults = ()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        KILL.kind = "other"
    with pytest.raises(AttributeError):
        KILL.point.name = "b"


def test_the_ways_to_make_a_plan():
    """By faults, by texts, by its text, and as a single kill."""
    text = "kill before body:a#1"
    assert FaultPlan((KILL,)) == FaultPlan.of(KILL) == FaultPlan.of(text) == FaultPlan.parse(text)
    assert (
        FaultPlan.of(KILL)
        == FaultPlan.kill("before", "body:a#1")
        == FaultPlan.kill("before", KILL.point)
    )
    assert text == str(FaultPlan.of(text))


@pytest.mark.parametrize("text", ["", "none", "  ", " none "])
def test_no_fault_is_none(text):
    """The plan without faults is written `none`."""
    assert FaultPlan() == FaultPlan.parse(text)
    assert str(FaultPlan()) == "none"
    assert len(FaultPlan()) == 0


def test_space_around_faults_does_not_matter():
    """A plan may be wrapped over lines."""
    written = "kill before body:a#1; kill during sleep:hold#2"
    assert written == str(FaultPlan.parse("  kill during sleep:hold#2 ;\n kill before body:a#1 "))


def test_an_argument_is_a_part_of_a_sleep():
    """From nothing of it to all of it."""
    for part in (0.0, 0.25, 1.0):
        text = f"kill({part!r}) during sleep:hold#1"
        (fault,) = FaultPlan.parse(text)
        assert part == fault.argument


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "kil before body:a#1",
            "unknown fault kind 'kil': allowed are kill, stall, slow, lost; did you mean 'kill'?",
        ),
        ("frobnicate", "unknown fault kind 'frobnicate': allowed are kill"),
        (
            "kill",
            "'kill' is no fault; one is written KIND MOMENT POINT, for example: kill before emit:workflow.started#1",
        ),
        ("kill before", "'kill before' is no fault; one is written KIND MOMENT POINT"),
        (
            "kill before  body:a#1",
            "'kill before  body:a#1' is no fault; one is written KIND MOMENT POINT",
        ),
        (
            "kill befor body:a#1",
            "unknown moment 'befor': allowed are before, after, during; did you mean 'before'?",
        ),
        (
            "kill before body:a",
            "'body:a' is no fault point; one is written kind:name#occurrence, for example",
        ),
        ("kill before body#1", "'body#1' is no fault point"),
        ("kill before :a#1", "':a#1' is no fault point"),
        ("kill before body:a#0", "'body:a#0' is no fault point"),
        ("kill before body:a#-1", "'body:a#-1' is no fault point"),
        ("kill before body:a#²", "'body:a#²' is no fault point"),
        (
            "kill before body:a#01",
            "'body:a#01' is not how a fault point is written; write 'body:a#1'",
        ),
        (
            "kill before body:%61#1",
            "'body:%61#1' is not how a fault point is written; write 'body:a#1'",
        ),
        (
            "kill during any:point#1",
            "`kill during` is for a sleep (sleep:NAME#N), not for any:point#1",
        ),
        ("kill during body:a#1", "`kill during` is for a sleep (sleep:NAME#N), not for body:a#1"),
        (
            "kill(0.5) before body:a#1",
            "kill before takes no argument 0.5 (part of the sleep that has passed, 0 to 1)",
        ),
        ("kill(2) during sleep:a#1", "kill during takes no argument 2.0"),
        ("kill(nan) during sleep:a#1", "kill during takes no argument nan"),
        ("kill(half) during sleep:a#1", "'half' is no part of the sleep that has passed, 0 to 1"),
        (
            "kill(.5) during sleep:a#1",
            "'kill(.5) during sleep:a#1' is not how a fault is written; write 'kill(0.5)",
        ),
        (
            "slow after emit:a#1",
            "slow needs a duration in virtual seconds, such as 2s or 0.5s: slow(2s)",
        ),
        (
            "slow(2) after emit:a#1",
            "'2' is no duration in virtual seconds, such as 2s or 0.5s: '2' is no span of time",
        ),
        ("slow(2m) after emit:a#1", "write it in seconds, 120s"),
        ("stall before emit:a#1", "stall needs a duration in virtual seconds, such as 2s or 0.5s"),
        ("slow(500ms) after emit:a#1", "write it in seconds, 0.5s"),
        ("slow(infs) after emit:a#1", "slow after takes no argument inf"),
        ("slow(2.0s) after emit:a#1", "is not how a fault is written; write 'slow(2s) after"),
        (
            "slow(0s) after emit:a#1",
            "slow after takes no argument 0.0 (duration in virtual seconds",
        ),
        ("slow(-1s) after emit:a#1", "slow after takes no argument -1.0"),
        ("slow(2s) before emit:a#1", "unknown moment 'before': allowed are after"),
        ("lost(2s) after emit:a#1", "lost takes no argument (2s)"),
        ("lost after body:a#1", "`lost after` is for a request (emit:NAME#N), not for body:a#1"),
        ("lost after queue:a#1", "`lost after` is for a request (emit:NAME#N), not for queue:a#1"),
        (
            "lost after emit:a#1; slow(2s) after emit:a#1",
            "lost after emit:a#1 and slow(2s) after emit:a#1 exclude each other: both decide about the reply",
        ),
        (
            "kill before emit:a#1; stall(9s) before emit:a#1",
            "exclude each other: both decide about the process",
        ),
        ("stall during sleep:a#1", "unknown moment 'during': allowed are before, after"),
        ("kill before a:b#1;", "has an empty fault between two `;`"),
        ("; kill before a:b#1", "has an empty fault between two `;`"),
        ("kill before a:b#1; kill before a:b#1", "names the same fault twice"),
        ("none; kill before a:b#1", "unknown fault kind 'none'"),
    ],
)
def test_what_cannot_be_read_says_why(text, message):
    """The message names the part, what is allowed there, and what was probably meant."""
    with pytest.raises(PlanError) as refused:
        FaultPlan.parse(text)
    assert str(refused.value)[: len(message)] == message or message in str(refused.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Fault("kil", "before", Point("body", "a", 1)),
        lambda: Fault("kill", "befor", Point("body", "a", 1)),
        lambda: Fault("kill", "during", Point("body", "a", 1)),
        lambda: Fault("kill", "before", Point("body", "a", 1), 0.5),
    ],
)
def test_what_no_plan_may_say_cannot_be_made(make):
    """A fault that could not be read back cannot be made either."""
    with pytest.raises(PlanError):
        make()


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    """Nothing but a PlanError comes of a text that is no plan."""
    try:
        plan = FaultPlan.parse(text)
    except PlanError as error:
        assert str(error)  # noqa: PT017 - most texts are refused, and a few are plans
    else:
        assert plan == FaultPlan.parse(str(plan))


def test_the_nth_point_is_a_point():
    """It reads back like any other."""
    assert nth(3) == Point.parse(str(nth(3)))
    assert str(nth(3)) == "any:point#3"


def test_unknown_words_are_explained():
    """The word, what is allowed, and the nearest where one is near."""
    assert unknown("colour", "gren", ["red", "green"]) == (
        "unknown colour 'gren': allowed are red, green; did you mean 'green'?"
    )
    assert unknown("colour", "x", ["red"]) == "unknown colour 'x': allowed are red"


@pytest.mark.parametrize(
    ("place", "says"),
    [
        (("body", "x", 0), "occurrence=0 cannot be used; allowed: a whole number of at least 1"),
        (("body", "x", -1), "occurrence=-1 cannot be used"),
        (("body", "x", "1"), "occurrence='1' cannot be used"),
        (("body", "x", True), "occurrence=True cannot be used"),
        (("body", 5, 1), "name=5 cannot be used; allowed: text"),
        (("", "x", 1), "kind='' cannot be used; allowed: letters, digits and"),
        (("a b", "x", 1), "kind='a b' cannot be used"),
        (("a:b", "x", 1), "kind='a:b' cannot be used"),
        (("größe", "x", 1), "kind='größe' cannot be used"),
        ((5, "x", 1), "kind=5 cannot be used"),
    ],
)
def test_a_point_that_could_not_be_read_back_is_refused(place, says):
    """So that whatever is a point has a text."""
    with pytest.raises(PlanError) as refused:
        Point(*place)
    assert str(refused.value).startswith(says)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: FaultPlan.parse(None), "text=None cannot be used; allowed: the text of a plan"),
        (lambda: Fault.parse(None), "text=None cannot be used; allowed: the text of a fault"),
        (lambda: Point.parse(None), "text=None cannot be used; allowed: the text of a point"),
        (lambda: FaultPlan.of(5), "faults="),
        (lambda: FaultPlan(5), "faults=5 cannot be used; allowed: Faults"),
        (lambda: FaultPlan("none"), "faults='none' cannot be used; allowed: Faults"),
        (lambda: FaultPlan([str(KILL)]), "faults=['kill before body:a#1'] cannot be used"),
        (lambda: FaultPlan.kill("before", 5), "point=5 cannot be used; allowed: a Point"),
        (lambda: Fault("kill", "before", "body:a#1"), "point='body:a#1' cannot be used"),
        (lambda: Fault(5, "before", KILL.point), "unknown fault kind 5: allowed are kill"),
    ],
)
def test_what_is_no_plan_is_refused_by_its_makers(make, says):
    """With one sentence about the argument, whatever it is."""
    with pytest.raises(PlanError) as refused:
        make()
    assert str(refused.value).startswith(says)


def test_every_point_a_program_comes_to_has_a_sort():
    """So that a fault can tell whether it may strike there; what is no kind of ours has none."""
    assert {Point(kind, "a", 1).sort for kind in SORTS} == set(Sort) - {Sort.UNKNOWN}
    assert nth(1).sort is Sort.UNKNOWN


def test_what_a_sweep_tries_stands_in_the_table():
    """Each kind at its sorts of point, with its arguments, and nothing that no plan may name."""
    tried = {
        name: [
            str(fault)
            for kind in ("emit", "queue", "body", "await", "sleep")
            for fault in faults_at(Point(kind, "a", 1), (name,))
        ]
        for name in KINDS
    }
    assert tried == {
        "kill": [
            "kill before emit:a#1",
            "kill after emit:a#1",
            "kill before queue:a#1",
            "kill after queue:a#1",
            "kill before body:a#1",
            "kill after body:a#1",
            "kill before await:a#1",
            "kill during sleep:a#1",
        ],
        "stall": [
            "stall(400s) before emit:a#1",
            "stall(400s) after emit:a#1",
            "stall(400s) before queue:a#1",
            "stall(400s) after queue:a#1",
            "stall(400s) before body:a#1",
            "stall(400s) after body:a#1",
            "stall(400s) before await:a#1",
        ],
        "slow": ["slow(2s) after emit:a#1"],
        "lost": ["lost after emit:a#1"],
    }
