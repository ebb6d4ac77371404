"""A snapshot is a shortcut and nothing else: what is folded from it is what is folded from the start."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms import article, snapshots
from cms.decider import Refused
from cms.newsroom import Newsroom
from cms.snapshots import Snapshots, Taken, code_of, pack, unpack
from cms.streams import Streams, decider_of
from cms.units import Conflict
from events.article import ArticleDrafted, ArticleHeadlineChanged
from events.event import Meta
from events.store import EventStore, Unit, Write
from tests.newsroom.spec import LONDON, NOW, Clock
from tests.newsroom.test_histories import ACTORS, BEGINNING, DEEDS, by_stream, comparable

STREAM = "article-1"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(DEEDS, min_size=5, max_size=30), st.data())
def test_folded_from_any_snapshot_is_folded_from_the_start(deeds: list[Any], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock(NOW)
        store = EventStore(Path(folder) / "events.db", clock=clock)
        newsroom = Newsroom(store, zone=LONDON, may=lambda role, command: True, clock=clock)
        newsroom.handle(BEGINNING, ACTORS[0])
        for (commands, actor), wait in deeds:
            clock.wait(wait)
            try:
                newsroom.handle(commands, actor)
            except (Refused, Conflict):
                continue
        recorded = list(store.read_all())
        store.close()
    for stream, events in by_stream(recorded).items():
        decider = decider_of(stream)
        whole = decider.initial
        at = data.draw(st.integers(1, len(events)))
        for one in events[:at]:
            whole = decider.replay(whole, one)
        kept = unpack(pack(Taken(whole, 0), decider, stream, events[at - 1].position, b""))
        state = snapshots._state(kept, decider)
        assert comparable(state) == comparable(whole)
        for one in events[at:]:
            whole, state = decider.replay(whole, one), decider.replay(state, one)
        assert comparable(state) == comparable(whole)
        if isinstance(state, article.Article) and isinstance(whole, article.Article):
            assert state.content.body._unfolded()[1] == whole.content.body._unfolded()[1]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    store = EventStore(tmp_path / "events.db")
    yield store
    store.close()


@pytest.fixture
def shelf(tmp_path: Path, store: EventStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Snapshots]:
    monkeypatch.setattr("cms.streams.EVERY", 10)
    shelf = Snapshots(tmp_path / "snapshots", store)
    yield shelf
    shelf.close()


def edit(store: EventStore, times: int) -> None:
    before = store.version(STREAM)
    first = [] if before else [ArticleDrafted(headline="Ferry")]
    events = [*first, *[ArticleHeadlineChanged(headline=f"{before + n}") for n in range(times - len(first))]]
    store.append(Unit(command_id=uuid4(), writes=[Write(STREAM, before, events)], meta=Meta(actor="anna")))


def versions_read(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which versions are read from the log from here on."""
    read: list[int] = []
    reading = store.read_stream

    def counted(stream: str, after: int = 0, until: int | None = None) -> Iterator[Any]:
        for recorded in reading(stream, after, until):
            read.append(recorded.version)
            yield recorded

    monkeypatch.setattr(store, "read_stream", counted)
    return read


def file_of(shelf: Snapshots) -> Path:
    [file] = [path for path in shelf._folder.rglob("*") if path.is_file()]
    return file


