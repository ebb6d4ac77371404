"""The log's contract: what appending and reading promise."""

import itertools
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import msgspec
import psycopg
import pytest

from events.clock import ClockJumped
from events.event import UnknownEvent
from events.instant import DAY, HOUR, SECOND, now
from events.sqlite import SQLite
from events.store import Appended, CommandReused, EventStore, Unit, VersionConflict, Write
from tests.events.conftest import META, Place, drafted, headline, unit


def test_an_empty_log_has_its_head_at_nought(log: EventStore) -> None:
    assert log.head().position == 0
    assert list(log.read_all()) == []
    assert log.version("article-1") == 0


def test_what_is_appended_is_read_back_with_who_when_and_where(log: EventStore) -> None:
    before = now()
    story = unit("article-1", 0, drafted("Ferry runs aground"), headline("Ferry refloated"))
    log.append(story)
    first, second = log.read_all()
    assert (first.position, first.stream, first.version, first.event) == (1, "article-1", 1, drafted())
    assert (second.position, second.version, second.event) == (2, 2, headline("Ferry refloated"))
    assert (first.category, first.id) == ("article", "1")
    assert first.meta == second.meta == msgspec.structs.replace(META, command_id=story.command_id)
    assert before <= first.recorded_at <= now() and first.occurred_at == first.recorded_at


def test_positions_are_dense_over_all_streams_and_versions_within_each(log: EventStore) -> None:
    for number in range(3):
        for stream in ("article-1", "article-2"):
            log.append(unit(stream, number, drafted(f"{stream} {number}")))
    assert [recorded.position for recorded in log.read_all()] == [1, 2, 3, 4, 5, 6]
    assert [recorded.version for recorded in log.read_stream("article-2")] == [1, 2, 3]


def test_whoever_comes_second_is_told_and_nothing_of_theirs_is_written(log: EventStore) -> None:
    log.append(unit("article-1", 0, drafted()))
    with pytest.raises(VersionConflict) as refused:
        log.append(unit("article-1", 0, drafted("Another")))
    assert (refused.value.stream, refused.value.expected, refused.value.actual) == ("article-1", 0, 1)
    assert log.head().position == 1


def test_a_unit_that_writes_to_two_streams_is_taken_whole_or_not_at_all(log: EventStore) -> None:
    log.append(unit("path-1", 0, drafted()))
    story = Unit(
        command_id=uuid4(), meta=META, writes=[Write("article-1", 0, [drafted()]), Write("path-1", 0, [drafted()])]
    )
    with pytest.raises(VersionConflict):
        log.append(story)
    assert log.version("article-1") == 0


def test_a_write_without_events_only_checks_the_version(log: EventStore) -> None:
    log.append(unit("byline-1", 0, drafted()))
    checked = [Write("byline-1", 1), Write("article-1", 0, [drafted()])]
    assert log.append(Unit(command_id=uuid4(), meta=META, writes=checked)).position == 2
    stale = [Write("byline-1", 0), Write("article-1", 1, [headline("x")])]
    with pytest.raises(VersionConflict):
        log.append(Unit(command_id=uuid4(), meta=META, writes=stale))


def test_the_same_command_sent_twice_happens_once_and_answers_the_same(log: EventStore) -> None:
    story = unit("article-1", 0, drafted())
    first, again = log.append(story), log.append(story)
    assert (again.first_position, again.position, again.repeated) == (first.first_position, first.position, True)
    assert log.head().position == 1
    assert log.outcome(story.command_id) == again


def test_a_command_id_used_for_something_else_is_an_error(log: EventStore) -> None:
    story = unit("article-1", 0, drafted())
    log.append(story)
    with pytest.raises(CommandReused):
        log.append(unit("article-2", 0, drafted("Other"), command_id=story.command_id))


def test_each_unit_of_a_batch_has_its_own_verdict(log: EventStore) -> None:
    known = unit("article-1", 0, drafted())
    log.append(known)
    verdicts = log.append_many(
        [unit("article-2", 0, drafted()), unit("article-2", 0, drafted()), known, unit("article-2", 1, headline("x"))]
    )
    assert isinstance(verdicts[0], Appended) and verdicts[0].position == 2
    assert isinstance(verdicts[1], VersionConflict)
    assert isinstance(verdicts[2], Appended) and verdicts[2].repeated
    assert isinstance(verdicts[3], Appended) and verdicts[3].position == 3


def test_imported_history_keeps_its_own_time_but_never_runs_backwards_within_a_stream(log: EventStore) -> None:
    then = now() - 1000 * DAY
    log.append(unit("article-1", 0, drafted(), occurred_at=then))
    log.append(unit("article-1", 1, headline("later"), occurred_at=then - DAY))
    log.append(unit("article-2", 0, drafted(), occurred_at=then - DAY))
    assert [recorded.occurred_at for recorded in log.read_all()] == [then, then, then - DAY]


def test_a_clock_that_stands_a_little_back_does_not_make_time_run_backwards(place: Place) -> None:
    moments = iter([10 * HOUR, 10 * HOUR - SECOND])
    with place.opened(clock=lambda: next(moments)) as log:
        log.append(unit("article-1", 0, drafted()))
        log.append(unit("article-2", 0, drafted()))
        assert [recorded.recorded_at for recorded in log.read_all()] == [10 * HOUR, 10 * HOUR]


