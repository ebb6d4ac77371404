"""Words that are no publication, drawn as if they were one: the working copy, or what it was at an instant."""

from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, select

from events.instant import Instant
from views import render
from views.database import Connection, Prepared
from views.lookup import Lookup
from views.projections.publications import Content, RevisionRow, revisions
from views.shapes import Page
from views.tables import FOREVER

_HISTORY = Prepared(select(revisions).where(revisions.c.article == bindparam("article")))


class Sketch(NamedTuple):
    """The page, and the files of the pictures that were looked up for it: sha256 → image id."""

    page: Page
    pictures: dict[str, str]


class Sketches:
    """Draws with the entities as they are, or as they were at an instant."""

    def __init__(self, db: Connection, now: Instant) -> None:
        self._db, self._now = db, now

    def page(
        self, article: str, content: Content, body: bytes, schema: int, path: str, at: Instant | None = None
    ) -> Sketch:
        """``at``: with that instant's captions, bylines, section; None: with today's. Raises DocumentError."""
        moment = self._now if at is None else at
        lookup = Lookup(self._db) if at is None else Lookup(self._db, at)
        before = [RevisionRow(*row) for row in _HISTORY.all(self._db, article=article)]
        before = [row for row in before if row.public_from <= moment and not row.hidden]
        row = _next(article, before, moment, path)
        lookup.expect(content.refs())
        drawn = render.body(body, schema, lookup)
        made = render.render(row, content, drawn, [*before, row], lookup)
        return Sketch(made.page, _pictures(content, made.page, lookup))


def _next(article: str, before: list[RevisionRow], moment: Instant, path: str) -> RevisionRow:
    """As if it were published at that moment, without telling readers of any change."""
    first = min(before, key=lambda row: (row.public_from, row.number), default=None)
    last = max(before, key=lambda row: (row.public_from, row.number), default=None)
    if first is None or last is None:
        return RevisionRow(
            article, 1, 0, "published", "", 0, 0, path, moment, FOREVER, moment, None, 0, "", 1, "[]"
        )  # fmt: skip
    return msgspec.structs.replace(
        last, number=last.number + 1, kind="updated", note="", silent=1, path=path,
        public_from=max(moment, last.public_from), public_until=FOREVER,
    )  # fmt: skip


def _pictures(content: Content, page: Page, lookup: Lookup) -> dict[str, str]:
    ids = [*content.images, *([content.lead.image] if content.lead else [])]
    seen = [lookup.image(id) for id in ids] + [byline.portrait for byline in page.bylines]
    return {view.sha256: view.id for view in seen if view is not None}
