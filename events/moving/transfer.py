"""The log as text: one JSON object a line, with every identity, time and hash, so that it can be checked anywhere.

The first line says what follows (which log, after which position and chain hash), the last what it was: how many
events, the position and chain hash they end at, and the SHA-256 of all lines before. An event that ends a command
carries it, so that a copy knows each command that was ever taken.
"""

import hashlib
from collections.abc import Iterable, Iterator
from uuid import UUID

import msgspec

from events.instant import from_iso, to_iso
from events.seal.hashes import CommandRow, Row, chain_hash, content_of
from events.seal.heads import log_name
from events.seal.sealing import name_of
from events.seal.verifying import mark_at
from events.store import EventStore

FORMAT = "daybook-log-2"
_PAGE = 1000  # events read at a time


class NotTransferred(Exception):
    """What was read is not a part of this log, or not what was written. The message names where, and what to do."""


class Begin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The first line. after, chain_hash: the event before the first; log: see ``events/seal/heads.py``."""

    format: str
    log: str
    after: int
    chain_hash: str


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The last line."""

    events: int
    position: int
    chain_hash: str
    sha256: str


class _Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: UUID
    fingerprint: str
    first_position: int


class _Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    position: int
    stream: str
    version: int
    type: str
    schema: int
    data: str
    meta: str
    occurred_at: str
    recorded_at: str
    salt: str
    content_hash: str
    chain_hash: str
    command: _Command | None = None


Transferred = tuple[Row, CommandRow | None]  # an event, and the command that ends with it
_begin = msgspec.json.Decoder(Begin)
_event = msgspec.json.Decoder(_Event)
_end = msgspec.json.Decoder(End)


def export(store: EventStore, after: int, until: int) -> Iterator[bytes]:
    """The lines for the events with ``after`` < position <= ``until``, each ending in a newline, in constant memory.

    Raises NotTransferred where ``after`` is no end of a command, or not in the log.
    """
    mark = mark_at(store, after)
    if mark is None:
        raise NotTransferred(f"There is no event at position {after:,}: the log ends at {store.head().position:,}.")
    digest = hashlib.sha256()
    begin = Begin(format=FORMAT, log=name_of(store), after=after, chain_hash=mark.chain_hash.hex())
    chain, count = begin.chain_hash, 0
    yield _hashed(begin, digest)
    for first in range(after, until, _PAGE):
        last = min(first + _PAGE, until)
        commands = {command.last_position: command for command in store.commands(first, last)}
        for row in store.rows(first, last):
            command = commands.get(row.position)
            if command is not None and command.first_position <= after:
                raise NotTransferred(
                    f"Position {after:,} is in the middle of a command: begin at {command.first_position - 1:,}."
                )
            yield _hashed(_told(row, command), digest)
            chain, count = row.chain_hash.hex(), count + 1
    yield _line(End(events=count, position=after + count, chain_hash=chain, sha256=digest.hexdigest()))


def begins(lines: Iterator[bytes]) -> Begin:
    """What the first line says. Raises NotTransferred where this is no exported log."""
    try:
        begin = _begin.decode(next(lines, b""))
    except msgspec.DecodeError as error:
        raise NotTransferred(f"This is not an exported log: {error}.") from error
    if begin.format != FORMAT:
        raise NotTransferred(f"This is a {begin.format}, and this Daybook reads {FORMAT}.")
    return begin


def read(begin: Begin, lines: Iterable[bytes]) -> Iterator[Transferred]:
    """The events after the first line, every hash of them checked.

    Raises NotTransferred at the first that is not what was written, and where the last line is missing.
    """
    digest = hashlib.sha256(_line(begin))
    position, previous = begin.after, bytes.fromhex(begin.chain_hash)
    for line in lines:
        if line.startswith(b'{"events":'):
            _check_end(line, position - begin.after, position, previous, digest.hexdigest())
            return
        row, command = _read(line, position + 1)
        if row.position != position + 1:
            raise NotTransferred(f"Position {position + 1:,} is missing: after {position:,} comes {row.position:,}.")
        content = content_of(row)
        chain = chain_hash(previous, row.position, row.recorded_at, content)
        if (content, chain) != (row.content_hash, row.chain_hash):
            raise NotTransferred(
                f"Position {row.position:,} ({row.stream}, version {row.version}) is not what was exported."
            )
        if position == 0 and log_name(row.chain_hash) != begin.log:
            raise NotTransferred(f"The first event is not that of {begin.log}.")
        digest.update(line)
        position, previous = row.position, row.chain_hash
        yield row, command
    raise NotTransferred(f"The text ends at position {position:,}, before its last line. What was taken is good.")


def _check_end(line: bytes, events: int, position: int, chain: bytes, sha256: str) -> None:
    try:
        end = _end.decode(line)
    except msgspec.DecodeError as error:
        raise NotTransferred(f"The last line cannot be read: {error}.") from error
    if end != End(events=events, position=position, chain_hash=chain.hex(), sha256=sha256):
        raise NotTransferred("The last line does not fit what comes before it: something was left out or changed.")


def _told(row: Row, command: CommandRow | None) -> _Event:
    told = None
    if command is not None:
        id, fingerprint = UUID(bytes=command.command_id), command.fingerprint.hex()
        told = _Command(id=id, fingerprint=fingerprint, first_position=command.first_position)
    return _Event(
        position=row.position, stream=row.stream, version=row.version, type=row.type, schema=row.schema,
        data=row.data, meta=row.meta, occurred_at=to_iso(row.occurred_at), recorded_at=to_iso(row.recorded_at),
        salt=row.salt.hex(), content_hash=row.content_hash.hex(), chain_hash=row.chain_hash.hex(), command=told,
    )  # fmt: skip


def _read(line: bytes, expected: int) -> Transferred:
    try:
        told = _event.decode(line)
        row = Row(
            told.position, told.stream, told.version, told.type, told.schema, told.data, told.meta,
            from_iso(told.occurred_at), from_iso(told.recorded_at),
            bytes.fromhex(told.salt), bytes.fromhex(told.content_hash), bytes.fromhex(told.chain_hash),
        )  # fmt: skip
        if told.command is None:
            return row, None
        one = told.command
        return row, CommandRow(one.id.bytes, bytes.fromhex(one.fingerprint), one.first_position, row.position)
    except (msgspec.DecodeError, ValueError) as error:
        raise NotTransferred(f"The line of position {expected:,} cannot be read: {error}.") from error


def _hashed(value: object, digest: "hashlib._Hash") -> bytes:
    line = _line(value)
    digest.update(line)
    return line


def _line(value: object) -> bytes:
    return msgspec.json.encode(value) + b"\n"


