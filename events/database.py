"""The file that the log is kept in: its tables, its guards, and how it is opened.

The database itself refuses to change what was written. Triggers refuse UPDATE and DELETE from anyone, and an
INSERT that is not the next position and the next version of its stream (which is how INSERT OR REPLACE would
get past them). On our own connections an authorizer refuses to drop those triggers.
"""

import sqlite3
from pathlib import Path

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint, create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import CreateIndex, CreateTable

metadata = MetaData()

events_table = Table(
    "events",
    metadata,
    Column("position", Integer, primary_key=True),  # 1..n without gaps
    Column("stream", Text, nullable=False),
    Column("version", Integer, nullable=False),  # 1..n within the stream
    Column("type", Text, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("data", Text, nullable=False),  # canonical JSON
    Column("meta", Text, nullable=False),  # canonical JSON
    Column("occurred_at", Integer, nullable=False),  # µs since the epoch
    Column("recorded_at", Integer, nullable=False),  # µs since the epoch, never going back
    Column("salt", LargeBinary, nullable=False),  # 16 random bytes: see events/seal.py
    Column("content_hash", LargeBinary, nullable=False),
    Column("chain_hash", LargeBinary, nullable=False),
    UniqueConstraint("stream", "version"),
    sqlite_strict=True,
)

commands_table = Table(
    "commands",
    metadata,
    Column("command_id", LargeBinary, primary_key=True),  # 16 bytes of a UUID
    Column("fingerprint", LargeBinary, nullable=False),  # SHA-256 of what was asked for
    Column("first_position", Integer, nullable=False),
    Column("last_position", Integer, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

Index("commands_by_position", commands_table.c.last_position)

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


def open_engine(path: Path, readers: int = 16) -> Engine:
    """Open (and where there is none, make) the log's database. Raises OSError or sqlite3.Error if it cannot."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # the newsroom's eyes only
    engine = create_engine(
        "sqlite://",
        creator=lambda: connect(path),
        poolclass=QueuePool,
        pool_size=readers,
        max_overflow=readers,
    )
    _create(engine)
    return engine


def connect(path: Path) -> sqlite3.Connection:
    """One connection: WAL, every commit on the disk before it is acknowledged, guards on.

    Autocommit: whoever appends says BEGIN IMMEDIATE itself, since a deferred BEGIN that must be upgraded later
    fails with SQLITE_BUSY without waiting.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=10000",
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


def _create(engine: Engine) -> None:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("BEGIN IMMEDIATE")  # several processes may start at once
        for table in metadata.sorted_tables:
            cursor.execute(str(CreateTable(table, if_not_exists=True).compile(engine)))
            for index in table.indexes:
                cursor.execute(str(CreateIndex(index, if_not_exists=True).compile(engine)))
        for statement in _GUARDS.split("END;"):
            if statement.strip():
                cursor.execute(statement + "END;")
        cursor.execute("COMMIT")
    finally:
        raw.close()
