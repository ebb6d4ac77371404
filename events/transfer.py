"""The log as a file: one JSON object a line, with every identity, time and hash, so that it can be checked anywhere.

The first line says what it is, the last what it holds: how many events, the chain hash they end in, and the SHA-256
of every line before the last.
"""

import hashlib
from collections.abc import Iterable, Iterator

import msgspec

from events.instant import to_iso
from events.seal import GENESIS, Row

FORMAT = "daybook-log-1"


def export(rows: Iterable[Row]) -> Iterator[bytes]:
    """The lines of an export, each ending in a newline, streaming. data and meta are kept as the exact text hashed."""
    digest = hashlib.sha256()
    count, chain = 0, GENESIS
    first = _line({"format": FORMAT})
    digest.update(first)
    yield first
    for row in rows:
        line = _line(_event(row))
        digest.update(line)
        count, chain = count + 1, row.chain_hash
        yield line
    yield _line({"events": count, "chain_hash": chain.hex(), "sha256": digest.hexdigest()})


def _event(row: Row) -> dict[str, object]:
    return {
        "position": row.position, "stream": row.stream, "version": row.version, "type": row.type,
        "schema": row.schema, "data": row.data, "meta": row.meta,
        "occurred_at": to_iso(row.occurred_at), "recorded_at": to_iso(row.recorded_at),
        "salt": row.salt.hex(), "content_hash": row.content_hash.hex(), "chain_hash": row.chain_hash.hex(),
    }  # fmt: skip


def _line(value: object) -> bytes:
    return msgspec.json.encode(value) + b"\n"
