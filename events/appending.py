"""One append: which units are taken, where their events go, and what hashes them in.

Everything here happens under the log's write lock, so positions are dense and every expected version is checked
against what is really there.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from events.clock import BEHIND, ClockJumped
from events.event import Event, Meta, encode, kind_of
from events.instant import SECOND, Instant
from events.seal import GENESIS, SALT_BYTES, CommandRow, Row, chain_hash, content_hash, payload_hash


class VersionConflict(Exception):
    """Somebody else wrote to the stream first. Nothing of this unit was appended."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"{stream} is at version {actual}, not at {expected}")
        self.stream, self.expected, self.actual = stream, expected, actual


class CommandReused(Exception):
    """A command id was used before, for something else. Nothing of this unit was appended."""


class NotNext(Exception):
    """These rows are not what comes next in this log. Nothing was appended."""


class Write(msgspec.Struct, frozen=True):
    """Events for one stream. expected_version 0: the stream does not exist yet. No events: only a check."""

    stream: str
    expected_version: int
    events: Sequence[Event] = ()


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """What is appended whole or not at all: one command's writes to one or more streams.

    fingerprint: 32 bytes that are equal for equal requests; made from the events where None.
    occurred_at: when it happened, where that is not now (imported history).
    """

    command_id: UUID
    writes: Sequence[Write]
    meta: Meta
    occurred_at: Instant | None = None
    fingerprint: bytes | None = None


class Appended(msgspec.Struct, frozen=True, kw_only=True):
    """Where a unit's events are. repeated: they had been appended before, and nothing was now."""

    first_position: int
    position: int
    repeated: bool = False


class Head(msgspec.Struct, frozen=True):
    """The last event: its position (0: the log is empty), its chain hash, when it was recorded."""

    position: int
    chain_hash: bytes
    recorded_at: Instant


Verdict = Appended | VersionConflict | CommandReused
Known = dict[bytes, tuple[bytes, int, int]]  # command id → fingerprint, first and last position
EMPTY = Head(0, GENESIS, -(2**62))
_HEAD = "SELECT position, chain_hash, recorded_at FROM events ORDER BY position DESC LIMIT 1"
_TAIL = "SELECT version, occurred_at FROM events WHERE stream = ? ORDER BY version DESC LIMIT 1"
_TAILS = """
    SELECT events.stream, events.version, events.occurred_at FROM json_each(?) AS asked
      CROSS JOIN events ON events.stream = asked.value
       AND events.version = (SELECT max(version) FROM events WHERE stream = asked.value)
"""
_AT_ONCE = 500  # bound parameters in one statement


def read_head(connection: sqlite3.Connection) -> Head:
    """Where the log ends."""
    found = connection.execute(_HEAD).fetchone()
    return Head(*found) if found else EMPTY


def read_tail(connection: sqlite3.Connection, stream: str) -> tuple[int, Instant]:
    """A stream's newest version and when that event occurred; (0, long ago) where there is no such stream."""
    return connection.execute(_TAIL, (stream,)).fetchone() or (0, EMPTY.recorded_at)


def read_tails(connection: sqlite3.Connection, streams: Collection[str]) -> dict[str, tuple[int, Instant]]:
    """The same for many streams in one statement, where a statement each would be a tenth of an import's append."""
    tails = dict.fromkeys(streams, (0, EMPTY.recorded_at))
    asked = msgspec.json.encode(list(tails)).decode()
    tails.update((stream, (version, occurred)) for stream, version, occurred in connection.execute(_TAILS, (asked,)))
    return tails


def read_commands(connection: sqlite3.Connection, ids: Sequence[bytes]) -> Known:
    """Which of these command ids were used before."""
    known: Known = {}
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        for row in connection.execute(f"SELECT * FROM commands WHERE command_id IN ({marks})", some):
            known[row[0]] = row[1:]
    return known


