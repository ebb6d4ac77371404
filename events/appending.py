"""One append: which units are taken, where their events go, and what hashes them in.

What can be made ready is made ready before; what depends on the others is decided in the log's turn, so positions are
dense and every expected version is checked against what is really there.
"""

import hashlib
import secrets
from collections.abc import Sequence
from uuid import UUID

import msgspec

from events.clock import BEHIND, ClockJumped
from events.database import EMPTY, Head, Rows, Standing, Values
from events.event import Event, Meta, encode, kind_of
from events.instant import SECOND, Instant
from events.seal.hashes import SALT_BYTES, CommandRow, Row, chain_hash, content_hash, payload_hash


class VersionConflict(Exception):
    """Somebody else wrote to the stream first. Nothing of this unit was appended."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"{stream} is at version {actual}, not at {expected}")
        self.stream, self.expected, self.actual = stream, expected, actual


class CommandReused(Exception):
    """A command id was used before, for something else. Nothing of this unit was appended."""


class NotNext(Exception):
    """These rows are not what comes next in this log. Nothing was appended."""


class Write(msgspec.Struct, frozen=True, gc=False):
    """Events for one stream. expected_version 0: the stream does not exist yet. No events: only a check."""

    stream: str
    expected_version: int
    events: Sequence[Event] = ()


class Unit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is appended whole or not at all: one command's writes to one or more streams.

    fingerprint: 32 bytes that are equal for equal requests; made from the events where None.
    occurred_at: when it happened, where that is not now (imported history).
    """

    command_id: UUID
    writes: Sequence[Write]
    meta: Meta
    occurred_at: Instant | None = None
    fingerprint: bytes | None = None


class Appended(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a unit's events are. repeated: they had been appended before, and nothing was now."""

    first_position: int
    position: int
    repeated: bool = False


Verdict = Appended | VersionConflict | CommandReused


class Encoded(msgspec.Struct, frozen=True, gc=False):
    """An event as it will be stored."""

    type: str
    schema: int
    data: bytes


class Prepared(msgspec.Struct, frozen=True, gc=False):
    """A unit with everything done to it that can be done before the log's turn."""

    command: bytes
    fingerprint: bytes
    meta: bytes
    occurred_at: Instant | None
    writes: list[tuple[str, int, list[Encoded]]]


def prepare(unit: Unit) -> Prepared:
    """Raises UnknownEvent for what is not in the catalogue, ValueError for a stream that no database can name."""
    writes = [
        (_named(write.stream), write.expected_version, [_encoded(event) for event in write.events])
        for write in unit.writes
    ]
    fingerprint = unit.fingerprint or _fingerprint(writes)
    meta = encode(msgspec.structs.replace(unit.meta, command_id=unit.command_id))
    return Prepared(unit.command_id.bytes, fingerprint, meta, unit.occurred_at, writes)


def _named(stream: str) -> str:
    if not stream or "\0" in stream or not stream.isprintable():
        raise ValueError(f"{stream!r} cannot be the name of a stream")
    return stream


def _encoded(event: Event) -> Encoded:
    kind = kind_of(event)
    return Encoded(kind.name, kind.schema, encode(event))


def _fingerprint(writes: list[tuple[str, int, list[Encoded]]]) -> bytes:
    """32 bytes that are the same for the same events to the same streams."""
    digest = hashlib.sha256()
    for stream, _, events in writes:
        digest.update(stream.encode() + b"\0")
        for event in events:
            digest.update(event.type.encode() + b"\0" + event.data + b"\0")
    return digest.digest()


class Batch:
    """The rows of one transaction, gathered unit by unit. Nothing is written here."""

    def __init__(self, standing: Standing, moment: Instant) -> None:
        """Begin after the head. Raises ClockJumped where the clock is behind it."""
        head = standing.head
        if moment < head.recorded_at - BEHIND:
            raise ClockJumped(f"the clock is {(head.recorded_at - moment) // SECOND} s behind the log's last event")
        self._recorded_at = max(moment, head.recorded_at)
        self._position, self._chain = head.position, head.chain_hash
        self._known, self._tails = standing.known, standing.tails
        self._events: list[Values] = []
        self._commands: list[Values] = []

    @property
    def rows(self) -> Rows:
        """What was taken."""
        return Rows(self._events, self._commands)

    def add(self, unit: Prepared) -> Verdict:
        """Take a unit, or say why not."""
        if known := self._known.get(unit.command):
            return _seen_before(unit, known)
        versions: dict[str, int] = {}
        for stream, expected, events in unit.writes:
            actual = versions[stream] if stream in versions else self._tail(stream)[0]
            if actual != expected:
                return VersionConflict(stream, expected, actual)
            versions[stream] = actual + len(events)
        first = self._position + 1
        for stream, _, events in unit.writes:
            self._take(stream, events, unit)
        if self._position >= first:
            self._remember(unit, first)
        return Appended(first_position=first, position=self._position)

    def _tail(self, stream: str) -> tuple[int, Instant]:
        return self._tails.get(stream, (0, EMPTY.recorded_at))

    def _take(self, stream: str, events: list[Encoded], unit: Prepared) -> None:
        version, occurred = self._tail(stream)
        recorded, meta, text = self._recorded_at, unit.meta, unit.meta.decode()
        # an imported event never happened before what its stream already knows
        occurred = max(occurred, recorded if unit.occurred_at is None else unit.occurred_at)
        for event in events:
            version += 1
            self._position += 1
            salt = secrets.token_bytes(SALT_BYTES)
            payload = payload_hash(event.data, salt)
            content = content_hash(stream, version, event.type, event.schema, payload, meta, occurred)
            self._chain = chain_hash(self._chain, self._position, recorded, content)
            self._events.append(
                (self._position, stream, version, event.type, event.schema, event.data.decode(), text, occurred,
                 recorded, salt, content, self._chain)
            )  # fmt: skip
        self._tails[stream] = (version, occurred)

    def _remember(self, unit: Prepared, first: int) -> None:
        self._known[unit.command] = (unit.fingerprint, first, self._position)
        self._commands.append((unit.command, unit.fingerprint, first, self._position))


def check_rows(head: Head, rows: Sequence[Row], commands: Sequence[CommandRow]) -> None:
    """Raises NotNext unless these rows, just as they are, come after this head."""
    first, last = rows[0], rows[-1]
    if first.position != head.position + 1 or last.position != head.position + len(rows):
        raise NotNext(f"the log ends at position {head.position:,}, and this begins at {first.position:,}")
    if chain_hash(head.chain_hash, first.position, first.recorded_at, first.content_hash) != first.chain_hash:
        raise NotNext(f"position {first.position:,} does not follow what this log has at {head.position:,}")
    if any(not first.position <= one.first_position <= one.last_position <= last.position for one in commands):
        raise NotNext("a command is cut in two")


def _seen_before(unit: Prepared, known: tuple[bytes, int, int]) -> Appended | CommandReused:
    if known[0] != unit.fingerprint:
        return CommandReused(f"command {UUID(bytes=unit.command)} was used before, for something else")
    return Appended(first_position=known[1], position=known[2], repeated=True)
