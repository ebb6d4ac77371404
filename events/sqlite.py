"""The log in a file of its own, by SQLite: how it is opened, guarded, written and read.

The database itself refuses to change what was written. Triggers refuse UPDATE and DELETE from anyone, and an
INSERT that is not the next position and the next version of its stream (which is how INSERT OR REPLACE would
get past them). On our own connections an authorizer refuses to drop those triggers.
"""

import os
import re
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import msgspec
from sqlalchemy.dialects import sqlite as dialect
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable

from events.database import (
    COLUMNS,
    EMPTY,
    HEAD,
    Decide,
    Head,
    Known,
    LogUnavailable,
    Standing,
    Tails,
    Values,
    metadata,
)

PATIENCE = 10.0  # seconds that another process's append is waited for
POLL = 0.02  # seconds between two looks for what another process appended
_WRITE_LOCK = 120  # the byte of the -shm file that whoever appends has locked
_INSERT_EVENT = f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_INSERT_COMMAND = "INSERT INTO commands (command_id, fingerprint, first_position, last_position) VALUES (?, ?, ?, ?)"
_TAIL = "SELECT version, occurred_at FROM events WHERE stream = ? ORDER BY version DESC LIMIT 1"
_TAILS = """
    SELECT events.stream, events.version, events.occurred_at FROM json_each(?) AS asked
      CROSS JOIN events ON events.stream = asked.value
       AND events.version = (SELECT max(version) FROM events WHERE stream = asked.value)
"""
_AT_ONCE = 500  # bound parameters in one statement

_GUARDS = """
CREATE TRIGGER IF NOT EXISTS events_are_appended BEFORE INSERT ON events BEGIN
  SELECT raise(ABORT, 'the log is append-only: the next position is one after the last')
   WHERE NEW.position IS NOT (SELECT coalesce(max(position), 0) + 1 FROM events);
  SELECT raise(ABORT, 'the log is append-only: the next version is one after the last of its stream')
   WHERE NEW.version IS NOT (SELECT coalesce(max(version), 0) + 1 FROM events WHERE stream = NEW.stream);
END;
CREATE TRIGGER IF NOT EXISTS events_are_not_updated BEFORE UPDATE ON events BEGIN
  SELECT raise(ABORT, 'the log is append-only: an event is never changed');
END;
CREATE TRIGGER IF NOT EXISTS events_are_not_deleted BEFORE DELETE ON events BEGIN
  SELECT raise(ABORT, 'the log is append-only: an event is never deleted');
END;
CREATE TRIGGER IF NOT EXISTS commands_are_appended BEFORE INSERT ON commands BEGIN
  SELECT raise(ABORT, 'the log is append-only: this command id was used before')
   WHERE EXISTS (SELECT 1 FROM commands WHERE command_id = NEW.command_id);
END;
CREATE TRIGGER IF NOT EXISTS commands_are_not_updated BEFORE UPDATE ON commands BEGIN
  SELECT raise(ABORT, 'the log is append-only: a command is never changed');
END;
CREATE TRIGGER IF NOT EXISTS commands_are_not_deleted BEFORE DELETE ON commands BEGIN
  SELECT raise(ABORT, 'the log is append-only: a command is never deleted');
END;
"""

_GUARDED = {"events", "commands"}
_FORBIDDEN = {
    sqlite3.SQLITE_UPDATE,
    sqlite3.SQLITE_DELETE,
    sqlite3.SQLITE_DROP_TABLE,
    sqlite3.SQLITE_ALTER_TABLE,
}


_ADVICE = {
    "SQLITE_FULL": "Make room on the disk of {path}, and try again",
    "SQLITE_READONLY": "Let the user that Daybook runs as write {path} and its folder",
    "SQLITE_CANTOPEN": "See that {path} is there and that Daybook may read and write it and its folder",
    "SQLITE_BUSY": "{holder} has been writing to {path} for more than {patience:.0f} s. Let it finish, or end it",
    "SQLITE_CORRUPT": "{damaged}",
    "SQLITE_NOTADB": "{damaged}",
    "SQLITE_IOERR": "The disk of {path} fails. Look at the system's log, and copy what can be read to another disk",
}
_DAMAGED = (
    "{path} is damaged. Stop Daybook, keep the file, and restore a backup (docs/operations.md, "
    "“When something is wrong”)"
)


