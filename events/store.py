"""The log: append, read, wait. Its contract is told, point by point, in docs/log.md."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import make_url

from events.appending import (
    Appended,
    Batch,
    CommandReused,
    NotNext,
    Prepared,
    Unit,
    Verdict,
    VersionConflict,
    Write,
    check_rows,
    prepare,
)
from events.clock import SteadyClock
from events.database import COLUMNS, EMPTY, HEAD, Database, Head, LogUnavailable, Rows, Standing, Values
from events.event import Recorded
from events.instant import Instant
from events.reading import Line, recorded
from events.redaction import Removal, removal_of
from events.seal.hashes import CommandRow, Row
from events.sqlite import SQLite
from events.turns import Turns
from events.words import Tombstone

__all__ = [
    "Appended", "CommandReused", "EventStore", "Head", "LogUnavailable", "NotNext", "Unit", "Verdict",
    "VersionConflict", "Write",
]  # fmt: skip

PAGE = 1000  # events read at a time
_SELECT = "SELECT position, stream, version, type, schema, {data}, meta, occurred_at, recorded_at FROM events"
_ROWS = f"SELECT {', '.join(COLUMNS)} FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"
_STREAM_ROWS = (
    f"SELECT {', '.join(COLUMNS)} FROM events"
    " WHERE stream = ? AND version > ? AND version <= ? ORDER BY version LIMIT ?"
)
_COMMANDS = "SELECT * FROM commands WHERE last_position > ? AND last_position <= ? ORDER BY last_position, command_id"
_COMMAND_AT = (
    "SELECT command_id, fingerprint, first_position, last_position FROM commands"
    " WHERE last_position >= ? AND first_position <= ? ORDER BY last_position LIMIT 1"
)
_COMMAND = "SELECT fingerprint, first_position, last_position FROM commands WHERE command_id = ?"
_AT_ONCE = 500  # bound parameters in one statement


class EventStore:
    """The log, on SQLite or PostgreSQL. Safe to use from many threads, and from many processes at once.

    Whatever it is asked, it raises LogUnavailable where the database fails; then nothing was appended.
    """

    def __init__(self, where: Path | str, clock: Callable[[], Instant] | None = None) -> None:
        """Open the log at a path or a URL (``postgresql+psycopg://…``), making it where there is none."""
        self.where = where
        self._database = _open(where)
        self._select = _SELECT.format(data=self._database.data)
        self._clock = clock or SteadyClock()
        self._turns: Turns[Prepared, Verdict] = Turns(self._write)

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
        Raises ClockJumped or LogUnavailable (disk full, read-only, …); then nothing at all was appended.
        """
        return self._turns.take([prepare(unit) for unit in units])

    def _write(self, units: list[Prepared]) -> list[Verdict]:
        told: list[Verdict] = []

        def decide(standing: Standing) -> Rows:
            nonlocal told
            batch = Batch(standing, self._clock())
            before, told = told, [batch.add(unit) for unit in units]
            if before:  # asked again: the answer to the first time may have been lost after all was written
                told = [first if _same(first, again) else again for first, again in zip(before, told, strict=True)]
            return batch.rows

        streams = dict.fromkeys(stream for unit in units for stream, _, _ in unit.writes)
        self._database.append([unit.command for unit in units], list(streams), decide)
        return told

    def append_rows(self, rows: Sequence[Row], commands: Sequence[CommandRow]) -> None:
        """Append what stood in another copy of this log, as it stood there: all of it, durably, or nothing.

        Raises NotNext where it does not follow the head. The hashes within ``rows`` are the caller's to verify.
        """
        told = Rows([*map(msgspec.structs.astuple, rows)], [*map(msgspec.structs.astuple, commands)])
        asked = False

        def decide(standing: Standing) -> Rows:
            nonlocal asked
            if asked and standing.head.chain_hash == rows[-1].chain_hash:
                return Rows([], [])  # all was written, and only the answer was lost
            asked = True
            check_rows(standing.head, rows, commands)
            return told

        self._database.append([], [], decide)

    def remove_words(self, rows: Sequence[Row], say: Callable[[list[Tombstone]], Unit]) -> Appended:
        """Append a fact that these events' words were removed, and remove them, in one transaction.

        See events/redaction.py; ``scrub`` afterwards leaves nothing of them on the disk. say: makes the unit of the
        fact. Raises VersionConflict, NoWords.
        """
        told: list[Appended] = []

        def decide(standing: Standing) -> Rows:
            removals = [removal_of(row, standing.head.position + 1) for row in rows]
            batch = Batch(standing, self._clock())
            verdict = batch.add(prepare(say([removal.tombstone for removal in removals])))
            if isinstance(verdict, Exception):
                raise verdict
            told[:] = [verdict]
            return Rows(batch.rows.events, batch.rows.commands, _values(removals))

        self._database.remove([rows[0].stream], decide)
        return told[0]

    def remove_again(self, removals: Sequence[Removal]) -> None:
        """Remove words that an event of the log says were removed: it came from a copy where they were."""
        self._database.remove([], lambda _: Rows([], [], _values(removals)))

    def scrub(self) -> str:
        """Leave nothing on the disk of what was removed. What still has to be done for that, in words; or nothing."""
        return self._database.scrub()

    def removed(self, after: int = 0, until: int | None = None) -> list[tuple[int, str, str]]:
        """Position, stream and data of events whose words were removed."""
        sql = "SELECT position, stream, data FROM events WHERE position > ? AND position <= ? AND length(salt) = 32"
        found = self._database.fetch(f"{sql} ORDER BY position", (after, 2**62 if until is None else until))
        return [(position, stream, data) for position, stream, data in found]

    def of_type(self, type: str, after: int = 0) -> list[Line]:
        """Every line of a rare type: the database looks through the log for it."""
        return self._database.fetch(f"{self._select} WHERE type = ? AND position > ? ORDER BY position", (type, after))

    # --- reading

    def head(self) -> Head:
        """Where the log ends. Position 0 and the genesis hash where it is empty."""
        found = self._database.fetch(HEAD)
        return Head(*found[0]) if found else EMPTY

    def streams(self) -> int:
        """How many streams there are."""
        return int(self._database.fetch("SELECT count(*) FROM events WHERE version = 1")[0][0])

    def version(self, stream: str) -> int:
        """The stream's newest version; 0 where there is no such stream."""
        return self._database.fetch("SELECT max(version) FROM events WHERE stream = ?", (stream,))[0][0] or 0

    def read_stream(self, stream: str, after: int = 0, until: int | None = None) -> Iterator[Recorded]:
        """A stream's events with ``after`` < version <= ``until``, in order. Raises UnknownEvent."""
        upper = 2**31 - 1 if until is None else until
        sql = f"{self._select} WHERE stream = ? AND version > ? AND version <= ? ORDER BY version LIMIT {PAGE}"
        while True:
            page = self._database.fetch(sql, (stream, after, upper))
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
        What it gives out no crash takes back. Raises UnknownEvent at the first event that cannot be read.
        """
        upper = self.head().position if until is None else until
        wanted = None if types is None else frozenset(types)
        sql = f"{self._select} WHERE position > ? AND position <= ? ORDER BY position LIMIT ?"
        while after < upper and (rows := self._database.fetch(sql, (after, upper, size))):
            after = rows[-1][0]
            self._database.settle(after)
            yield recorded(rows, self.lines, wanted)

    def rows(self, after: int = 0, until: int | None = None) -> Iterator[Row]:
        """The log as it is stored, hashes and all: for verification and export. Nothing is decoded."""
        upper = 2**62 if until is None else until
        while page := self._database.fetch(_ROWS, (after, upper, PAGE)):
            after = page[-1][0]
            self._database.settle(after)
            yield from (Row(*row) for row in page)

    def stream_rows(self, stream: str, after: int = 0, until: int | None = None) -> Iterator[Row]:
        """The same for one stream's events with ``after`` < version <= ``until``."""
        upper = 2**31 - 1 if until is None else until
        while page := self._database.fetch(_STREAM_ROWS, (stream, after, upper, PAGE)):
            yield from (Row(*row) for row in page)
            after = page[-1][2]

    def lines(self, first: int, last: int) -> list[Line]:
        """The log as it is stored, without its hashes, from one position to another: see events/reading.py."""
        return self._database.fetch(f"{self._select} WHERE position BETWEEN ? AND ? ORDER BY position", (first, last))

    def changed(self, after: int, until: int) -> list[str]:
        """The streams that have events with ``after`` < position <= ``until``, each once, by name."""
        sql = "SELECT DISTINCT stream FROM events WHERE position > ? AND position <= ? ORDER BY stream"
        return [row[0] for row in self._database.fetch(sql, (after, until))]

    def place(self, stream: str, version: int) -> int | None:
        """The position of a stream's event, or None where there is no such."""
        found = self._database.fetch("SELECT position FROM events WHERE stream = ? AND version = ?", (stream, version))
        return int(found[0][0]) if found else None

    def commands(self, after: int = 0, until: int | None = None) -> list[CommandRow]:
        """The commands whose last event has ``after`` < position <= ``until``, in order."""
        upper = 2**62 if until is None else until
        return [CommandRow(*row) for row in self._database.fetch(_COMMANDS, (after, upper))]

    def command_at(self, position: int) -> CommandRow | None:
        """The command whose events include the one at a position."""
        found = self._database.fetch(_COMMAND_AT, (position, position))
        return CommandRow(*found[0]) if found else None

    def known_commands(self, ids: Sequence[UUID]) -> dict[UUID, bytes]:
        """Which of these command ids were used before, with the fingerprint of what each asked for."""
        known = {}
        for first in range(0, len(ids), _AT_ONCE):
            some = [id.bytes for id in ids[first : first + _AT_ONCE]]
            sql = f"SELECT command_id, fingerprint FROM commands WHERE command_id IN ({', '.join('?' * len(some))})"
            known.update({UUID(bytes=id): fingerprint for id, fingerprint in self._database.fetch(sql, some)})
        return known

    def outcome(self, command_id: UUID) -> Appended | None:
        """Where the events of an earlier command are, or None where it was never taken."""
        found = self._database.fetch(_COMMAND, (command_id.bytes,))
        return Appended(first_position=found[0][1], position=found[0][2], repeated=True) if found else None

    # --- following

    def wait(self, after: int, timeout: float) -> bool:
        """Sleep until the log has an event after position ``after``; False when ``timeout`` seconds passed first.

        Woken at once by an append of this process, within 20 ms by one of another's.
        """
        deadline = time.monotonic() + timeout
        while True:
            heard = self._database.heard
            if self.head().position > after:
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._database.wait(heard, left)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()


def _open(where: Path | str) -> Database:
    if isinstance(where, Path):
        return SQLite(where)
    from events.postgres import PostgreSQL  # a newsroom without it need not load its driver

    return PostgreSQL(make_url(where))


def _same(first: Verdict, again: Verdict) -> bool:
    """Whether the second answer says no more than that the first one was true."""
    return (
        isinstance(first, Appended)
        and isinstance(again, Appended)
        and (first.first_position, first.position) == (again.first_position, again.position)
    )


def _values(removals: Sequence[Removal]) -> list[Values]:
    return [(removal.data, removal.payload_hash, removal.position) for removal in removals]
