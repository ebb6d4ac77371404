"""The readers' questions (views/shapes.py: Reader), as far as today and the past answer them alike."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

import msgspec

from events.instant import Instant
from views import cursors, queries
from views.bodies import Bodies
from views.engine import Handle
from views.lookup import FRONTS, Lookup
from views.projections.publications import decode_content
from views.propagation import same
from views.queries import AFTER_ALL, Side
from views.render import digest
from views.rendering import Key
from views.shapes import (
    BylineView,
    Card,
    Cards,
    Gone,
    ImageView,
    Ledger,
    LedgerEntry,
    Moved,
    Page,
    Period,
    SectionView,
    SitemapEntry,
    SiteView,
    TagView,
)

View = TypeVar("View")
Place = tuple[Instant, str, int]  # in the list of corrections: when, which article, which of its publications
HOPS = 20  # redirects by hand that are followed, should one have been led on later


class SiteReader(ABC):
    """What a reader of today and one of an instant past have in common."""

    side: Side

    def __init__(self, handle: Handle, bodies: Bodies, at: Instant, stamp: int) -> None:
        self._handle, self._db, self._bodies, self._now, self._stamp = handle, handle.db, bodies, at, stamp
        self._lookup = self._look()

    @abstractmethod
    def _look(self) -> Lookup:
        """The entities as they are shown."""

    @abstractmethod
    def _page(self, path: str) -> tuple[Page, tuple[str, ...]] | None:
        """The page that stands at a path, without its related stories, and their ids."""

    @abstractmethod
    def _cards(self, rows: Sequence[Any]) -> dict[Key, Card]:
        """Cards from rows of the side's table."""

    # --- pages

    def page(self, path: str) -> Page | Moved | Gone | None:
        """What stands at an address."""
        found = self._page(path)
        if found is None:
            return self._elsewhere(path)
        page, related = found
        if not related:
            return page
        known = self.public(related)
        page = msgspec.structs.replace(page, related=tuple(known[id] for id in related if id in known))
        return msgspec.structs.replace(page, digest=digest(page))

    def _elsewhere(self, path: str) -> Moved | Gone | None:
        """Where an address leads to at which nothing is public.

        One that is only claimed yet, for something scheduled, leads nowhere: it must not give away that there is
        something. So it has to have been public itself, or to be a redirect from the start.
        """
        row = queries.PATH.one(self._db, path=path)
        if row is None or not row[0].startswith("article-"):
            return None
        owner, state, at = row
        article = owner.partition("-")[2]
        first: Instant | None = queries.SINCE.all(self._db, path=path, article=article)[0][0]
        if (first is None and state != "redirected") or (first is not None and first > self._now):
            return None
        if state != "closed":
            there = queries.PUBLIC_PATH[self.side].one(self._db, article=article, now=self._now)
            if there is not None:
                return Moved(to=there[0]) if there[0] != path else None
            ended = queries.ENDED.one(self._db, article=article)
            at = ended[0] if ended else None
        return Gone(at=at) if at is not None else None

    def pointed(self, path: str) -> str | None:
        """Where somebody decided that this address leads; None where nobody did."""
        to, arrived = path.rstrip("/"), None
        for _ in range(HOPS):
            row = queries.POINTED.one(self._db, path=to, now=self._now)
            if row is None:
                break
            to = arrived = row[0]
        return self._moved(arrived) if arrived is not None else None

    def _moved(self, path: str) -> str:
        """The address now of what had this one; the address itself where nothing moved from it."""
        if isinstance(there := self._elsewhere(path), Moved):
            return there.to
        row = queries.PATH.one(self._db, path=path)
        kind = row[0].partition("-")[0] if row is not None else ""
        if row is None or row[1] != "redirected" or kind not in FRONTS:
            return path
        record = self._lookup.merged(row[0])
        return FRONTS[kind] + record.slug if record is not None else path

    # --- lists

    def latest(
        self, limit: int, before: str | None = None, *, section: str | None = None, byline: str | None = None,
        tag: str | None = None, under: str | None = None,
    ) -> Cards:  # fmt: skip
        """The newest articles first. Raises BadCursor."""
        values: dict[str, Any] = {"now": self._now, "limit": limit + 1}
        filters: list[int] = []
        for kind, id in (("byline", byline), ("tag", tag), ("section", section)):
            if id is not None:
                streams = self._standing_for(kind, id)
                values |= {f"r{len(filters)}_{n}": stream for n, stream in enumerate(streams)}
                filters.append(len(streams))
        if before is not None:
            values["p"], values["a"], _ = cursors.decode(before)
        if under is not None:
            values["low"], values["high"] = under, under + AFTER_ALL
        statement = queries.latest(self.side, tuple(filters), after=before is not None, under=under is not None)
        rows = statement.all(self._db, **values)
        made = self._cards(rows[:limit])
        last = rows[limit - 1] if len(rows) > limit else None
        return Cards(
            items=tuple(made[row[0], row[1]] for row in rows[:limit]),
            next_cursor=cursors.encode(last[2], last[0]) if last else None,
        )

    def corrections(self, limit: int, before: str | None = None) -> Ledger:
        """Corrections of what is public, and retractions, newest first. Raises BadCursor."""
        values: dict[str, Any] = {"now": self._now, "limit": limit + 1}
        if before is not None:
            values["p"], values["a"], values["n"] = cursors.decode(before)
        lines = [*self._corrected(values), *self._retracted(values)]
        lines.sort(key=itemgetter(0), reverse=True)
        last = lines[limit - 1][0] if len(lines) > limit else None
        return Ledger(
            items=tuple(entry for _, entry in lines[:limit]), next_cursor=cursors.encode(*last) if last else None
        )

    def _corrected(self, values: dict[str, Any]) -> Iterator[tuple[Place, LedgerEntry]]:
        rows = queries.corrections(self.side, after="p" in values).all(self._db, **values)
        known = self.public(dict.fromkeys(row[0] for row in rows))
        for article, number, at, note, *_ in rows:
            yield (at, article, number), LedgerEntry(card=known[article], at=at, note=note)

    def _retracted(self, values: dict[str, Any]) -> Iterator[tuple[Place, LedgerEntry]]:
        for article, number, at, path, published_at, content in queries.retractions(after="p" in values).all(
            self._db, **values
        ):
            told = decode_content(content)
            card = Card(
                article=article, path=path, headline=told.headline, kind=told.kind, language=told.language,
                published_at=published_at,
            )  # fmt: skip
            yield (at, article, number), LedgerEntry(card=card, at=at, note=told.retraction or "", retracted=True)

    def public(self, articles: Iterable[str]) -> Mapping[str, Card]:
        """Those of the articles that are public, by article id."""
        rows = queries.PUBLIC[self.side].all(self._db, articles, now=self._now)
        return {article: card for (article, _), card in self._cards(rows).items()}

    def months(self) -> tuple[Period, ...]:
        """Every month with articles, newest first."""
        return self._periods(7, "/")

    def days(self, month: str) -> tuple[Period, ...]:
        """The days of '2026/11' with articles, newest first."""
        return self._periods(10, f"/{month}/")

    def _periods(self, length: int, under: str) -> tuple[Period, ...]:
        rows = queries.periods(self.side, length).all(self._db, now=self._now, low=under, high=under + AFTER_ALL)
        return tuple(Period(period=row[0], articles=row[1], changed_at=row[2]) for row in rows)

    def sitemap(self, under: str, offset: int, limit: int) -> tuple[SitemapEntry, ...]:
        """Every public article whose path begins with ``under``, in the order of paths."""
        rows = queries.sitemap(self.side).all(
            self._db, now=self._now, low=under, high=under + AFTER_ALL, offset=offset, limit=limit
        )
        return tuple(SitemapEntry(path=row[0], changed_at=row[1]) for row in rows)

    # --- entities

    def site(self) -> SiteView:
        """The publication itself."""
        return self._lookup.site()

    def section(self, slug: str) -> SectionView | Moved | Gone | None:
        """The section at /<slug>."""
        return self._front("section", slug, self._lookup.section)

    def byline(self, slug: str) -> BylineView | Moved | Gone | None:
        """The contributor at /by/<slug>; None while nothing public is signed with it."""
        return self._front("byline", slug, self._lookup.byline)

    def tag(self, slug: str) -> TagView | Moved | Gone | None:
        """The tag at /tag/<slug>; None while nothing public bears it."""
        return self._front("tag", slug, self._lookup.tag)

    def _front(self, kind: str, slug: str, show: Callable[[str], View | None]) -> View | Moved | Gone | None:
        row = queries.PATH.one(self._db, path=FRONTS[kind] + slug)
        if row is None or not row[0].startswith(f"{kind}-"):
            return None
        if row[1] == "closed":
            return Gone(at=row[2])
        record = self._lookup.merged(row[0])
        if record is None or not self._shows(kind, record.id):
            return None
        return show(record.id) if record.slug == slug else Moved(to=record.slug)

    def _shows(self, kind: str, id: str) -> bool:
        return any(self._used(stream) for stream in self._standing_for(kind, id))

    def _used(self, stream: str) -> bool:
        return queries.USED.one(self._db, ref=stream, now=self._now) is not None

    def _standing_for(self, kind: str, id: str) -> list[str]:
        """The streams that stand for this one: itself, and what is merged into it at this instant."""
        if kind == "section":
            return [f"section-{id}"]
        streams = [f"{kind}-{other}" for other in same(self._db, kind, id)]
        return [
            stream for stream in streams
            if stream == streams[0] or ((record := self._lookup.merged(stream)) is not None and record.id == id)
        ]  # fmt: skip

    def image(self, sha256: str) -> ImageView | Gone | None:
        """A file that a public page shows or showed at any instant."""
        row = queries.BLOB.one(self._db, sha256=sha256, now=self._now)
        if row is None:
            return None
        if row[4] is not None:
            return Gone(at=row[4])
        view = Lookup(self._db).image(row[0])
        return view and msgspec.structs.replace(view, sha256=sha256, format=row[1], width=row[2], height=row[3])
