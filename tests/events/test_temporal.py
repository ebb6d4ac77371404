"""As of a moment: what halving finds is what a look at every event would have found."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.event import Recorded
from events.instant import SECOND
from events.store import EventStore
from events.temporal import AsOf, position_at, read_stream, row_of, version_at
from tests.events.conftest import Place, drafted, headline, unit

STREAM, OTHER = "article-1", "article-2"


class Clock:
    now = 1000 * SECOND

    def __call__(self) -> int:
        return self.now


def history(store: EventStore, clock: Clock) -> None:
    """Two streams, some events recorded at the same instant, the second stream's imported with times of their own."""
    for number in range(12):
        clock.now += (number % 3) * SECOND
        store.append(unit(STREAM, number, headline(str(number)) if number else drafted()))
        if number % 2:
            occurred = (100 + number) * SECOND
            version = number // 2
            store.append(unit(OTHER, version, headline("x") if version else drafted(), occurred_at=occurred))


@pytest.fixture
def told(place: Place) -> EventStore:
    clock = Clock()
    store = place.open(clock)
    history(store, clock)
    return store


def test_every_moment_on_both_engines(told: EventStore) -> None:
    every = list(told.read_all())
    instants = sorted({r.recorded_at for r in every} | {r.occurred_at for r in every})
    for instant in (0, *instants, *(one + 1 for one in instants), *(one - 1 for one in instants)):
        assert position_at(told, instant) == sum(r.recorded_at <= instant for r in every)
        for stream in (STREAM, OTHER, "article-none"):
            own = [r for r in every if r.stream == stream]
            assert version_at(told, stream, AsOf(recorded=instant)) == sum(r.recorded_at <= instant for r in own)
            assert version_at(told, stream, AsOf(occurred=instant)) == sum(r.occurred_at <= instant for r in own)
    for position in range(len(every) + 2):
        assert version_at(told, STREAM, AsOf(position=position)) == sum(
            r.position <= position for r in every if r.stream == STREAM
        )
    assert row_of(told, STREAM, 3) == list(told.stream_rows(STREAM))[2] and row_of(told, STREAM, 99) is None
    assert told.command_at(1) == told.commands()[0] and told.command_at(99) is None
    told.close()


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[EventStore, list[Recorded]]:
    clock, folder = Clock(), Path(tmp_path_factory.mktemp("temporal"))
    store = EventStore(folder / "events.db", clock)
    history(store, clock)
    return store, list(store.read_all())


@given(
    moment=st.builds(
        AsOf,
        version=st.none() | st.integers(0, 15),
        position=st.none() | st.integers(0, 20),
        recorded=st.none() | st.integers(995 * SECOND, 1015 * SECOND),
        occurred=st.none() | st.integers(95 * SECOND, 1015 * SECOND),
    ),
    stream=st.sampled_from([STREAM, OTHER]),
)
def test_several_bounds_all_hold(once: tuple[EventStore, list[Recorded]], moment: AsOf, stream: str) -> None:
    store, every = once
    expected = [
        r
        for r in every
        if r.stream == stream
        and (moment.version is None or r.version <= moment.version)
        and (moment.position is None or r.position <= moment.position)
        and (moment.recorded is None or r.recorded_at <= moment.recorded)
        and (moment.occurred is None or r.occurred_at <= moment.occurred)
    ]
    assert list(read_stream(store, stream, moment)) == expected
