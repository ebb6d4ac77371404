"""The log as the views read it: a page at a time, with the chain hash that a checkpoint keeps.

Nothing in the views looks at the steps of an edit: what they resulted in is told beside them. So they are not
parsed, which is most of the work of reading a log of edits. Everything else is decoded as everywhere.
"""

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

import msgspec

from events.article import ArticleBodyEdited, Publication
from events.event import Event, Recorded, UnknownEvent, kind_of
from events.instant import Instant
from events.reading import recorded
from events.store import EventStore

Raw = tuple[int, bytes]  # a document's schema number, its JSON


class Page(NamedTuple):
    """Some of the log, up to a position; there may be nothing to read in it. chain_hash: up to there, hex."""

    events: list[Recorded]
    position: int
    chain_hash: str
    recorded_at: Instant


class _Outline(msgspec.Struct):
    """An edit of the body without its steps."""

    document_schema: int
    base: int
    body_hash: str
    words: int
    images: list[str]
    readers_hash: str


_outlines = msgspec.json.Decoder(_Outline)


Parked = Callable[[], Collection[int]]
"""Asked for the positions that an operator told the views to pass over."""


def none_parked() -> Collection[int]:
    """Nobody told the views to pass over anything."""
    return ()


def pages(
    store: EventStore, after: int, until: int, size: int, parked: Collection[int] = ()
) -> Iterator[Page]:
    """Events with ``after`` < position <= ``until``, without those that are parked.

    Raises UnknownEvent at the first that cannot be read.
    """
    while after < until:
        lines = store.lines(after + 1, min(until, after + size))
        if not lines:
            return
        after, recorded_at = lines[-1][0], lines[-1][8]
        chained = chain_hash(store, after)
        assert chained is not None  # and no crash takes these lines back: see EventStore.rows
        taken = [line for line in lines if line[0] not in parked]
        yield Page(recorded(taken, store.lines, instead=_INSTEAD), after, chained, recorded_at)


def chain_hash(store: EventStore, position: int) -> str | None:
    """The log's chain hash at a position, hex; None where the log does not reach so far."""
    row = next(store.rows(position - 1, position), None)
    return row.chain_hash.hex() if row is not None else None


def body(store: EventStore, position: int) -> Raw:
    """The body of the publication at a position, straight from the log: the views keep no copy of it."""
    for one in recorded(store.lines(position, position), store.lines):
        if isinstance(one.event, Publication):
            return one.event.document_schema, bytes(one.event.body)
    raise UnknownEvent(f"position {position} is no publication")


def _outline(data: str | bytes) -> Event:
    outline = _outlines.decode(data)
    return ArticleBodyEdited(
        document_schema=outline.document_schema, base=outline.base, steps=[], body_hash=outline.body_hash,
        words=outline.words, images=outline.images, readers_hash=outline.readers_hash,
    )  # fmt: skip


_INSTEAD = {kind_of(ArticleBodyEdited).name: _outline}
