"""The log in a file of its own, by SQLite: how it is opened, guarded, written and read.

What the database itself refuses is in events/sqlite_tables.py.
"""

import os
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar, cast

import msgspec
from sqlalchemy.pool import QueuePool

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
)
from events.sqlite_tables import authorize, create

PATIENCE = 10.0  # seconds that another process's append is waited for
POLL = 0.02  # seconds between two looks for what another process appended
_WRITE_LOCK = 120  # the byte of the -shm file that whoever appends has locked
_INSERT_EVENT = f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_INSERT_COMMAND = "INSERT INTO commands (command_id, fingerprint, first_position, last_position) VALUES (?, ?, ?, ?)"
_REMOVE = "UPDATE events SET data = ?, salt = ? WHERE position = ?"
_BLANK = """
    UPDATE commands SET fingerprint = zeroblob(32) WHERE command_id = (
      SELECT command_id FROM commands WHERE last_position >= ?1 ORDER BY last_position LIMIT 1) AND first_position <= ?1
"""  # a fingerprint is a hash of the words, without salt
_TAIL = "SELECT version, occurred_at FROM events WHERE stream = ? ORDER BY version DESC LIMIT 1"
_TAILS = """
    SELECT events.stream, events.version, events.occurred_at FROM json_each(?) AS asked
      CROSS JOIN events ON events.stream = asked.value
       AND events.version = (SELECT max(version) FROM events WHERE stream = asked.value)
"""
_AT_ONCE = 500  # bound parameters in one statement

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

    data: ClassVar[str] = "CAST(data AS BLOB)"

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
            with closing(sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)) as maker:
                create(maker)

    def append(self, commands: Sequence[bytes], streams: Sequence[str], decide: Decide) -> None:
        with self._pen, self._explained():
            _write(self._writer, commands, streams, decide)
        self._tell()

    def remove(self, streams: Sequence[str], decide: Decide) -> None:
        with self._pen, self._explained(), closing(connect(self._path, removing=True)) as connection:
            _write(connection, [], streams, decide)
        self._tell()

    def scrub(self) -> str:
        """Zeroes were written over what was removed (secure_delete). VACUUM writes the file anew besides, since a page
        that was split long ago may hold an old copy; and the write-ahead log, which holds the words too, is emptied.
        """
        with self._pen, self._explained(), closing(connect(self._path, removing=True)) as connection:
            connection.execute("VACUUM")
            deadline = time.monotonic() + PATIENCE
            while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() > deadline:
                    return f"somebody reads from {self._path}, whose -wal file still holds the words: stop them"
                time.sleep(POLL)
        return ""

    def _tell(self) -> None:
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


def _write(connection: sqlite3.Connection, commands: Sequence[bytes], streams: Sequence[str], decide: Decide) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        known = read_commands(connection, commands)
        rows = decide(Standing(read_head(connection), known, read_tails(connection, streams)))
        connection.executemany(_INSERT_EVENT, rows.events)
        connection.executemany(_INSERT_COMMAND, rows.commands)
        if rows.removals:
            connection.executemany(_REMOVE, rows.removals)
            connection.executemany(_BLANK, [(position,) for _, _, position in rows.removals])
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


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


def connect(path: Path, *, removing: bool = False) -> sqlite3.Connection:
    """One connection: WAL, every commit on the disk before it is acknowledged, guards on.

    Autocommit: whoever appends says BEGIN IMMEDIATE itself, since a deferred BEGIN that must be upgraded later
    fails with SQLITE_BUSY without waiting. ``removing``: for the one change that the triggers let pass.
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
        "wal_autocheckpoint=4000",  # 16 MB: ids are random, so most pages change again before they are worth moving
        "journal_size_limit=67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if removing:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA trusted_schema=ON")  # older versions take JSON in a trigger for unsafe
    else:
        connection.set_authorizer(authorize)
    return connection


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
