"""The log: append, read, wait. Its contract is told, point by point, in docs/log.md."""

import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import msgspec

from events.appending import (
    Appended,
    Batch,
    CommandReused,
    Head,
    NotNext,
    Unit,
    Verdict,
    VersionConflict,
    Write,
    check_rows,
    read_commands,
    read_head,
    read_tail,
)
from events.clock import SteadyClock
from events.database import connect, events_table, open_engine
from events.event import Recorded
from events.instant import Instant
from events.reading import Line, recorded
from events.seal import CommandRow, Row

__all__ = ["Appended", "CommandReused", "EventStore", "Head", "NotNext", "Unit", "Verdict", "VersionConflict", "Write"]

PAGE = 1000  # events read at a time
_COLUMNS = tuple(column.name for column in events_table.columns)
_INSERT_EVENT = f"INSERT INTO events ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_INSERT_COMMAND = "INSERT INTO commands (command_id, fingerprint, first_position, last_position) VALUES (?, ?, ?, ?)"
_SELECT = "SELECT position, stream, version, type, schema, data, meta, occurred_at, recorded_at FROM events"


class EventStore:
    """The log on SQLite. Safe to use from many threads, and from many processes at once."""

    def __init__(self, path: Path, clock: Callable[[], Instant] | None = None) -> None:
        """Open the log at ``path``, making it where there is none."""
        self._engine = open_engine(path)
        self._writer = connect(path)
        self._clock = clock or SteadyClock()
        self._appending = threading.Lock()
        self._appended = threading.Condition()

    # --- writing

    def append(self, unit: Unit) -> Appended:
        """Append one unit, durably. Raises VersionConflict, CommandReused or ClockJumped; then nothing was."""
        verdict = self.append_many([unit])[0]
        if isinstance(verdict, Exception):
            raise verdict
        return verdict

    def append_many(self, units: Sequence[Unit]) -> list[Verdict]:
        """Append units in one transaction, each whole or not at all, with a verdict for each, in order.

        What is acknowledged survives kill -9 and a power cut; a crash leaves all of an append or none.
        Raises ClockJumped or sqlite3.Error (disk full, read-only, …); then nothing at all was appended.
        """
        with self._transaction() as connection:
            batch = Batch(connection, self._clock(), units)
            verdicts = [batch.add(unit) for unit in units]
            connection.executemany(_INSERT_EVENT, batch.events)
            connection.executemany(_INSERT_COMMAND, batch.commands)
        return verdicts

    def append_rows(self, rows: Sequence[Row], commands: Sequence[CommandRow]) -> None:
        """Append what stood in another copy of this log, as it stood there: all of it, durably, or nothing.

        Raises NotNext where it does not follow the head. The hashes within ``rows`` are the caller's to verify.
        """
        with self._transaction() as connection:
            check_rows(read_head(connection), rows, commands)
            connection.executemany(_INSERT_EVENT, map(msgspec.structs.astuple, rows))
            connection.executemany(_INSERT_COMMAND, map(msgspec.structs.astuple, commands))

    # --- reading

    def head(self) -> Head:
        """Where the log ends. Position 0 and the genesis hash where it is empty."""
        with self._connection() as connection:
            return read_head(connection)

    def streams(self) -> int:
        """How many streams there are."""
        with self._connection() as connection:
            return int(connection.execute("SELECT count(*) FROM events WHERE version = 1").fetchone()[0])

    def version(self, stream: str) -> int:
        """The stream's newest version; 0 where there is no such stream."""
        with self._connection() as connection:
            return read_tail(connection, stream)[0]

    def read_stream(self, stream: str, after: int = 0, until: int | None = None) -> Iterator[Recorded]:
        """A stream's events with ``after`` < version <= ``until``, in order. Raises UnknownEvent."""
        upper = 2**62 if until is None else until
        while True:
            sql = f"{_SELECT} WHERE stream = ? AND version > ? AND version <= ? ORDER BY version LIMIT {PAGE}"
            page = self._fetch(sql, (stream, after, upper))
            yield from recorded(page, self.lines)
            if len(page) < PAGE:
                return
            after = page[-1][2]

    def read_all(
        self, after: int = 0, until: int | None = None, types: Collection[str] | None = None
    ) -> Iterator[Recorded]:
        """Every event with ``after`` < position <= ``until``, in order, in constant memory."""
        for page in self.pages(after, until, types):
            yield from page

    def pages(
        self, after: int = 0, until: int | None = None, types: Collection[str] | None = None, size: int = PAGE
    ) -> Iterator[list[Recorded]]:
        """As ``read_all``, a page of ``size`` positions at a time. No transaction stays open between pages.

        types: stored names; pages without any of them come out empty, so that a reader can note its progress.
        Raises UnknownEvent at the first event that cannot be read.
        """
        upper = self.head().position if until is None else until
        wanted = None if types is None else frozenset(types)
        while after < upper:
            rows = self._fetch(
                f"{_SELECT} WHERE position > ? AND position <= ? ORDER BY position LIMIT ?",
                (after, upper, size),
            )
            if not rows:
                return
            yield recorded(rows, self.lines, wanted)
            after = rows[-1][0]

    def rows(self, after: int = 0, until: int | None = None) -> Iterator[Row]:
        """The log as it is stored, hashes and all: for verification and export. Nothing is decoded."""
        upper = 2**62 if until is None else until
        sql = f"SELECT {', '.join(_COLUMNS)} FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"
        while page := self._fetch(sql, (after, upper, PAGE)):
            yield from (Row(*row) for row in page)
            after = page[-1][0]

    def lines(self, first: int, last: int) -> list[Line]:
        """The log as it is stored, without its hashes, from one position to another: see events/reading.py."""
        return self._fetch(f"{_SELECT} WHERE position BETWEEN ? AND ? ORDER BY position", (first, last))

    def place(self, stream: str, version: int) -> int | None:
        """The position of a stream's event, or None where there is no such."""
        found = self._fetch("SELECT position FROM events WHERE stream = ? AND version = ?", (stream, version))
        return int(found[0][0]) if found else None

    def commands(self, after: int = 0, until: int | None = None) -> list[CommandRow]:
        """The commands whose last event has ``after`` < position <= ``until``, in order."""
        upper = 2**62 if until is None else until
        sql = "SELECT * FROM commands WHERE last_position > ? AND last_position <= ? ORDER BY last_position"
        return [CommandRow(*row) for row in self._fetch(sql, (after, upper))]

    def known_commands(self, ids: Sequence[UUID]) -> dict[UUID, bytes]:
        """Which of these command ids were used before, with the fingerprint of what each asked for."""
        with self._connection() as connection:
            return {
                UUID(bytes=key): found[0] for key, found in read_commands(connection, [id.bytes for id in ids]).items()
            }

    def outcome(self, command_id: UUID) -> Appended | None:
        """Where the events of an earlier command are, or None where it was never taken."""
        with self._connection() as connection:
            found = read_commands(connection, [command_id.bytes]).get(command_id.bytes)
        return Appended(first_position=found[1], position=found[2], repeated=True) if found else None

    # --- following

    def wait(self, after: int, timeout: float) -> bool:
        """Sleep until the log has an event after position ``after``; False when ``timeout`` seconds passed first.

        Woken at once by an append of this process, within 20 ms by one of another's.
        """
        deadline = time.monotonic() + timeout
        with self._connection() as connection:
            while read_head(connection).position <= after:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                with self._appended:
                    self._appended.wait(min(left, 0.02))
        return True

    def close(self) -> None:
        """Close every connection."""
        self._writer.close()
        self._engine.dispose()

    def _fetch(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return connection.execute(sql, parameters).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """The one writer, in a transaction of its own; whoever waits for the log is told when it is there."""
        connection = self._writer
        with self._appending:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        with self._appended:
            self._appended.notify_all()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        pooled = self._engine.raw_connection()
        try:
            yield cast(sqlite3.Connection, pooled.driver_connection)
        finally:
            pooled.close()
