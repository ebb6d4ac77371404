"""What makes the log tamper-evident: a hash of each event's content, chained to all that came before.

    payload_hash = SHA-256(salt ‖ data)
    content_hash = SHA-256(len‖stream, len‖version, len‖type, len‖schema, payload_hash, len‖meta, occurred_at)
    chain_hash   = SHA-256(previous chain_hash ‖ position ‖ recorded_at ‖ content_hash)

The payload is hashed on its own, with a random salt kept beside it: should a court order a payload destroyed,
its hash can stay in its place, the chain still verifies, and the words cannot be guessed back from the hash.
"""

import hashlib
import struct
from collections.abc import Iterable

import msgspec

from events.instant import Instant

GENESIS = bytes(32)
SALT_BYTES = 16


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


def content_hash(
    stream: str,
    version: int,
    type: str,
    schema: int,
    data: bytes,
    meta: bytes,
    occurred_at: Instant,
    salt: bytes,
) -> bytes:
    """The hash of all that an event says, without its place in the log."""
    s, t = stream.encode(), type.encode()
    return hashlib.sha256(
        b"".join(
            (
                struct.pack(">I", len(s)), s, struct.pack(">Q", version),
                struct.pack(">I", len(t)), t, struct.pack(">I", schema),
                hashlib.sha256(salt + data).digest(),
                struct.pack(">I", len(meta)), meta, struct.pack(">q", occurred_at),
            )
        )
    ).digest()  # fmt: skip


def chain_hash(previous: bytes, position: int, recorded_at: Instant, content: bytes) -> bytes:
    """The hash of the whole log up to and with this event."""
    return hashlib.sha256(previous + struct.pack(">qq", position, recorded_at) + content).digest()


class Verdict(msgspec.Struct, frozen=True):
    """What a verification found. position: of the last good event, or of the first bad one."""

    ok: bool
    position: int
    chain_hash: str
    reason: str = ""


def verify(rows: Iterable[Row]) -> Verdict:
    """Recompute every hash from the first event on, and name the first one that is not what it was."""
    previous, position, last = GENESIS, 0, None
    versions: dict[str, int] = {}
    for row in rows:
        position += 1
        reason = _fault(row, position, previous, last, versions)
        if reason:
            return Verdict(False, row.position, row.chain_hash.hex(), reason)
        versions[row.stream] = row.version
        previous, last = row.chain_hash, row.recorded_at
    return Verdict(True, position, previous.hex())


def _fault(row: Row, position: int, previous: bytes, last: Instant | None, versions: dict[str, int]) -> str:
    if row.position != position:
        return f"position {position} is missing"
    if row.version != versions.get(row.stream, 0) + 1:
        return f"{row.stream} jumps to version {row.version}"
    if last is not None and row.recorded_at < last:
        return "it is recorded earlier than the event before it"
    content = content_hash(
        row.stream, row.version, row.type, row.schema, row.data.encode(), row.meta.encode(), row.occurred_at, row.salt
    )  # fmt: skip
    if content != row.content_hash:
        return "its content is not what was appended"
    if chain_hash(previous, position, row.recorded_at, content) != row.chain_hash:
        return "the chain of hashes breaks here: it, or what came before it, was altered"
    return ""
