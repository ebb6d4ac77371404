"""Logs to measure side by side, on SQLite and PostgreSQL: ours, the bare driver with the same rows, a peer library.

Each can be written by many threads, each with a writer of its own; a writer appends one batch to a stream of its own in
one durable commit.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID, uuid4

import msgspec
import psycopg
from sqlalchemy import URL

from bench.pool import stand_in
from events.article import ArticleHeadlineChanged
from events.event import Meta
from events.sqlite import connect
from events.store import EventStore, Unit, VersionConflict, Write
from tests.postgres import address

ACTOR = "0193f0a2-0000-7000-8000-000000000000"
META = Meta(actor=ACTOR, face="desk", command="ChangeHeadline", request=ACTOR)
EVENT = ArticleHeadlineChanged(headline="x" * 600)
Append = Callable[[int], None]  # so many events in one commit


class Log(Protocol):
    """One contender."""

    name: str

    def writer(self) -> Append: ...

    def contend(self) -> Callable[[], None]:
        """A writer that appends one event to the stream that all write to, until it is taken."""

    def load(self, events: int) -> Callable[[], int]:
        """Reads a stream of so many events, decoded."""

    def read(self) -> int:
        """Reads the whole log, decoded: how many events."""

    def close(self) -> None: ...


class Ours:
    """Daybook's."""

    name = "Daybook"

    def __init__(self, where: Path | str) -> None:
        self.store = EventStore(where)

    def writer(self) -> Append:
        def append(events: int) -> None:
            id = uuid4()
            self.store.append(Unit(command_id=id, writes=[Write(f"article-{id}", 0, [EVENT] * events)], meta=META))

        return append

    def contend(self) -> Callable[[], None]:
        def append() -> None:
            while True:
                version = self.store.version("hot")
                unit = Unit(command_id=uuid4(), writes=[Write("hot", version, [EVENT])], meta=META)
                if not isinstance(self.store.append_many([unit])[0], VersionConflict):
                    return

        return append

    def load(self, events: int) -> Callable[[], int]:
        self.store.append(Unit(command_id=uuid4(), writes=[Write("long", 0, [EVENT] * events)], meta=META))
        return lambda: sum(1 for _ in self.store.read_stream("long"))

    def read(self) -> int:
        return sum(1 for _ in self.store.read_all())

    def close(self) -> None:
        self.store.close()


_COLUMNS = """position {key}, stream text NOT NULL, version integer NOT NULL, type text NOT NULL,
  schema integer NOT NULL, data text NOT NULL, meta text NOT NULL, occurred_at bigint NOT NULL,
  recorded_at bigint NOT NULL, salt {bytes} NOT NULL, content_hash {bytes} NOT NULL, chain_hash {bytes} NOT NULL,
  UNIQUE (stream, version)"""
_NAMES = "stream, version, type, schema, data, meta, occurred_at, recorded_at, salt, content_hash, chain_hash"
_DATA, _META = msgspec.json.encode(EVENT).decode(), msgspec.json.encode(META).decode()


def _rows(events: int, stream: str | None = None, first: int = 1) -> list[tuple[object, ...]]:
    id = uuid4()
    return [
        (stream or f"article-{id}", version, "article.headline_changed", 1, _DATA, _META, version, version, id.bytes,
         id.bytes * 2, id.bytes * 2)
        for version in range(first, first + events)
    ]  # fmt: skip


def _decode(rows: list[tuple[Any, ...]]) -> int:
    decode = msgspec.json.Decoder().decode
    for data, meta in rows:
        decode(data), decode(meta)
    return len(rows)


