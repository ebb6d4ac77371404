"""What was stored long ago is read as today's events: renamed, split, merged, retired, and any of these in a row."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.decider import Decider, State
from events.event import Event, Payload, UnknownEvent, event, upcast
from events.reading import Stored, becomes, decode, events_of, former, merges, retired, stored_as
from events.store import EventStore, Unit, Write
from events.survey import survey
from tests.events.conftest import META
from tests.events.declaring import declaring, store_as

__all__ = ["declaring"]


class Printed(Event, frozen=True):
    copies: int
    paper: str = "newsprint"


class Sent(Event, frozen=True):
    to: str


class Rolled(Event, frozen=True):
    ink: str
    paper: str


@pytest.fixture
def press(declaring: None) -> None:
    """A press room whose words changed over the years."""
    event("press.printed", schema=3)(Printed)
    event("press.sent")(Sent)
    event("press.rolled", schema=2)(Rolled)

    @upcast(Printed, 2)
    def newsprint(payload: Payload) -> Payload:
        return {**payload, "paper": "newsprint"}

    @becomes("press.delivered", 1, into=(Printed, Sent))
    def delivered(payload: Payload) -> list[Stored]:
        printed, sent = {"copies": payload["copies"]}, {"to": payload["to"]}
        return [Stored("press.struck", 2, printed), Stored("press.sent", 1, sent)]

    former("press.struck", Printed, schemas=(2,))
    retired("press.rinsed", 1)

    @becomes("press.sold", 1, into=(Sent,))
    def sold(payload: Payload) -> list[Stored]:
        return [Stored("press.sent", 1, {"to": payload["buyer"]})]

    @merges(("press.inked", 1), ("press.fed", 1))
    def rolled(payloads: list[Payload]) -> Stored:
        return Stored("press.rolled", 1, {"ink": payloads[0]["ink"], "sheet": payloads[1]["sheet"]})

    @upcast(Rolled, 1)
    def sheets(payload: Payload) -> Payload:
        return {"ink": payload["ink"], "paper": payload["sheet"]}



def read(log: EventStore) -> list[tuple[int, int, int, Event]]:
    return [(one.position, one.version, one.part, one.event) for one in log.read_all()]


def test_a_split_event_is_several_parts_with_one_position_and_version(press: None, log: EventStore) -> None:
    store_as(log, "press-1", ("press.delivered", 1, {"copies": 7, "to": "Netherquay"}))
    store_as(log, "press-1", ("press.sent", 1, {"to": "Orran"}))
    expected = [(1, 1, 0, Printed(copies=7)), (1, 1, 1, Sent(to="Netherquay")), (2, 2, 0, Sent(to="Orran"))]
    assert read(log) == expected
    assert [(r.position, r.version, r.part, r.event) for r in log.read_stream("press-1")] == expected
    assert [r.type for r in log.read_all()] == ["press.printed", "press.sent", "press.sent"]  # by their names of today


def test_steps_chain_whatever_they_are(press: None) -> None:
    """Split, then renamed, then upcast."""
    assert events_of("press.delivered", 1, '{"copies": 1, "to": "x"}') == [Printed(copies=1), Sent(to="x")]
    assert decode("press.struck", 2, '{"copies": 1}') == Printed(copies=1)


def test_a_retired_event_is_read_as_nothing_or_as_what_replaced_it(press: None, log: EventStore) -> None:
    store_as(log, "press-1", ("press.rinsed", 1, {"water": True}), ("press.sold", 1, {"buyer": "Pell"}))
    assert read(log) == [(2, 2, 0, Sent(to="Pell"))]
    assert [len(page) for page in log.pages(size=1)] == [0, 1]  # a reader notes that it has come past


def test_what_has_no_class_any_more_is_never_appended_again(press: None, log: EventStore) -> None:
    class Rinsed(Event, frozen=True):
        water: bool

    with pytest.raises(UnknownEvent, match="Rinsed is not in the catalogue"):
        log.append(Unit(command_id=uuid4(), meta=META, writes=[Write("press-1", 0, [Rinsed(water=True)])]))


DELIVERED = ("press.delivered", 1, {"copies": 7, "to": "x"})
INKED, FED = ("press.inked", 1, {"ink": "black"}), ("press.fed", 1, {"sheet": "A1"})
ROLLED = Rolled(ink="black", paper="A1")


def test_what_was_appended_together_is_read_as_one_where_the_last_of_it_stands(
    press: None, log: EventStore
) -> None:
    store_as(log, "press-1", ("press.sent", 1, {"to": "a"}), INKED, FED, ("press.sent", 1, {"to": "b"}))
    assert read(log) == [(1, 1, 0, Sent(to="a")), (3, 3, 0, ROLLED), (4, 4, 0, Sent(to="b"))]


def test_what_was_appended_apart_is_not_read_as_one(press: None, log: EventStore) -> None:
    store_as(log, "press-1", INKED)
    store_as(log, "press-1", FED)
    with pytest.raises(UnknownEvent, match=r"position 1 .*no event is called 'press.inked'|never had"):
        read(log)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 1000])
def test_a_page_that_ends_among_them_tells_them_once(press: None, log: EventStore, size: int) -> None:
    for _ in range(3):
        store_as(log, "press-1", INKED, FED, INKED, FED, ("press.sent", 1, {"to": "a"}))
    told = [(r.position, r.event) for page in log.pages(size=size) for r in page]
    assert told == [(p + n, e) for n in (0, 5, 10) for p, e in ((2, ROLLED), (4, ROLLED), (5, Sent(to="a")))]
    for position in range(16):  # and a checkpoint that stands among them resumes without loss
        assert [(r.position, r.event) for r in log.read_all(after=position)] == [t for t in told if t[0] > position]
        assert [(r.position, r.event) for r in log.read_stream("press-1", after=position)] == [
            t for t in told if t[0] > position
        ]


def test_a_filter_by_today_s_names_finds_what_had_others(press: None, log: EventStore) -> None:
    store_as(log, "press-1", DELIVERED, ("press.struck", 2, {"copies": 8}), INKED, FED)
    assert stored_as(["press.printed"]) == {"press.printed", "press.struck", "press.delivered"}
    assert [r.event for r in log.read_all(types=["press.printed"])] == [Printed(copies=7), Printed(copies=8)]
    assert [r.event for r in log.read_all(types=["press.rolled"])] == [ROLLED]


def test_a_folded_state_has_the_version_that_the_log_has(press: None, log: EventStore) -> None:
    """Or the next append would expect another one."""
    decider = Decider("press", State())
    decider.after(Printed, Sent, Rolled)(lambda state, _event, _actor: state)
    store_as(log, "press-1", DELIVERED, INKED, FED, ("press.sent", 1, {"to": "a"}))
    state = State()
    for one in log.read_stream("press-1"):
        state = decider.replay(state, one)
    assert state.version == log.version("press-1") == 4


def test_steps_that_run_in_a_circle_are_an_error(declaring: None) -> None:
    event("press.sent")(Sent)
    becomes("press.a", 1, into=(Sent,))(lambda payload: [Stored("press.b", 1, payload)])
    becomes("press.b", 1, into=(Sent,))(lambda payload: [Stored("press.a", 1, payload)])
    with pytest.raises(UnknownEvent, match="in a circle"):
        events_of("press.a", 1, "{}")


def test_the_newest_shape_cannot_be_declared_to_be_something_else(press: None) -> None:
    with pytest.raises(ValueError, match="the newest shape of Sent"):
        retired("press.sent", 1)
    with pytest.raises(ValueError, match="read in two ways"):
        retired("press.rinsed", 1)


def test_a_survey_counts_each_shape_and_names_what_cannot_be_read(press: None, log: EventStore) -> None:
    store_as(log, "press-1", DELIVERED, INKED, FED, ("press.rinsed", 1, {}))
    store_as(log, "press-1", ("press.dreamt", 1, {}), ("press.printed", 1, {}), ("press.sent", 1, {"too": 1}))
    found = survey(log)
    assert found.events == 7
    assert {(s.type, s.schema): (s.stored, dict(s.read_as)) for s in found.shapes}[("press.delivered", 1)] == (
        1, {"press.printed": 1, "press.sent": 1}
    )  # fmt: skip
    assert [(bad.type, bad.schema, bad.positions) for bad in found.unreadable] == [
        ("press.dreamt", 1, [5]), ("press.printed", 1, [6]), ("press.sent", 1, [7]),
    ]  # fmt: skip
    assert "no event is called 'press.dreamt'" in found.unreadable[0].reason


@given(st.lists(st.sampled_from("iifs"), max_size=12), st.integers(1, 5))
def test_pages_of_any_size_tell_the_same(kinds: list[str], size: int) -> None:
    """The rule without a store: what is read does not depend on where a page ends."""
    from events import reading

    lines = [
        (n, "press-1", n, {"i": INKED, "f": FED, "s": ("press.sent",)}[kind][0], 1, "{}", "{}", 0, 0)
        for n, kind in enumerate(kinds, start=1)
    ]
    merger = reading._Merger((INKED[:2], FED[:2]), lambda _: Stored("press.rolled", 2, {}))
    reading._mergers.append(merger)
    try:
        near = lambda first, last: [line for line in lines if first <= line[0] <= last]  # noqa: E731
        whole = list(reading._merged(lines, near))
        paged = [line for n in range(0, len(lines), size) for line in reading._merged(lines[n : n + size], near)]
    finally:
        reading._mergers.remove(merger)
    assert paged == whole


