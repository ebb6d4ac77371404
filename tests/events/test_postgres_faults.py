"""What goes wrong with a PostgreSQL: others hold it up, it goes away. Nothing is lost, and it is said who it was."""

import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from events import postgres as engine
from events.following.ledger import Ledger, beside
from events.instant import now
from events.pipe import Pipe
from events.seal.verifying import verify
from events.store import EventStore, LogUnavailable
from tests.events.appenders import persist
from tests.events.conftest import Place, drafted, headline, unit
from tests.postgres import Server, address

pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)
OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LOCK_PATIENCE", 0.3)
    monkeypatch.setattr(engine, "RECONNECT", 0.3)


@pytest.fixture
def shell(place: Place) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Somebody's psql, in which a transaction was begun."""
    with psycopg.connect(address(str(place.where)), application_name="anna's laptop") as connection:
        yield connection
        connection.rollback()


def written(log: EventStore) -> list[int]:
    return [recorded.position for recorded in log.read_all()]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO events SELECT 2, stream, 2, type, 1, data, meta, 0, 0, salt, content_hash, chain_hash FROM events",
        "LOCK TABLE events IN SHARE MODE",
        "LOCK TABLE commands IN ACCESS EXCLUSIVE MODE",
    ],
)
def test_whoever_holds_the_log_up_is_named_and_others_are_not_kept_waiting(
    impatient: None, place: Place, shell: psycopg.Connection[tuple[object, ...]], statement: str
) -> None:
    with place.opened() as log:
        log.append(unit("article-1", 0, drafted()))
        shell.execute(statement.encode())
        said = rf"by process {shell.info.backend_pid} of PostgreSQL \(anna's laptop, .*idle in transaction for \d+ s.*"
        with pytest.raises(LogUnavailable, match=said + re.escape(statement[:40])):
            log.append(unit("article-2", 0, drafted()))
        shell.rollback()
        assert log.append(unit("article-2", 0, drafted())).position == 2


