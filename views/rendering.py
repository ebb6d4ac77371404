"""Filling the rows of `published`: new ones at once, then whatever an entity's change made stale."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Table, and_, bindparam, or_, select, tuple_, update

from events.document.errors import DocumentError
from views.bodies import Bodies
from views.database import Connection, Prepared, Several, by_count, chunks
from views.lookup import Lookup
from views.projection import ProjectionStopped
from views.projections.publications import RevisionRow, contents, decode_content, published, revisions
from views.render import Body, Rendered, card, render
from views.shapes import Card

Key = tuple[str, int]  # article, number
CHUNK = 100  # rows that are rendered together
NOTHING: Mapping[Key, Body] = {}

_STALE = Prepared(
    select(
        published.c.article, published.c.number, or_(published.c.digest.is_(None), published.c.pictures == 1),
        published.c.html, published.c.text, published.c.captions,
    )
    .where(published.c.stale.is_not(None))
    .order_by(published.c.stale, published.c.article, published.c.number)
    .limit(bindparam("limit"))
)
_NEXT = Prepared(
    select(published.c.article, published.c.number)
    .where(tuple_(published.c.article, published.c.number) > tuple_(bindparam("a"), bindparam("n")))
    .order_by(published.c.article, published.c.number)
    .limit(bindparam("limit"))
)
_LAST = Prepared(
    select(published.c.article, published.c.number)
    .where(published.c.digest.is_not(None))
    .order_by(published.c.article.desc(), published.c.number.desc())
    .limit(1)
)
_ANY_STALE = Prepared(select(published.c.article).where(published.c.stale.is_not(None)).limit(1))
_HISTORY = Several(lambda some: select(revisions).where(revisions.c.article.in_(some)))


def _are(table: Table, count: int) -> ColumnElement[bool]:
    """The rows with these keys. Without the first condition SQLite reads the whole table."""
    keys = [tuple_(bindparam(f"a{n}"), bindparam(f"n{n}")) for n in range(count)]
    ids: list[Any] = [bindparam(f"a{n}") for n in range(count)]
    return and_(table.c.article.in_(ids), tuple_(table.c.article, table.c.number).in_(keys))


_CONTENTS = by_count(lambda count: select(contents).where(_are(contents, count)))
_OUTLINES = by_count(
    lambda count: select(revisions, contents.c.content)
    .join(contents, and_(contents.c.article == revisions.c.article, contents.c.number == revisions.c.number))
    .where(_are(revisions, count))
)
_FILL = Prepared(
    update(published)
    .values({
        column: bindparam(f"b_{column.name}")
        for column in list(published.columns)[list(published.columns).index(published.c.stale):]
    })
    .where(published.c.article == bindparam("a"), published.c.number == bindparam("n"))
)  # fmt: skip
_encoder = msgspec.json.Encoder()


def is_stale(db: Connection) -> bool:
    """Whether any row waits to be rendered."""
    return _ANY_STALE.one(db) is not None


def drain(db: Connection, bodies: Bodies, limit: int) -> int:
    """Render up to ``limit`` rows that wait for it, the longest waiting first; how many that were.

    The caller holds the transaction.
    """
    rows = _STALE.all(db, limit=limit)
    kept = {(row[0], row[1]): Body(*row[3:]) for row in rows if not row[2]}
    fill(db, bodies, [(row[0], row[1]) for row in rows], kept)
    return len(rows)


def fill(db: Connection, bodies: Bodies, keys: Sequence[Key], kept: Mapping[Key, Body] = NOTHING) -> None:
    """Render these rows of `published`; ``kept``: bodies that are still right. The caller holds the transaction."""
    for some in chunks(keys, CHUNK):
        rendered = fresh(db, bodies, some, Lookup(db), kept)
        _FILL.many(db, [_values(key, rendered[key]) for key in some])


def fill_all(db: Connection, bodies: Bodies) -> Iterator[int]:
    """Render every row of a new generation that is not yet; after each piece, how many rows it was."""
    after: Key = _LAST.one(db) or ("", 0)
    while keys := [(row[0], row[1]) for row in _NEXT.all(db, a=after[0], n=after[1], limit=CHUNK)]:
        db.execute("BEGIN")
        fill(db, bodies, keys)
        db.execute("COMMIT")
        yield len(keys)
        after = keys[-1]


def fresh(
    db: Connection, bodies: Bodies, keys: Sequence[Key], lookup: Lookup, kept: Mapping[Key, Body] = NOTHING
) -> dict[Key, Rendered]:
    """These publications, rendered now with the entities of ``lookup``. Raises ProjectionStopped."""
    history: dict[str, list[RevisionRow]] = defaultdict(list)
    for values in _HISTORY.all(db, (article for article, _ in keys)):
        history[values[0]].append(RevisionRow(*values))
    made: dict[Key, Rendered] = {}
    for some in chunks(keys):
        told = {(row[0], row[1]): decode_content(row[2]) for row in _CONTENTS(len(some)).all(db, **_bound(some))}
        lookup.expect(stream for content in told.values() for stream in content.refs())
        for key, content in told.items():
            row = next(row for row in history[key[0]] if row.number == key[1])
            try:
                drawn = kept.get(key) or bodies.of(row, content, lookup)
                made[key] = render(row, content, drawn, history[key[0]], lookup)
            except DocumentError as error:
                raise ProjectionStopped("published", row.position, f"article.{row.kind}", str(error)) from error
    return made


def cards(db: Connection, keys: Sequence[Key], lookup: Lookup) -> dict[Key, Card]:
    """The cards of these publications, made now with the entities of ``lookup``."""
    made: dict[Key, Card] = {}
    for some in chunks(keys):
        found = _OUTLINES(len(some)).all(db, **_bound(some))
        rows = [(RevisionRow(*values[:-1]), decode_content(values[-1])) for values in found]
        lookup.expect(stream for _, content in rows for stream in content.listed())
        for row, content in rows:
            made[row.article, row.number] = card(row, content, lookup)
    return made


def _bound(keys: Sequence[Key]) -> dict[str, object]:
    return {f"a{n}": key[0] for n, key in enumerate(keys)} | {f"n{n}": key[1] for n, key in enumerate(keys)}


def _values(key: Key, rendered: Rendered) -> tuple[object, ...]:
    page = msgspec.structs.replace(rendered.page, html="")
    return (
        None, None, 0, rendered.page.digest, _encoder.encode(rendered.card).decode(), _encoder.encode(page).decode(),
        _encoder.encode(rendered.related).decode() if rendered.related else None, rendered.body.captions,
        rendered.body.html, rendered.body.text, *key,
    )  # fmt: skip
