"""What goes into the index and what comes out of it. Plain data: nothing here knows the engine."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Protocol

import msgspec

from events.instant import Instant

Sort = Literal["relevance", "newest", "oldest"]
FACETS = ("section", "byline", "tag", "kind")


class Document(msgspec.Struct, frozen=True):
    """One publication of one article, as readers see it (or will see it, if it is pending)."""

    key: str  # f"{article}:{public_from}"
    article: str
    path: str
    headline: str
    standfirst: str
    kicker: str
    body: str  # plain text, paragraphs parted by newlines
    bylines: tuple[str, ...]  # names, in the order of the page
    byline_slugs: tuple[str, ...]
    section: str | None  # slug
    section_name: str
    tags: tuple[str, ...]  # slugs
    tag_names: tuple[str, ...]
    kind: str
    language: str  # BCP 47, such as "en" or "zh-Hans"
    captions: str
    has_image: bool
    published_at: Instant  # of the article's first publication
    public_from: Instant
    public_until: Instant | None  # exclusive; None: for good


class Source(Protocol):
    """Where documents come from. The index asks; it never keeps anything that it was not given here."""

    def position(self) -> int:
        """The log position that the documents below are at least as new as."""

    def changed(self, after: int, until: int) -> Iterable[str]:
        """Ids of the articles whose public documents changed at positions in (after, until]."""

    def documents(self, article: str) -> Sequence[Document]:
        """All documents of an article that are public now or pending, always fresh; empty if there are none."""

    def all(self) -> Iterator[Document]:
        """Every such document of every article, streaming, in a stable order."""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A reader's question. ``text`` may be any string; the rest narrows it like the words ``in:``, ``by:`` … in it."""

    text: str = ""
    now: Instant  # documents are shown where public_from <= now < public_until
    sort: Sort = "relevance"
    offset: int = 0
    limit: int = 10
    section: str | None = None
    byline: str | None = None
    tag: str | None = None
    kind: str | None = None
    after: Instant | None = None  # published_at >= after
    before: Instant | None = None  # published_at < before
    has_image: bool | None = None
    facets: bool = True


class Hit(msgspec.Struct, frozen=True):
    """One document found. The two ``…_html`` are escaped text with ``<mark>`` around words of the query."""

    article: str
    key: str
    path: str
    headline_html: str
    standfirst_html: str
    snippet_html: str
    score: float
    published_at: Instant
    public_from: Instant
    public_until: Instant | None


class Bucket(msgspec.Struct, frozen=True):
    """One value of a facet and how many of the documents found have it."""

    value: str
    name: str
    count: int


class Completion(msgspec.Struct, frozen=True):
    """What somebody who types may be about to ask for. ``value``: an article's id, or the slug of anything else."""

    kind: Literal["section", "byline", "tag", "article"]
    value: str
    name: str


class Results(msgspec.Struct, frozen=True):
    """An answer. ``total`` is exact unless ``partial``, which says that the time allowed ran out.

    Documents have all the words asked for. Where none has, or fewer than FEW have all of a longer description, those
    with any of the words are ranked instead, and the answer says so (``any_word``).
    """

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[Bucket, ...]]
    suggestion: str | None  # a spelling that finds something, where this one finds nothing
    any_word: bool  # no document has all the words: these have some of them
    partial: bool
    took: float  # seconds


class Status(msgspec.Struct, frozen=True):
    """How the index stands. ``reason`` says in words why it is not usable, or what should be done."""

    usable: bool
    outdated: bool  # built by other code: rebuild
    generation: str | None
    position: int  # of the log, folded in
    documents: int
    segments: int
    bytes: int
    reason: str | None


class Caught(msgspec.Struct, frozen=True):
    """What one catch-up did. ``busy``: somebody else was at it, nothing was done."""

    position: int
    written: int = 0
    removed: int = 0
    unchanged: int = 0
    busy: bool = False


class IndexBusy(Exception):
    """Somebody else wrote to the index all the time."""


class IndexMissing(Exception):
    """There is no readable index. Nothing is lost: ``flask rebuild-index`` makes it again from the log."""


class IndexDamaged(IndexMissing):
    """Files of the index are not what was written: they were cut off, or bits of them changed."""


class IndexOutdated(IndexMissing):
    """The index on disk was built by other code and this code cannot read or extend it."""
