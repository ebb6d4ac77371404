"""The readers' questions, answered from the rows made for now, or worked out for an instant past."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import select

from events.instant import Instant
from views import queries
from views.asking import SiteReader
from views.bodies import Bodies
from views.database import Connection, Prepared
from views.engine import Handle
from views.lookup import Lookup
from views.projection import checkpoints, stamps
from views.projections.entities import SectionRecord
from views.queries import LIVE, PAST
from views.rendering import Key, cards, fresh
from views.shapes import Card, Page, Reader, SectionView
from views.tables import FOREVER

_at_once = stamps.alias()
_STATE = Prepared(
    select(checkpoints.c.recorded_at, stamps.c.value, _at_once.c.value).where(
        checkpoints.c.projection == "published", stamps.c.name == "public", _at_once.c.name == "at_once"
    )
)
_pages = msgspec.json.Decoder(Page)
_cards = msgspec.json.Decoder(Card)
_ids = msgspec.json.Decoder(tuple[str, ...])


class LiveReader(SiteReader):
    """What readers see now."""

    side = LIVE
    instant: Instant | None = None

    def _look(self) -> Lookup:
        return Lookup(self._db)

    def _page(self, path: str) -> tuple[Page, tuple[str, ...]] | None:
        row = queries.PAGE.one(self._db, path=path, now=self._now)
        if row is None:
            return None
        article, number, stale, data, html, digest_, related = row
        if stale is not None:
            rendered = fresh(self._db, self._bodies, [(article, number)], self._lookup)[article, number]
            return rendered.page, rendered.related
        page = msgspec.structs.replace(_pages.decode(data), html=html, digest=digest_)
        return page, _ids.decode(related) if related else ()

    def _cards(self, rows: Sequence[Any]) -> dict[Key, Card]:
        made = {(row[0], row[1]): _cards.decode(row[4]) for row in rows if row[3] is None}
        stale = [(row[0], row[1]) for row in rows if row[3] is not None]
        return made | cards(self._db, stale, self._lookup) if stale else made

    def sections(self) -> tuple[SectionView, ...]:
        """The open ones, in the order of the site's navigation."""
        ids = [row[0] for row in queries.SECTIONS.all(self._db)]
        self._lookup.expect(f"section-{id}" for id in ids)
        return tuple(view for id in ids if (view := self._lookup.section(id)) is not None)

    def _shows(self, kind: str, id: str) -> bool:
        return kind == "section" or super()._shows(kind, id)

    def next_boundary(self) -> Instant | None:
        """The next instant at which something scheduled goes live."""
        row = queries.BOUNDARY.one(self._db, now=self._now)
        return row[0] if row else None

    def stamp(self) -> str:
        """Changes whenever an answer may have."""
        return f"{self._handle.name}.{self._stamp}"


class PastReader(SiteReader):
    """What readers saw at an instant."""

    side = PAST

    @property
    def instant(self) -> Instant | None:
        """The instant travelled to."""
        return self._now

    def _look(self) -> Lookup:
        return Lookup(self._db, self._now)

    def _page(self, path: str) -> tuple[Page, tuple[str, ...]] | None:
        row = queries.PAST_PAGE.one(self._db, path=path, now=self._now)
        if row is None:
            return None
        rendered = fresh(self._db, self._bodies, [(row[0], row[1])], self._lookup)[row[0], row[1]]
        return rendered.page, rendered.related

    def _cards(self, rows: Sequence[Any]) -> dict[Key, Card]:
        return cards(self._db, [(row[0], row[1]) for row in rows], self._lookup)

    def sections(self) -> tuple[SectionView, ...]:
        """Those that were open, in the order of the navigation."""
        known: dict[str, Instant] = dict(queries.ALL_SECTIONS.all(self._db))
        self._lookup.expect(f"section-{id}" for id in known)
        records: list[SectionRecord] = [
            record for id, opened in known.items()
            if (record := self._lookup.record(f"section-{id}")) and not record.closed
            and (opened <= self._now or self._used(f"section-{id}"))
        ]  # fmt: skip
        records.sort(key=lambda record: (record.order, record.name, record.id))
        return tuple(view for record in records if (view := self._lookup.section(record.id)) is not None)

    def _shows(self, kind: str, id: str) -> bool:
        opened: dict[str, Instant] = dict(queries.ALL_SECTIONS.all(self._db)) if kind == "section" else {}
        return opened.get(id, FOREVER) <= self._now or super()._shows(kind, id)

    def next_boundary(self) -> Instant | None:
        """Nothing goes live in the past."""
        return None

    def stamp(self) -> str:
        """Changes whenever an answer may have."""
        return f"{self._handle.name}.{self._stamp}.{self._now}"


def reader(handle: Handle, bodies: Bodies, now: Instant, at: Instant | None) -> Reader:
    """See ``views.Views.reader``."""
    today, stamp = present(handle.db, now)
    if at is None:
        return LiveReader(handle, bodies, today, stamp)
    if at > today:
        raise ValueError("nobody has seen that instant yet")
    return PastReader(handle, bodies, at, stamp)


def present(db: Connection, now: Instant) -> tuple[Instant, int]:
    """Now, but never before what was folded in; and the position of the last event that readers may notice.

    What was published at once is public, whatever a clock says.
    """
    row = _STATE.one(db)
    return (max(now, row[0], row[2]), row[1]) if row else (now, 0)
