"""The log as the views read it: a page at a time, with the chain hash that a checkpoint keeps.

Nothing in the views looks at the steps of an edit: what they resulted in is told beside them. So they are not
parsed, which is most of the work of reading a log of edits. Everything else is decoded as everywhere.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from events.article import ArticleBodyEdited, Publication
from events.event import Event, Recorded, UnknownEvent, decode, decode_meta, kind_of
from events.seal import Row
from events.store import EventStore

Raw = tuple[int, bytes]  # a document's schema number, its JSON


class Page(NamedTuple):
    """Some events in a row. chain_hash: of the log up to the last of them, hex."""

    events: list[Recorded]
    chain_hash: str


class _Outline(msgspec.Struct):
    """An edit of the body without its steps."""

    document_schema: int
    base: int
    body_hash: str
    words: int
    images: list[str]


_outlines = msgspec.json.Decoder(_Outline)
_EDITED = kind_of(ArticleBodyEdited)


def pages(store: EventStore, after: int, until: int, size: int) -> Iterator[Page]:
    """Events with ``after`` < position <= ``until``. Raises UnknownEvent at the first that cannot be read."""
    while after < until:
        rows = list(store.rows(after, min(until, after + size)))
        if not rows:
            return
        yield Page([_recorded(row) for row in rows], rows[-1].chain_hash.hex())
        after = rows[-1].position


def chain_hash(store: EventStore, position: int) -> str | None:
    """The log's chain hash at a position, hex; None where the log does not reach so far."""
    row = next(store.rows(position - 1, position), None)
    return row.chain_hash.hex() if row is not None else None


def body(store: EventStore, position: int) -> Raw:
    """The body of the publication at a position, straight from the log: the views keep no copy of it."""
    row = next(store.rows(position - 1, position))
    event = decode(row.type, row.schema, row.data)
    if not isinstance(event, Publication):
        raise UnknownEvent(f"position {position} is no publication")
    return event.document_schema, bytes(event.body)


def _recorded(row: Row) -> Recorded:
    try:
        event = _event(row)
    except UnknownEvent as error:
        raise UnknownEvent(f"position {row.position} ({row.stream}, version {row.version}): {error}") from error
    return Recorded(
        position=row.position, stream=row.stream, version=row.version, type=row.type, event=event,
        meta=decode_meta(row.meta), occurred_at=row.occurred_at, recorded_at=row.recorded_at,
    )  # fmt: skip


def _event(row: Row) -> Event:
    if row.type != _EDITED.name or row.schema != _EDITED.schema:
        return decode(row.type, row.schema, row.data)
    try:
        outline = _outlines.decode(row.data)
    except msgspec.MsgspecError as error:
        raise UnknownEvent(f"{row.type} (schema {row.schema}): {error}") from error
    return ArticleBodyEdited(
        document_schema=outline.document_schema, base=outline.base, steps=[], body_hash=outline.body_hash,
        words=outline.words, images=outline.images,
    )  # fmt: skip