class SQLite:
    """A ``Database``: the log at a path."""

    def __init__(self, path: Path, readers: int = 16) -> None:
        """Open the log, making it where there is none. Raises LogUnavailable or OSError."""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # the newsroom's eyes only
        self._readers = _pool(lambda: connect(path), readers)
        self._pen = threading.Lock()
        self._appended = threading.Condition()
        self._times = 0
        with self._explained():
            self._writer = connect(path)
            _create(self._writer)

    def append(self, commands: Sequence[bytes], streams: Sequence[str], decide: Decide) -> None:
        connection = self._writer
        with self._pen, self._explained():
            connection.execute("BEGIN IMMEDIATE")
            try:
                known = read_commands(connection, commands)
                rows = decide(Standing(read_head(connection), known, read_tails(connection, streams)))
                connection.executemany(_INSERT_EVENT, rows.events)
                connection.executemany(_INSERT_COMMAND, rows.commands)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        with self._appended:
            self._times += 1
            self._appended.notify_all()

    def fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[Values]:
        with self._explained(), self.reading() as connection:
            return connection.execute(sql, parameters).fetchall()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One of the connections that read."""
        pooled = self._readers.connect()
        try:
            yield cast(sqlite3.Connection, pooled.driver_connection)
        finally:
            pooled.close()

    def settle(self, position: int) -> None:
        pass  # what can be seen is on the disk already

    @property
    def heard(self) -> int:
        return self._times

    def wait(self, heard: int, seconds: float) -> None:
        with self._appended:
            if self._times == heard:
                self._appended.wait(min(seconds, POLL))

    def close(self) -> None:
        self._writer.close()
        self._readers.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LogUnavailable(f"{error}. {self._advice(error)}") from error

    def _advice(self, error: sqlite3.Error) -> str:
        kind = getattr(error, "sqlite_errorname", "")  # SQLITE_IOERR_WRITE is a SQLITE_IOERR
        words = next((words for name, words in _ADVICE.items() if kind.startswith(name)), "The log is {path}")
        words = words.replace("{damaged}", _DAMAGED)
        return words.format(path=self._path, patience=PATIENCE, holder=_holder(self._path))


def _pool(connect: Callable[[], Any], size: int) -> QueuePool:
    return QueuePool(connect, pool_size=size, max_overflow=size, reset_on_return=None)


def read_head(connection: sqlite3.Connection) -> Head:
    """Where the log ends."""
    found = connection.execute(HEAD).fetchone()
    return Head(*found) if found else EMPTY


def read_tails(connection: sqlite3.Connection, streams: Collection[str]) -> Tails:
    """In one statement for many streams, where a statement each would be a tenth of an import's append."""
    if len(streams) == 1:
        [stream] = streams
        tail = connection.execute(_TAIL, (stream,)).fetchone()
        return {stream: tail} if tail else {}
    asked = msgspec.json.encode(list(streams)).decode()
    return {stream: (version, occurred) for stream, version, occurred in connection.execute(_TAILS, (asked,))}


def read_commands(connection: sqlite3.Connection, ids: Sequence[bytes]) -> Known:
    """Which of these command ids were used before."""
    known: Known = {}
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        for row in connection.execute(f"SELECT * FROM commands WHERE command_id IN ({marks})", some):
            known[row[0]] = row[1:]
    return known


def connect(path: Path) -> sqlite3.Connection:
    """One connection: WAL, every commit on the disk before it is acknowledged, guards on.

    Autocommit: whoever appends says BEGIN IMMEDIATE itself, since a deferred BEGIN that must be upgraded later
    fails with SQLITE_BUSY without waiting.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=PATIENCE)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "recursive_triggers=ON",
        "trusted_schema=OFF",
        "cell_size_check=ON",
        "cache_size=-32768",
        "mmap_size=268435456",
        "journal_size_limit=67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.set_authorizer(_authorize)
    return connection


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    if action in _FORBIDDEN and (first in _GUARDED or second in _GUARDED):
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_DROP_TRIGGER:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _create(connection: sqlite3.Connection) -> None:
    speech = dialect.dialect()
    connection.execute("BEGIN IMMEDIATE")  # several processes may start at once
    for table in metadata.sorted_tables:
        connection.execute(str(CreateTable(table, if_not_exists=True).compile(dialect=speech)))
        for index in table.indexes:
            connection.execute(str(CreateIndex(index, if_not_exists=True).compile(dialect=speech)))
    for statement in _GUARDS.split("END;"):
        if statement.strip():
            connection.execute(statement + "END;")
    connection.execute("COMMIT")


def _holder(path: Path) -> str:
    """Which process holds the write lock of a log, in words, where the system tells (Linux)."""
    try:
        about = path.with_name(f"{path.name}-shm").stat()
        place = f"{os.major(about.st_dev):02x}:{os.minor(about.st_dev):02x}:{about.st_ino}"
        locks = Path("/proc/locks").read_text()
        found = re.search(rf"WRITE (\d+) {place} {_WRITE_LOCK} ", locks)
        if found is None:
            return "Another process"
        name = Path(f"/proc/{found[1]}/comm").read_text().strip()
    except OSError:
        return "Another process"
    return f"Process {found[1]} ({name})"