def test_a_clock_that_was_set_back_stops_the_pen(place: Place) -> None:
    moments = iter([10 * HOUR, 9 * HOUR])
    with place.opened(clock=lambda: next(moments)) as log:
        log.append(unit("article-1", 0, drafted()))
        with pytest.raises(ClockJumped, match="3600 s behind"):
            log.append(unit("article-2", 0, drafted()))
        assert log.head().position == 1


def test_reading_is_bounded_by_version_position_and_type(log: EventStore) -> None:
    log.append(unit("article-1", 0, drafted(), *[headline(str(number)) for number in range(2500)]))
    assert [r.version for r in log.read_stream("article-1", after=2499)] == [2500, 2501]
    assert [r.version for r in log.read_stream("article-1", until=2)] == [1, 2]
    assert sum(1 for _ in log.read_all(after=1000, until=2000)) == 1000
    assert [r.position for r in log.read_all(types=["article.drafted"])] == [1]
    assert [len(page) for page in log.pages(size=1000)] == [1000, 1000, 501]


def test_a_type_that_this_code_does_not_know_is_an_error_that_names_it(log: EventStore, place: Place) -> None:
    log.append(unit("article-1", 0, drafted()))
    place.execute(
        "INSERT INTO events SELECT 2, stream, 2, 'article.dreamt', 1, data, meta, occurred_at, recorded_at,"
        " salt, content_hash, chain_hash FROM events"
    )
    with pytest.raises(UnknownEvent, match=r"position 2 \(article-1, version 2\): no event is called 'article.dreamt'"):
        list(log.read_all())


COPIED = (
    "SELECT {}, {}, {}, type, schema, data, meta, occurred_at, recorded_at, salt, content_hash, chain_hash FROM events"
)
SKIPPING = COPIED.format(9, "'article-9'", 1)
LEAVING_OUT_A_VERSION = COPIED.format(2, "stream", 3)


ANYWHERE = [
    "UPDATE events SET data = '{}'",
    "DELETE FROM events",
    f"INSERT INTO events {SKIPPING}",
    f"INSERT INTO events {LEAVING_OUT_A_VERSION}",
    "UPDATE commands SET first_position = 9",
    "DELETE FROM commands",
]
SQLITE = [
    "INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 1",
    "INSERT OR REPLACE INTO commands SELECT * FROM commands",
]
POSTGRES = [
    "TRUNCATE events",
    "TRUNCATE commands, events",
    "SET session_replication_role = replica; DELETE FROM events",  # as replication would
    "SET session_replication_role = replica; TRUNCATE events",
    f"SET session_replication_role = replica; INSERT INTO events {SKIPPING}",
    "INSERT INTO events SELECT * FROM events ON CONFLICT (position) DO UPDATE SET data = excluded.data",
    "MERGE INTO events USING (SELECT 1 AS n) one ON position = n WHEN MATCHED THEN UPDATE SET data = '{}'",
    "WITH gone AS (DELETE FROM events RETURNING 1) SELECT count(*) FROM gone",
]


@pytest.mark.parametrize(
    ("place", "statement"),
    [
        *itertools.product(["sqlite"], ANYWHERE + SQLITE),
        *itertools.product(["postgres"], ANYWHERE + POSTGRES),
    ],
    indirect=["place"],
)
def test_the_database_itself_refuses_to_change_the_past(log: EventStore, place: Place, statement: str) -> None:
    log.append(unit("article-1", 0, drafted()))
    before = list(log.rows())
    with pytest.raises((sqlite3.DatabaseError, psycopg.DatabaseError), match="append-only"):
        place.execute(statement)
    assert list(log.rows()) == before


def test_our_own_connections_to_a_file_cannot_even_drop_the_guards(tmp_path: Path) -> None:
    refused = pytest.raises(sqlite3.DatabaseError, match="not authorized")
    with closing(SQLite(tmp_path / "events.db")) as database, database.reading() as connection, refused:
        connection.execute("DROP TRIGGER events_are_not_deleted")


def test_many_writers_and_a_follower_who_sees_every_position_once_and_in_order(log: EventStore) -> None:
    seen: list[int] = []

    def write(writer: int) -> None:
        for number in range(50):
            log.append(unit(f"article-{writer}", number, drafted(str(number))))

    def follow() -> None:
        while len(seen) < 400 and log.wait(len(seen), timeout=10):
            seen.extend(recorded.position for recorded in log.read_all(after=len(seen)))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    follower = threading.Thread(target=follow)
    for thread in [follower, *threads]:
        thread.start()
    for thread in [*threads, follower]:
        thread.join()
    assert seen == list(range(1, 401))


def test_a_follower_sleeps_until_there_is_something(log: EventStore) -> None:
    assert log.wait(0, timeout=0.05) is False
    threading.Timer(0.05, lambda: log.append(unit("article-1", 0, drafted()))).start()
    began = time.monotonic()
    assert log.wait(0, timeout=30) is True
    assert time.monotonic() - began < 29
