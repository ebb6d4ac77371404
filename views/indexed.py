"""What the index is made of: every publication that is public or pending, as plain words."""

from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec
from sqlalchemy import and_, bindparam, select

from views import fold
from views.bodies import Bodies
from views.database import Connection, Prepared, Row
from views.engine import Handle
from views.lookup import Lookup
from views.projections.publications import articles, published
from views.projections.subjects import tags
from views.rendering import fresh
from views.shapes import Indexed, Page

PIECE = 200  # documents read together
_columns = (
    published.c.article, published.c.number, published.c.stale, published.c.page, published.c.captions,
    published.c.text, published.c.html.contains("<img "),
)  # fmt: skip
_shown = and_(published.c.retracted == 0, published.c.public_from < published.c.public_until)
_OF = Prepared(
    select(*_columns)
    .where(published.c.article == bindparam("article"), _shown)
    .order_by(published.c.public_from, published.c.number)
)
_ALL = Prepared(
    select(*_columns)
    .where(
        _shown,
        (published.c.article > bindparam("a"))
        | and_(published.c.article == bindparam("same"), published.c.number > bindparam("n")),
    )
    .order_by(published.c.article, published.c.number)
    .limit(PIECE)
)
_CHANGED = Prepared(
    select(articles.c.article)
    .where(articles.c.changed > bindparam("after"), articles.c.changed <= bindparam("until"))
    .order_by(articles.c.changed, articles.c.article)
)
_into = tags.alias()
_OTHER_NAMES = Prepared(
    select(tags.c.name, _into.c.slug)
    .join(_into, _into.c.id == tags.c.merged_into)
    .where(_into.c.merged_into.is_(None))
    .order_by(tags.c.name, _into.c.slug)
)
_pages = msgspec.json.Decoder(Page)


class Bound(Protocol):
    """Whatever says which generation is read from."""

    def handle(self) -> Handle:
        """A connection to it."""


class Documents:
    """A source of documents, always of the generation in use. Any call may raise ViewsMissing."""

    def __init__(self, readers: Bound, bodies: Bodies) -> None:
        self._readers, self._bodies = readers, bodies

    def position(self) -> int:
        """The log position that every answer from here on is at least as new as."""
        return fold.checkpoint(self._readers.handle().db).position

    def changed(self, after: int, until: int) -> Iterable[str]:
        """Ids of the articles whose public documents may differ by events at positions in (after, until].

        An article that changed again after ``until`` is not among them: it comes with its newest change.
        """
        return [row[0] for row in _CHANGED.all(self._readers.handle().db, after=after, until=until)]

    def documents(self, article: str) -> list[Indexed]:
        """All documents of an article, always fresh; none where nothing of it is public or pending."""
        db = self._readers.handle().db
        return _documents(db, self._bodies, _OF.all(db, article=article))

    def all(self) -> Iterator[Indexed]:
        """Every document of every article, in the order of ids; of one generation from the first to the last."""
        handle = self._readers.handle()
        article, number = "", 0
        while rows := _ALL.all(handle.db, a=article, same=article, n=number):
            yield from _documents(handle.db, self._bodies, rows)
            article, number = rows[-1][:2]

    def other_names(self) -> tuple[tuple[str, str], ...]:
        """Names of tags that were merged into others, each with the slug of the tag that it is now."""
        return tuple((name, slug) for name, slug in _OTHER_NAMES.all(self._readers.handle().db))


def _documents(db: Connection, bodies: Bodies, rows: list[Row]) -> list[Indexed]:
    stale = [(row[0], row[1]) for row in rows if row[2] is not None]
    made = fresh(db, bodies, stale, Lookup(db)) if stale else {}
    found = []
    for article, number, old, data, captions, text, pictures in rows:
        if old is None:
            found.append(_document(_pages.decode(data), captions, text, bool(pictures)))
        else:
            rendered = made[article, number]
            body = rendered.body
            found.append(_document(rendered.page, body.captions, body.text, "<img " in body.html))
    return found


def _document(page: Page, captions: str, text: str, pictures: bool) -> Indexed:
    section = page.section
    lead = [page.image.caption, page.image.alt] if page.image else []
    return Indexed(
        key=f"{page.article}:{page.public_from}", article=page.article, path=page.path, headline=page.headline,
        standfirst=page.standfirst, kicker=page.kicker, body=text,
        bylines=tuple(view.name for view in page.bylines), byline_slugs=tuple(view.slug for view in page.bylines),
        section=section.slug if section else None, section_name=section.name if section else "",
        tags=tuple(view.slug for view in page.tags), tag_names=tuple(view.name for view in page.tags),
        kind=page.kind, language=page.language, captions="\n".join(filter(None, [*lead, captions])),
        has_image=page.image is not None or pictures,
        published_at=page.published_at, public_from=page.public_from, public_until=page.public_until,
    )  # fmt: skip