class Batch:
    """The rows of one transaction, gathered unit by unit. Nothing is written here."""

    def __init__(self, connection: sqlite3.Connection, moment: Instant, units: Sequence[Unit]) -> None:
        """Begin after the head, for these units. Raises ClockJumped where the clock is behind it."""
        head = read_head(connection)
        if moment < head.recorded_at - BEHIND:
            raise ClockJumped(f"the clock is {(head.recorded_at - moment) // SECOND} s behind the log's last event")
        self._connection = connection
        self._recorded_at = max(moment, head.recorded_at)
        self._position, self._chain = head.position, head.chain_hash
        self._known = read_commands(connection, [unit.command_id.bytes for unit in units])
        streams = [write.stream for unit in units for write in unit.writes]
        self._tails = read_tails(connection, streams) if len(streams) > 1 else {}
        self.events: list[tuple[object, ...]] = []
        self.commands: list[tuple[object, ...]] = []

    def add(self, unit: Unit) -> Verdict:
        """Take a unit, or say why not."""
        fingerprint = unit.fingerprint or fingerprint_of(unit.writes)
        if known := self._known.get(unit.command_id.bytes):
            return _seen_before(unit.command_id, fingerprint, known)
        tails: dict[str, tuple[int, Instant]] = {}
        for write in unit.writes:
            version, occurred = tails.get(write.stream) or self._tail(write.stream)
            if version != write.expected_version:
                return VersionConflict(write.stream, write.expected_version, version)
            tails[write.stream] = (version + len(write.events), occurred)
        first = self._position + 1
        for write in unit.writes:
            self._take(write, unit)
        if self._position >= first:
            self._remember(unit.command_id, fingerprint, first)
        return Appended(first_position=first, position=self._position)

    def _tail(self, stream: str) -> tuple[int, Instant]:
        if stream not in self._tails:
            self._tails[stream] = read_tail(self._connection, stream)
        return self._tails[stream]

    def _take(self, write: Write, unit: Unit) -> None:
        version, occurred = self._tail(write.stream)
        # an imported event never happened before what its stream already knows
        occurred = max(occurred, self._recorded_at if unit.occurred_at is None else unit.occurred_at)
        meta = encode(msgspec.structs.replace(unit.meta, command_id=unit.command_id))
        for happened in write.events:
            version += 1
            self._position += 1
            kind, data, salt = kind_of(happened), encode(happened), secrets.token_bytes(SALT_BYTES)
            payload = payload_hash(data, salt)
            content = content_hash(write.stream, version, kind.name, kind.schema, payload, meta, occurred)
            self._chain = chain_hash(self._chain, self._position, self._recorded_at, content)
            self.events.append(
                (self._position, write.stream, version, kind.name, kind.schema, data.decode(), meta.decode(),
                 occurred, self._recorded_at, salt, content, self._chain)
            )  # fmt: skip
        self._tails[write.stream] = (version, occurred)

    def _remember(self, command: UUID, fingerprint: bytes, first: int) -> None:
        self._known[command.bytes] = (fingerprint, first, self._position)
        self.commands.append((command.bytes, fingerprint, first, self._position))


def fingerprint_of(writes: Sequence[Write]) -> bytes:
    """32 bytes that are the same for the same events to the same streams."""
    digest = hashlib.sha256()
    for write in writes:
        digest.update(write.stream.encode() + b"\0")
        for happened in write.events:
            digest.update(kind_of(happened).name.encode() + b"\0" + encode(happened) + b"\0")
    return digest.digest()


def check_rows(head: Head, rows: Sequence[Row], commands: Sequence[CommandRow]) -> None:
    """Raises NotNext unless these rows, just as they are, come after this head."""
    first, last = rows[0], rows[-1]
    if first.position != head.position + 1 or last.position != head.position + len(rows):
        raise NotNext(f"the log ends at position {head.position:,}, and this begins at {first.position:,}")
    if chain_hash(head.chain_hash, first.position, first.recorded_at, first.content_hash) != first.chain_hash:
        raise NotNext(f"position {first.position:,} does not follow what this log has at {head.position:,}")
    if any(not first.position <= one.first_position <= one.last_position <= last.position for one in commands):
        raise NotNext("a command is cut in two")


def _seen_before(command: UUID, fingerprint: bytes, known: tuple[bytes, int, int]) -> Appended | CommandReused:
    if known[0] != fingerprint:
        return CommandReused(f"command {command} was used before, for something else")
    return Appended(first_position=known[1], position=known[2], repeated=True)