def test_readers_that_are_locked_out_are_told_by_whom(
    impatient: None, place: Place, shell: psycopg.Connection[tuple[object, ...]]
) -> None:
    with place.opened() as log:
        log.append(unit("article-1", 0, drafted()))
        shell.execute(b"LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(LogUnavailable, match="anna's laptop"):
            log.head()
        shell.rollback()
        assert written(log) == [1]


def test_a_long_snapshot_holds_up_nobody(
    log: EventStore, place: Place, shell: psycopg.Connection[tuple[object, ...]]
) -> None:
    log.append(unit("article-1", 0, drafted()))
    shell.execute(b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    shell.execute(b"SELECT count(*) FROM events, commands")  # as pg_dump does: a snapshot, and locks for reading
    for number in range(20):
        log.append(unit("article-1", number + 1, headline(str(number))))
        assert log.wait(number + 1, timeout=10)
    assert written(log) == list(range(1, 22))
    assert shell.execute(b"SELECT max(position) FROM events").fetchone() == (1,)


def test_a_process_that_goes_to_sleep_in_its_turn_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    monkeypatch.setattr(engine, "IDLE_PATIENCE", 0.5)
    asleep, awake = threading.Event(), threading.Event()

    def clock() -> int:  # asked in the log's turn
        if not awake.is_set():
            asleep.set()
            awake.wait()
        return now()

    with place.opened(clock) as log, place.opened() as other:
        sleeper = threading.Thread(target=log.append, args=(unit("article-1", 0, drafted()),))
        sleeper.start()
        asleep.wait()
        other.append(unit("article-2", 0, drafted()))  # while the other one sleeps with the pen in its hand
        awake.set()
        sleeper.join()
        assert [recorded.stream for recorded in log.read_all()] == ["article-2", "article-1"]


def kill_backends(place: Place) -> int:
    url = make_url(str(place.where))
    with psycopg.connect(address(url), autocommit=True) as connection:
        killed = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'daybook'"
        ).fetchone()
    assert killed is not None
    return int(killed[0])


def test_connections_that_the_server_ends_are_made_again_and_nothing_is_done_twice(place: Place) -> None:
    with place.opened() as log, place.opened() as other:
        writers = [
            threading.Thread(target=lambda n=n: [persist(log, n, i, 2 * i) for i in range(20)]) for n in range(4)
        ]
        seen: list[int] = []
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            kill_backends(place)
            seen += [row.position for row in other.rows(len(seen))]
        seen += [row.position for row in other.rows(len(seen))]
        assert seen == list(range(1, 4 * (2 * 20 + 7) + 1))
        assert verify(log.rows()).ok


def test_an_append_whose_acknowledgement_is_lost_is_told_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with place.opened() as log:
        first = unit("article-1", 0, drafted())
        begin, times = engine.PostgreSQL._take_turn, []

        def lose(self: engine.PostgreSQL, pipe: Pipe, *args: object) -> None:
            begin(self, pipe, *args)  # type: ignore[arg-type]
            times.append(1)
            if len(times) == 1:
                pipe.connection.close()
                raise psycopg.OperationalError("the connection is lost")

        monkeypatch.setattr(engine.PostgreSQL, "_take_turn", lose)
        told = log.append(first)
        assert (told.position, told.repeated, len(times)) == (1, False, 2)
        assert written(log) == [1] and log.append(first).repeated


def test_a_database_that_is_read_only_says_so(impatient: None, place: Place) -> None:
    place.open().close()
    place.execute(f"ALTER DATABASE {make_url(str(place.where)).database} SET default_transaction_read_only = on")
    with place.opened() as log:
        with pytest.raises(LogUnavailable, match=r"read-only.*name the server that takes writes"):
            log.append(unit("article-1", 0, drafted()))
        assert written(log) == []


def test_a_server_that_is_not_there_is_told_without_the_password(impatient: None, place: Place) -> None:
    url = make_url(str(place.where)).set(password="s3cret")
    gone = url.update_query_dict({"host": "/nowhere"}).render_as_string(hide_password=False)
    with pytest.raises(LogUnavailable, match="did not answer") as error:
        EventStore(gone)
    assert "s3cret" not in str(error.value)


def test_a_role_that_may_only_append_and_read_can_do_no_more(place: Place) -> None:
    role = f"daybook_{uuid4().hex[:8]}"
    [statements] = re.findall(r"```sql\n(CREATE ROLE.*?)```", OPERATIONS.read_text(), re.DOTALL)
    with place.opened(), closing(Ledger(beside(place.where))) as ledger:
        with ledger.reading():
            pass  # which makes its tables
        place.execute(re.sub(r"\bdaybook\b", role, statements))
    url = make_url(str(place.where)).set(username=role)
    mine = Place(url.render_as_string(hide_password=False))
    try:
        with mine.opened() as log:
            log.append_many([unit(f"article-{number}", 0, drafted()) for number in range(100)])
            assert log.wait(99, 5) and written(log) == list(range(1, 101)) and verify(log.rows()).ok
        for statement in (
            "UPDATE events SET data = ''", "DELETE FROM events", "TRUNCATE events", "DROP TABLE events",
            "ALTER TABLE events DISABLE TRIGGER ALL", "DROP TRIGGER events_take_turns ON events",
            "SET session_replication_role = replica", "CREATE TABLE events2 (n int)", "DELETE FROM commands",
            "DROP FUNCTION log_is_never_changed() CASCADE",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                mine.execute(statement)
    finally:
        place.execute(f"DROP OWNED BY {role}")
        place.execute(f"DROP ROLE {role}")


def test_a_server_that_is_restarted_in_the_middle_is_waited_for(place: Place) -> None:
    server = Server({"fsync": "off"})
    try:
        server.start()
        here = Place(server.url.render_as_string(hide_password=False))
        with here.opened() as log, here.opened() as other:
            seen: list[int] = []

            def follow() -> None:
                while len(seen) < 4 * (2 * 15 + 5):
                    other.wait(len(seen), 1)
                    seen.extend(recorded.position for recorded in other.read_all(len(seen)))

            follower = threading.Thread(target=follow)
            writers = [
                threading.Thread(target=lambda n=n: [persist(log, n, i, 2 * i) for i in range(15)]) for n in range(4)
            ]
            for thread in [follower, *writers]:
                thread.start()
            for how in (signal.SIGQUIT, signal.SIGINT, signal.SIGQUIT):
                before = len(seen)
                while len(seen) == before and follower.is_alive():
                    time.sleep(0.01)
                server.stop(how)
                server.start()
            for thread in [*writers, follower]:
                thread.join()
            assert seen == list(range(1, 4 * (2 * 15 + 5) + 1))
            assert verify(log.rows()).ok
    finally:
        server.remove()


def test_who_waits_hears_of_an_append_of_another_process_at_once(place: Place) -> None:
    """Not by looking now and then: there is no look within the time that it may take at most here."""
    with place.opened() as log, closing(place.open()) as other:
        log.append(unit("article-1", 0, drafted()))
        assert not other.wait(1, timeout=0.2)
        bell = other._database._bell  # type: ignore[attr-defined]
        while not bell._listening.is_set():
            time.sleep(0.01)
        heard = bell.heard
        log.append(unit("article-1", 1, headline("x")))
        deadline = time.monotonic() + 30
        while bell.heard == heard:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        assert other.wait(1, timeout=5)

