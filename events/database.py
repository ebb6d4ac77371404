"""What the log asks of a database, and the tables that it keeps there: the same on every engine.

An engine (``events/sqlite.py``, ``events/postgres.py``) knows how to take turns, how to make a commit durable, how to
tell others of it, and what its own errors mean. What an append *is* and how the log is read is not its business.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

import msgspec
from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

from events.instant import Instant
from events.seal.hashes import GENESIS

metadata = MetaData()
# SQLite's own INTEGER is as long as PostgreSQL's bigint, and its primary key has to be called so
_Long = BigInteger().with_variant(Integer(), "sqlite")
# bytes in the order of bytes: equal is equal, whatever language the server speaks
_Exact = Text().with_variant(Text(collation="C"), "postgresql")

events_table = Table(
    "events",
    metadata,
    Column("position", _Long, primary_key=True, autoincrement=False),  # 1..n without gaps
    Column("stream", _Exact, nullable=False),
    Column("version", Integer, nullable=False),  # 1..n within the stream
    Column("type", _Exact, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("data", Text, nullable=False),  # canonical JSON
    Column("meta", Text, nullable=False),  # canonical JSON
    Column("occurred_at", _Long, nullable=False),  # µs since the epoch
    Column("recorded_at", _Long, nullable=False),  # µs since the epoch, never going back
    Column("salt", LargeBinary, nullable=False),  # 16 random bytes: see events/seal/hashes.py
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
    Column("first_position", _Long, nullable=False),
    Column("last_position", _Long, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

Index("commands_by_position", commands_table.c.last_position)

COLUMNS = tuple(column.name for column in events_table.columns)
HEAD = "SELECT position, chain_hash, recorded_at FROM events ORDER BY position DESC LIMIT 1"
RECONNECT = 10.0  # seconds that a database which went away is waited for


class LogUnavailable(Exception):
    """The log's database failed. Nothing was appended. The message says what happened, and what to do about it."""


class Head(msgspec.Struct, frozen=True):
    """The last event: its position (0: the log is empty), its chain hash, when it was recorded."""

    position: int
    chain_hash: bytes
    recorded_at: Instant


EMPTY = Head(0, GENESIS, -(2**62))
Known = dict[bytes, tuple[bytes, int, int]]  # command id → fingerprint, first and last position
Tails = dict[str, tuple[int, Instant]]  # stream → its newest version, and when that event occurred
Values = tuple[Any, ...]


class Standing(msgspec.Struct, frozen=True):
    """How things stand while nobody else may append. A stream that is not in tails does not exist."""

    head: Head
    known: Known
    tails: Tails


class Rows(msgspec.Struct, frozen=True):
    """What one transaction appends: values in the order of the tables' columns."""

    events: list[Values]
    commands: list[Values]
    removals: list[Values] = []  # data, payload hash, position of events whose words go in the same transaction


Decide = Callable[[Standing], Rows]


class Database(Protocol):
    """One engine. Safe to use from many threads. Every method but close raises LogUnavailable.

    data: SQL for the bytes of an event's data. Reading them as text first would double the work of decoding them.
    """

    data: ClassVar[str]

    def append(self, commands: Sequence[bytes], streams: Sequence[str], decide: Decide) -> None:
        """In the log's turn: tell ``decide`` how these commands and streams stand, write its rows, commit durably.

        Whatever ``decide`` raises ends the turn, with nothing written. It is asked again where the connection was lost.
        """

    def remove(self, streams: Sequence[str], decide: Decide) -> None:
        """As ``append``, with rows that remove words: what their triggers let pass."""

    def scrub(self) -> str:
        """Leave nothing on the disk of what was removed. What still has to be done for that, in words; or nothing."""

    def fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[Values]:
        """The rows of a SELECT with ``?`` for each parameter. No transaction stays open."""

    def settle(self, position: int) -> None:
        """Return when no crash of the database can take events up to ``position`` back, which somebody has seen."""

    @property
    def heard(self) -> int:
        """How often it was heard that something was appended, in this process or another."""

    def wait(self, heard: int, seconds: float) -> None:
        """Sleep until more is heard than that; at most so long, and often shorter."""

    def close(self) -> None:
        """Let go of every connection."""
