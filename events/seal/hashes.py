"""What makes the log tamper-evident: a hash of each event's content, chained to all that came before.

    payload_hash = SHA-256(salt ‖ data)
    content_hash = SHA-256(len‖stream, len‖version, len‖type, len‖schema, payload_hash, len‖meta, occurred_at)
    chain_hash   = SHA-256(previous chain_hash ‖ position ‖ recorded_at ‖ content_hash)

The payload is hashed on its own, with a random salt kept beside it: should a court order a payload destroyed,
its hash can stay in its place, the chain still verifies, and the words cannot be guessed back from the hash.
"""

import hashlib
import struct
from functools import lru_cache

import msgspec

from events.instant import Instant

GENESIS = bytes(32)
SALT_BYTES = 16
HASH_BYTES = 32
_LENGTH = struct.Struct(">I").pack
_VERSION = struct.Struct(">Q").pack
_TIME = struct.Struct(">q").pack
_PLACE = struct.Struct(">qq").pack


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event exactly as it is stored."""

    position: int
    stream: str
    version: int
    type: str
    schema: int
    data: str
    meta: str
    occurred_at: Instant
    recorded_at: Instant
    salt: bytes
    content_hash: bytes
    chain_hash: bytes


class CommandRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a command led to, exactly as it is stored."""

    command_id: bytes
    fingerprint: bytes
    first_position: int
    last_position: int


def payload_hash(data: bytes, salt: bytes) -> bytes:
    """The hash of what an event says. Of a payload that was destroyed it is kept in the salt's place."""
    return salt if len(salt) == HASH_BYTES else hashlib.sha256(salt + data).digest()


def content_hash(
    stream: str,
    version: int,
    type: str,
    schema: int,
    payload: bytes,
    meta: bytes,
    occurred_at: Instant,
) -> bytes:
    """The hash of all that an event is, without its place in the log. payload: see ``payload_hash``."""
    s = stream.encode()
    return hashlib.sha256(
        b"".join(
            (_LENGTH(len(s)), s, _VERSION(version), _kind(type, schema), payload, _LENGTH(len(meta)), meta,
             _TIME(occurred_at))
        )
    ).digest()  # fmt: skip


@lru_cache(1024)  # a log has few
def _kind(type: str, schema: int) -> bytes:
    t = type.encode()
    return _LENGTH(len(t)) + t + _LENGTH(schema)


def content_of(row: Row) -> bytes:
    """The content hash that a stored event should have."""
    payload = payload_hash(row.data.encode(), row.salt)
    return content_hash(row.stream, row.version, row.type, row.schema, payload, row.meta.encode(), row.occurred_at)


def chain_hash(previous: bytes, position: int, recorded_at: Instant, content: bytes) -> bytes:
    """The hash of the whole log up to and with this event."""
    return hashlib.sha256(previous + _PLACE(position, recorded_at) + content).digest()
