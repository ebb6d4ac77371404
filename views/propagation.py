"""What an entity's change reaches: every publication that shows it, directly or through something else.

A byline shows its portrait, and stands for the bylines that were merged into it. The rows are only marked here, in
the same transaction as the change; rendering them again is the second lane (views/rendering.py).
"""

from collections.abc import Iterator

from sqlalchemy import and_, bindparam, case, literal, or_, select, update

from views.database import Connection, Prepared
from views.projections.people import bylines
from views.projections.publications import articles, published, refs
from views.projections.subjects import tags

_WEARERS = Prepared(select(bylines.c.id).where(bylines.c.portrait == bindparam("id")))
_MERGED = {
    "byline": Prepared(select(bylines.c.id).where(bylines.c.merged_into == bindparam("id"))),
    "tag": Prepared(select(tags.c.id).where(tags.c.merged_into == bindparam("id"))),
}
_shows = and_(
    refs.c.article == published.c.article, refs.c.public_from < published.c.public_until,
    refs.c.public_until > published.c.public_from,
)  # fmt: skip
_MARK = Prepared(
    update(published)
    .values(
        stale=bindparam("position"), cause=bindparam("why"),
        pictures=case((literal(1) == bindparam("picture"), 1), else_=published.c.pictures),
    )
    .where(
        published.c.article.in_(select(refs.c.article).where(refs.c.ref == bindparam("ref"))),
        select(refs.c.ref).where(refs.c.ref == bindparam("again"), _shows).exists(),
        or_(published.c.stale.is_(None), published.c.stale < bindparam("newest")),
    )
)
_CHANGED = Prepared(
    update(articles)
    .values(changed=bindparam("position"))
    .where(
        articles.c.changed < bindparam("newest"),
        articles.c.article.in_(
            select(refs.c.article)
            .join(published, _shows)
            .where(refs.c.ref == bindparam("ref"))
        ),
    )
)
_USED = Prepared(select(refs.c.article).where(refs.c.ref == bindparam("ref")).limit(1))


def same(db: Connection, kind: str, id: str) -> list[str]:
    """The id and those of everything that was merged into it, at whatever remove."""
    found = [id]
    if kind in _MERGED:
        for known in found:
            found.extend(row[0] for row in _MERGED[kind].all(db, id=known) if row[0] not in found)
    return found


def reached(db: Connection, stream: str) -> Iterator[str]:
    """The streams through which publications may show this one."""
    kind, _, id = stream.partition("-")
    if kind == "image":
        yield stream
        for (byline,) in _WEARERS.all(db, id=id):
            yield from reached(db, f"byline-{byline}")
    else:
        yield from (f"{kind}-{other}" for other in same(db, kind, id))


def mark(db: Connection, marks: dict[str, int], *, rows: bool = True) -> None:
    """Mark what shows these streams, changed by the event at that position. ``rows``: see ``fold.Folding.finish``."""
    for stream, position in marks.items():
        for ref in reached(db, stream):
            if _USED.one(db, ref=ref) is None:
                continue
            if rows:
                picture = int(stream.startswith("image-"))
                _MARK.run(
                    db, ref=ref, again=ref, position=position, newest=position, why=stream, picture=picture
                )
            _CHANGED.run(db, ref=ref, position=position, newest=position)