def test_a_long_stream_gets_one_and_another_process_reads_only_what_came_after(
    store: EventStore, shelf: Snapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(store, 25)
    whole = Streams(store, 10, shelf).current(STREAM)
    shelf.settle()
    edit(store, 3)
    read = versions_read(store, monkeypatch)
    found = Streams(store, 10, shelf).current(STREAM)
    assert read == [26, 27, 28]
    assert found == Streams(store, 10).current(STREAM)
    assert found.state.version == whole.state.version + 3


def test_one_is_taken_every_so_many_events_also_of_a_stream_at_hand(store: EventStore, shelf: Snapshots) -> None:
    streams, taken = Streams(store, 10, shelf), []
    for _ in range(12):
        edit(store, 3)
        streams.current(STREAM)
        shelf.settle()
        taken += [unpack(path.read_bytes()).version for path in shelf._folder.rglob("*") if path.is_file()]
    assert sorted(set(taken)) == [12, 24, 36]


def test_a_short_stream_gets_none(store: EventStore, shelf: Snapshots) -> None:
    edit(store, 9)
    Streams(store, 10, shelf).current(STREAM)
    shelf.settle()
    assert not shelf._folder.exists()


@pytest.fixture
def kept(store: EventStore, shelf: Snapshots) -> Path:
    """The file of a stream's snapshot."""
    edit(store, 25)
    Streams(store, 10, shelf).current(STREAM)
    shelf.settle()
    return file_of(shelf)


def expect_ignored(store: EventStore, shelf: Snapshots) -> None:
    assert shelf.load(STREAM, article.decider) is None
    found = Streams(store, 10, shelf).current(STREAM)
    assert found == Streams(store, 10).current(STREAM)
    shelf.settle()
    anew = shelf.load(STREAM, article.decider)
    assert anew is not None and anew.state == found.state  # made anew


@pytest.mark.parametrize("damage", [b"", b"x" * 20, b"y" * 500])
def test_a_corrupt_one_is_ignored_and_made_anew(store: EventStore, shelf: Snapshots, kept: Path, damage: bytes) -> None:
    kept.write_bytes(damage)
    expect_ignored(store, shelf)


def test_one_with_a_bit_turned_is_ignored(store: EventStore, shelf: Snapshots, kept: Path) -> None:
    data = bytearray(kept.read_bytes())
    data[-10] ^= 1
    kept.write_bytes(bytes(data))
    expect_ignored(store, shelf)


def test_one_that_other_code_made_is_ignored(
    store: EventStore, shelf: Snapshots, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "code_of", lambda _: "the code of tomorrow")
    expect_ignored(store, shelf)


@pytest.mark.parametrize(
    "change", [{"position": 7}, {"version": 12}, {"chain_hash": bytes(32)}, {"stream": "article-2"}, {"position": 99}]
)
def test_one_that_the_log_does_not_agree_with_is_ignored(
    store: EventStore, shelf: Snapshots, kept: Path, change: dict[str, Any]
) -> None:
    """As after a restored backup, whose positions mean other events."""
    import hashlib

    altered = msgspec.msgpack.encode(msgspec.structs.replace(unpack(kept.read_bytes()), **change))
    kept.write_bytes(hashlib.sha256(altered).digest() + altered)
    expect_ignored(store, shelf)


def test_they_may_be_deleted_at_any_time(store: EventStore, shelf: Snapshots, kept: Path) -> None:
    kept.unlink()
    expect_ignored(store, shelf)


def test_code_is_told_apart_by_what_folds_the_stream(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    before = code_of(article.decider)
    assert before != code_of(decider_of("tag-1")) and before == code_of.__wrapped__(article.decider)
    changed = tmp_path / "article.py"
    changed.write_text(Path(str(sys.modules["events.article"].__file__)).read_text() + "\n# a word\n")
    monkeypatch.setattr(sys.modules["events.article"], "__file__", str(changed))
    assert code_of.__wrapped__(article.decider) != before


def test_the_newsroom_decides_on_one(store: EventStore, shelf: Snapshots, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(NOW)
    first = Newsroom(store, zone=LONDON, may=lambda role, command: True, clock=clock, snapshots=shelf)
    story = BEGINNING[4].id  # type: ignore[attr-defined]
    first.handle(BEGINNING, ACTORS[0])
    for number in range(20):
        first.handle(article.ChangeHeadline(story, f"{number}"), ACTORS[0])
    shelf.settle()
    read = versions_read(store, monkeypatch)
    again = Newsroom(store, zone=LONDON, may=lambda role, command: True, clock=clock, snapshots=shelf)
    done = again.handle(article.ChangeHeadline(story, "last"), ACTORS[0])
    assert done.versions[f"article-{story}"] == store.version(f"article-{story}")
    assert len(read) < 15