class Bare:
    """The driver alone: the same columns and indexes, positions by the database, neither guards nor hashes.

    It promises less: on PostgreSQL whoever follows it misses events.
    """

    def __init__(self, where: Path | URL) -> None:
        self._where = where
        sqlite = isinstance(where, Path)
        self.name = "sqlite3 alone" if sqlite else "psycopg alone"
        mark = "?" if sqlite else "%b"
        self._insert = f"INSERT INTO bare ({_NAMES}) VALUES ({', '.join([mark] * 11)})"
        key = "integer PRIMARY KEY" if sqlite else "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
        with self._connected() as db:
            db.execute(f"CREATE TABLE bare ({_COLUMNS.format(key=key, bytes='blob' if sqlite else 'bytea')})")
        self._mark = "?" if sqlite else "%s"
        self._conflicts = (Exception,) if sqlite else (psycopg.errors.UniqueViolation,)

    def _connected(self) -> Any:
        if isinstance(self._where, Path):
            return connect(self._where)
        return psycopg.connect(address(self._where), autocommit=True)

    def _put(self, db: Any, rows: list[tuple[object, ...]]) -> None:
        if isinstance(self._where, Path):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(self._insert, rows)
            db.execute("COMMIT")
        elif len(rows) == 1:
            db.execute(self._insert, rows[0])
        else:
            with db.transaction(), db.cursor() as cursor:
                cursor.executemany(self._insert, rows)

    def writer(self) -> Append:
        db = self._connected()
        return lambda events: self._put(db, _rows(events))

    def contend(self) -> Callable[[], None]:
        db = self._connected()

        def append() -> None:
            while True:
                [(version,)] = db.execute("SELECT coalesce(max(version), 0) FROM bare WHERE stream = 'hot'").fetchall()
                try:
                    return self._put(db, _rows(1, "hot", version + 1))
                except self._conflicts:
                    if getattr(db, "in_transaction", False):
                        db.execute("ROLLBACK")

        return append

    def load(self, events: int) -> Callable[[], int]:
        db = self._connected()
        self._put(db, _rows(events, "long"))
        return lambda: _decode(
            db.execute("SELECT data, meta FROM bare WHERE stream = 'long' ORDER BY version").fetchall()
        )

    def read(self) -> int:
        db, count, after = self._connected(), 0, 0
        sql = f"SELECT position, data, meta FROM bare WHERE position > {self._mark} ORDER BY position LIMIT 1000"
        while rows := db.execute(sql, (after,)).fetchall():
            count += _decode([row[1:] for row in rows])
            after = rows[-1][0]
        return count

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class HeadlineChanged:
    """The same event as the library keeps it."""

    originator_id: UUID
    originator_version: int
    timestamp: datetime
    headline: str
    meta: dict[str, Any]


PLAIN: dict[str, Any] = msgspec.to_builtins(META)


class Library:
    """``eventsourcing``, with its own recorders in their gap-safe way, its own JSON and its own settings."""

    name = "eventsourcing"

    def __init__(self, where: Path | URL) -> None:
        """Raises ImportError where it is not installed."""
        from eventsourcing import persistence

        transcoder = persistence.JSONTranscoder()
        transcoder.register(persistence.DatetimeAsISO())
        mapper: persistence.Mapper[UUID] = persistence.Mapper(transcoder)
        self._conflict = persistence.IntegrityError
        self.recorder: Any = _sqlite_recorder(where) if isinstance(where, Path) else _postgres_recorder(where)
        self.recorder.create_table()
        self._mapper = mapper
        self.store: Any = persistence.EventStore(mapper, self.recorder)
        self._hot = uuid4()
        # on PostgreSQL it waits for ever when a commit has some 800 events (a pipeline of as many statements)
        self._most = 1000 if isinstance(where, Path) else 400

    def writer(self) -> Append:
        def append(events: int) -> None:
            id = uuid4()
            for first in range(0, events, self._most):
                self._put(id, first + 1, min(self._most, events - first))

        return append

    def _put(self, id: UUID, first: int, events: int) -> None:
        now = datetime.now(UTC)
        self.store.put([HeadlineChanged(id, first + n, now, EVENT.headline, PLAIN) for n in range(events)])

    def contend(self) -> Callable[[], None]:
        def append() -> None:
            while True:
                last = self.recorder.select_events(self._hot, desc=True, limit=1)
                try:
                    return self._put(self._hot, last[0].originator_version + 1 if last else 1, 1)
                except self._conflict:
                    pass

        return append

    def load(self, events: int) -> Callable[[], int]:
        id = uuid4()
        for first in range(0, events, self._most):
            self._put(id, first + 1, min(self._most, events - first))
        return lambda: sum(1 for _ in self.store.get(id))

    def read(self) -> int:
        count, after = 0, 0
        while page := self.recorder.select_notifications(after + 1, 1000):
            for notification in page:
                self._mapper.to_domain_event(notification)
            count, after = count + len(page), page[-1].id
        return count

    def close(self) -> None:
        self.recorder.datastore.close()


def _sqlite_recorder(where: Path) -> object:
    from eventsourcing import sqlite

    return sqlite.SQLiteApplicationRecorder(sqlite.SQLiteDatastore(str(where)))


def _postgres_recorder(where: URL) -> object:
    stand_in()
    from eventsourcing import postgres

    datastore = postgres.PostgresDatastore(
        str(where.database), str(where.query["host"]), 5432, str(where.username), "", pool_size=5, max_overflow=10
    )
    return postgres.PostgresApplicationRecorder(datastore, events_table_name="stored_events")


def together(log: Log, writers: int, work: Callable[[Callable[[], Any]], None], hot: bool = False) -> None:
    """Run ``work`` in so many threads, each with a writer of its own; all begin at once."""
    ready = threading.Barrier(writers)
    made = [log.contend() if hot else log.writer() for _ in range(writers)]

    def run(writer: Callable[..., Any]) -> None:
        ready.wait()
        work(writer)

    threads = [threading.Thread(target=run, args=(writer,)) for writer in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
