"""What public pages are made of, and the questions a page may ask: the contract between views/ and cms/site.

Everything here is plain, frozen data. `str` fields that name a thing (`id`, `article`) are UUID strings; `slug` and
`path` are as they stand in an address (`path` begins with '/', e.g. '/2026/11/23/harbour-bridge'). Instants are
microseconds since the epoch, UTC. Text fields are plain text (the face escapes them); only `Page.html` is HTML.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

Instant = int


class ImageView(msgspec.Struct, frozen=True, kw_only=True):
    """An image as it is now: `sha256` is the blob's 64 hex digits; width and height are the original's pixels."""
    id: str
    sha256: str
    format: str  # 'jpeg', 'png', 'webp', 'gif', 'avif'
    width: int
    height: int
    alt: str = ""
    caption: str = ""
    credit: str = ""
    focus_x: float = 0.5  # 0 = left edge, 1 = right edge
    focus_y: float = 0.5  # 0 = top edge, 1 = bottom edge
    crops: tuple[tuple[str, tuple[int, int, int, int]], ...] = ()  # by hand: '16:9' and left, upper, width, height


class BylineView(msgspec.Struct, frozen=True, kw_only=True):
    """A contributor. `role` ('by', 'photographs', 'contributing') only where it stands on an article, else ''."""
    id: str
    name: str
    slug: str
    role: str = ""
    title: str = ""  # 'Political editor'
    bio: str = ""
    portrait: ImageView | None = None


class SectionView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    slug: str
    description: str = ""


class TagView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    slug: str


class SiteView(msgspec.Struct, frozen=True, kw_only=True):
    """The publication: its name and the line beneath; 'Daybook' and '' until it is titled."""
    title: str
    tagline: str = ""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """An article as lists, feeds and search show it."""
    article: str
    path: str
    headline: str
    standfirst: str = ""
    kicker: str = ""
    kind: str = "news"
    language: str = "en"
    section: SectionView | None = None
    bylines: tuple[BylineView, ...] = ()
    image: ImageView | None = None  # the lead image; None when there is none or it was taken down
    published_at: Instant  # public_from of the first publication
    updated_at: Instant | None = None  # public_from of the latest update or correction, None when never changed
    words: int = 0
    corrected: bool = False


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What readers are told at the top of an article: what was wrong, or could be misread."""
    at: Instant
    note: str
    kind: str = "corrected"  # or 'clarified'


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an article's public history: `at` is the publication's public_from."""
    at: Instant
    kind: str  # 'published', 'updated', 'clarified', 'corrected', 'retracted'
    note: str = ""


class Page(Card, frozen=True, kw_only=True):
    """An article as its page shows it.

    `html` is the body, rendered, clean and complete (figures by `views.pictures.figure`, addresses of this site
    relative to its root: href="/…"). `digest` covers every other field, so that equal digests mean equal pages.
    """
    html: str
    tags: tuple[TagView, ...] = ()
    corrections: tuple[Correction, ...] = ()  # newest first
    changes: tuple[Change, ...] = ()  # newest first, the first publication included
    related: tuple[Card, ...] = ()
    number: int  # which publication this is, 1..n
    public_from: Instant
    public_until: Instant | None = None
    digest: str
    retracted: str | None = None  # the notice readers see


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What stood here stands at `to` now (a path, or a slug where a slug was asked for)."""
    to: str


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """It was public and was withdrawn (or taken down) at `at`, for ever."""
    at: Instant
    headline: str | None = None


class Cards(msgspec.Struct, frozen=True, kw_only=True):
    """`next_cursor` is opaque and safe in a query string; None on the last page."""
    items: tuple[Card, ...] = ()
    next_cursor: str | None = None


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One correction of one article, or its retraction: then the card has what its notice still says of it."""
    card: Card
    at: Instant
    note: str
    retracted: bool = False


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[LedgerEntry, ...] = ()
    next_cursor: str | None = None


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """How many articles have addresses under a month ('2026/11') or a day ('2026/11/23')."""
    period: str
    articles: int
    changed_at: Instant  # the newest published_at or updated_at among them


class SitemapEntry(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    changed_at: Instant


class BadCursor(ValueError):
    """The cursor was not made by this reader."""


class ViewsMissing(Exception):
    """There is no complete generation of views to read (being rebuilt): the site answers 503, never 404."""


class ViewsDamaged(ViewsMissing):
    """Files of the views are not what was written: they were cut off, or bits of them changed."""


class Reader(Protocol):
    """The public site as readers see it now, or as they saw it at an instant. One request binds one generation.

    Any call may raise ViewsMissing. Lists are newest first by `published_at`. `section`, `byline` and `tag` are ids.
    """

    @property
    def instant(self) -> Instant | None:
        """The instant travelled to, None when live."""

    def page(self, path: str) -> Page | Moved | Gone | None: ...

    def latest(self, limit: int, before: str | None = None, *, section: str | None = None,
               byline: str | None = None, tag: str | None = None, under: str | None = None) -> Cards:
        """`before` is a Cards.next_cursor (BadCursor if it is not); `under` a path's beginning, '/2026/11/23/'."""

    def site(self) -> SiteView: ...

    def sections(self) -> tuple[SectionView, ...]:
        """The open ones, in the order of the site's navigation."""

    def pointed(self, path: str) -> str | None: ...
    def section(self, slug: str) -> SectionView | Moved | Gone | None: ...

    def byline(self, slug: str) -> BylineView | Moved | Gone | None: ...

    def tag(self, slug: str) -> TagView | Moved | Gone | None: ...

    def image(self, sha256: str) -> ImageView | Gone | None:
        """A blob that a public page shows or showed at any instant; Gone when it was taken down, None otherwise."""

    def corrections(self, limit: int, before: str | None = None) -> Ledger: ...

    def months(self) -> tuple[Period, ...]:
        """Every month with articles, newest first."""

    def days(self, month: str) -> tuple[Period, ...]:
        """The days of '2026/11' with articles, newest first."""

    def sitemap(self, under: str, offset: int, limit: int) -> tuple[SitemapEntry, ...]:
        """Every public article whose path begins with `under` ('/2026/11/'), in the order of paths."""

    def public(self, articles: Iterable[str]) -> Mapping[str, Card]:
        """Those of the articles that are public, by article id: what search may show."""

    def next_boundary(self) -> Instant | None:
        """The next instant at which something scheduled goes live or ends; always None when travelling."""

    def stamp(self) -> str:
        """Cheap (microseconds). While it stays the same and no boundary has passed, every answer stays the same.

        It includes the generation; it need not change with events that readers cannot see.
        """


class Indexed(msgspec.Struct, frozen=True):
    """One publication as the index takes it in: public now, or pending. The fields are search.shapes.Document's."""
    key: str  # f"{article}:{public_from}"
    article: str
    path: str
    headline: str
    standfirst: str
    kicker: str
    body: str  # plain text, a line for each block
    bylines: tuple[str, ...]  # names, in the order of the page
    byline_slugs: tuple[str, ...]
    section: str | None  # slug
    section_name: str
    tags: tuple[str, ...]  # slugs
    tag_names: tuple[str, ...]
    kind: str
    language: str
    captions: str
    has_image: bool
    published_at: Instant
    public_from: Instant
    public_until: Instant | None
