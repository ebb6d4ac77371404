"""The tables of what is public from when to when, and of the rows that pages and lists are made of.

`revisions` says of every publication when it is public; `contents` holds its own words but for the body, which is
read from the log when it is rendered. `refs` says from when to when an article shows which entities, so that
propagation, and lists by byline, section or tag at any instant, are queries. `published` holds the rows that readers
meet now or will meet: the publication that is public and those that are pending. They are inserted without HTML and
marked stale; views/rendering.py renders them.

The words of a withdrawn or retracted publication are not in these tables at all: what is not there cannot leak.
"""

import msgspec
from sqlalchemy import Column, Index, Table

from events.article import Credit, Lead
from events.instant import Instant
from views.batch import Sheet
from views.tables import Number, Text, metadata


class Content(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A publication's own words, but for the body; ids of everything that has a life of its own.

    retraction: what readers are told instead, once the words are gone.
    """

    kicker: str = ""
    headline: str
    standfirst: str = ""
    kind: str = "news"
    language: str = "en"
    section: str | None = None
    bylines: tuple[Credit, ...] = ()
    tags: tuple[str, ...] = ()
    lead: Lead | None = None
    related: tuple[str, ...] = ()
    words: int = 0
    images: tuple[str, ...] = ()
    retraction: str | None = None
    retracted_at: Instant | None = None

    def refs(self) -> set[str]:
        """The streams of everything that is shown with these words."""
        found = self.listed()
        found.update(f"tag-{tag}" for tag in self.tags)
        found.update(f"image-{image}" for image in self.images)
        return found

    def listed(self) -> set[str]:
        """The streams of what a list shows of it."""
        found = {f"byline-{credit.byline}" for credit in self.bylines}
        if self.lead is not None:
            found.add(f"image-{self.lead.image}")
        if self.section is not None:
            found.add(f"section-{self.section}")
        return found


class ArticleRow(msgspec.Struct, gc=False):
    article: str
    changed: int
    settled_at: Instant
    withdrawn_at: Instant | None
    retracted_at: Instant | None


class RevisionRow(msgspec.Struct, gc=False):
    article: str
    number: int
    position: int
    kind: str
    note: str
    silent: int
    scheduled: int
    path: str
    public_from: Instant
    public_until: Instant
    published_at: Instant
    updated_at: Instant | None
    corrected: int
    hidden: str
    shown: int
    refs: str


class ContentRow(msgspec.Struct, gc=False):
    article: str
    number: int
    content: str


articles = Table(
    "articles",
    metadata,
    Column("article", Text, primary_key=True),
    Column("changed", Number, nullable=False),  # position of the last event that readers may see a difference by
    Column("settled_at", Number, nullable=False),  # when its last publication, cancellation or withdrawal happened
    Column("withdrawn_at", Number),
    Column("retracted_at", Number),
    Index("articles_by_change", "changed"),
    Index("articles_retracted", "retracted_at", sqlite_where=Column("retracted_at").is_not(None),
          postgresql_where=Column("retracted_at").is_not(None)),
    sqlite_strict=True,
)
revisions = Table(
    "revisions",
    metadata,
    Column("article", Text, primary_key=True),
    Column("number", Number, primary_key=True),
    Column("position", Number, nullable=False),  # of its event
    Column("kind", Text, nullable=False),  # published, updated, clarified, corrected
    Column("note", Text, nullable=False),
    Column("silent", Number, nullable=False),
    Column("scheduled", Number, nullable=False),  # 1: its moment lay ahead when it was made
    Column("path", Text, nullable=False),
    Column("public_from", Number, nullable=False),
    Column("public_until", Number, nullable=False),  # exclusive
    Column("published_at", Number, nullable=False),  # public_from of the article's first publication
    Column("updated_at", Number),  # public_from of the last update or correction that readers were told of
    Column("corrected", Number, nullable=False),  # 1: it, or one before it, is a correction
    Column("hidden", Text, nullable=False),  # 'withdrawn' or 'retracted': not shown at any instant; else ''
    Column("shown", Number, nullable=False),  # 1: it has a row in `published`
    Column("refs", Text, nullable=False),  # JSON: the streams of everything that is shown with it
    Index("revisions_by_path", "path", "public_from"),
    Index("revisions_corrected", "public_from", "article", sqlite_where=Column("kind") == "corrected",
          postgresql_where=Column("kind") == "corrected"),
    Index("revisions_by_time", "published_at", "article", "public_from", "public_until", "hidden", "number"),
    sqlite_strict=True,
)
contents = Table(
    "contents",
    metadata,
    Column("article", Text, primary_key=True),
    Column("number", Number, primary_key=True),
    Column("content", Text, nullable=False),  # Content, JSON
    sqlite_strict=True,
)
refs = Table(
    "refs",
    metadata,
    Column("ref", Text, primary_key=True),  # the stream of what is shown: 'byline-<id>', 'image-<id>', …
    Column("article", Text, primary_key=True),
    Column("public_from", Number, primary_key=True),  # since when readers have seen it there
    Column("public_until", Number, nullable=False),
    Column("published_at", Number, nullable=False),
    Index("refs_by_time", "ref", "published_at", "article", "public_from", "public_until"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
published = Table(
    "published",
    metadata,
    Column("article", Text, primary_key=True),
    Column("number", Number, primary_key=True),
    Column("path", Text, nullable=False),
    Column("public_from", Number, nullable=False),
    Column("public_until", Number, nullable=False),
    Column("published_at", Number, nullable=False),
    Column("updated_at", Number),
    Column("headline", Text, nullable=False),
    Column("retracted", Number, nullable=False),  # 1: its page is a notice, and no list has it
    Column("stale", Number),  # position of the event since which it must be rendered again
    Column("cause", Text),  # that event's stream; the columns from here on are filled by rendering
    Column("pictures", Number),  # 1: a picture changed since it was rendered, so its body must be drawn again
    Column("digest", Text),
    Column("card", Text),  # Card, JSON
    Column("page", Text),  # Page without its HTML, JSON
    Column("related", Text),  # article ids, JSON; their cards are looked up when the page is asked for
    Column("captions", Text),
    Column("html", Text),
    Column("text", Text),  # the body's plain words, for the index
    Index("published_by_path", "path", "public_from", "public_until", "published_at", "updated_at", "retracted"),
    Index("published_by_time", "published_at", "article", "public_from", "public_until", "retracted"),
    Index("published_by_moment", "public_from"),
    Index("published_stale", "stale", sqlite_where=Column("stale").is_not(None),
          postgresql_where=Column("stale").is_not(None)),
    sqlite_strict=True,
)  # fmt: skip

ARTICLE = Sheet(articles, ArticleRow)
REVISION = Sheet(revisions, RevisionRow)
CONTENT = Sheet(contents, ContentRow)

_decoder = msgspec.json.Decoder(Content)


def decode_content(data: str) -> Content:
    """What ``contents.content`` holds."""
    return _decoder.decode(data)
