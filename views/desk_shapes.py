"""What the desk's lists and panels are made of. Account ids are left to the faces, who know the names."""

from typing import Literal

import msgspec

from events.instant import Instant
from views.shapes import BylineView, ImageView, SectionView, TagView

State = Literal[
    "draft", "submitted", "approved", "scheduled", "published", "changed", "withdrawn", "retracted", "binned"
]
"""Where a story is, in one word: ``changed`` is public, with changes that readers do not have yet."""

List = Literal[
    "all", "draft", "submitted", "approved", "scheduled", "published", "changed", "corrected", "withdrawn",
    "retracted", "binned", "live",
]  # fmt: skip


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """An article's working copy, and where it stands. Times are Instants; people are account ids."""

    article: str
    version: int  # of its stream
    state: State
    stage: str  # draft, submitted, approved, published
    state_since: Instant
    headline: str
    kicker: str
    standfirst: str
    slug: str  # '' where nobody chose one
    kind: str
    language: str
    section: SectionView | None
    bylines: tuple[BylineView, ...]
    tags: tuple[TagView, ...]
    lead: ImageView | None
    words: int
    images: tuple[str, ...]  # ids, in the body
    assigned: str | None
    drafted_at: Instant
    drafted_by: str | None
    changed_at: Instant
    changed_by: str | None
    change: str  # the last change, as a sentence without its subject
    note: str  # with which it was last sent back; '' once it was published again
    due: Instant | None
    embargo_until: Instant | None
    live: bool  # readers have it now
    path: str  # its public address, or the one that is scheduled; '' before
    public_from: Instant | None  # since when readers have had it
    published_at: Instant | None  # when its last publication was made
    scheduled_for: Instant | None  # the moment that lies ahead
    unpublished: bool  # its words changed since its last publication
    corrections: int
    withdrawn_at: Instant | None
    retracted_at: Instant | None


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which stories. mine: those that this account began, was assigned or ever worked on. since, until: changed_at."""

    list: List = "all"
    mine: str | None = None
    assigned: str | None = None
    section: str | None = None  # id; likewise below
    byline: str | None = None
    tag: str | None = None
    image: str | None = None
    kind: str | None = None
    text: str = ""  # words or their parts, in headline, kicker or slug
    since: Instant | None = None
    until: Instant | None = None
    published_since: Instant | None = None  # when its last publication was made
    public_since: Instant | None = None  # readers got its last publication since then, and have it now


class Stories(msgspec.Struct, frozen=True, kw_only=True):
    """``total``: how many there are in all, up to 300; None where a search found more than the page holds.
    ``next_cursor``: None on the last page."""

    items: tuple[Story, ...]
    total: int | None
    next_cursor: str | None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One change, or several of the same kind in a row by one person.

    ``sentence`` begins with a verb ('changed the headline from “…” to “…”'). It goes on with ``account``'s name or
    with the time ``moment`` where there is one ('assigned it to', 'scheduled it for').
    """

    position: int  # of the last of them
    version: int  # of the stream, after the last of them
    stream: str
    at: Instant  # when the last of them happened
    began: Instant  # when the first of them did
    recorded_at: Instant
    actor: str | None
    face: str
    type: str
    thing: str
    change: str
    sentence: str
    words: int | None  # how many words the body grew by
    account: str | None
    moment: Instant | None
    changes: int  # how many events this line stands for
    about: str | None = None  # what it happened to, by name, in the newsroom's activity


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first."""

    items: tuple[Line, ...]
    next_cursor: str | None


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One place where something is used. how: lead, body, byline, tag, section; '' where only readers' copy has it."""

    article: str
    headline: str
    how: tuple[str, ...]
    working: bool  # in the working copy
    live: bool  # in what readers have now
    pending: bool  # in what is scheduled
    path: str


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What a change would touch: articles before the readers, and working copies."""

    published: int
    working: int


class LibraryImage(msgspec.Struct, frozen=True, kw_only=True):
    """An image as the library keeps it."""

    view: ImageView
    filename: str
    bytes: int
    copyright: str
    rights: str
    expires: Instant | None
    taken_down: Instant | None
    reason: str
    crops: dict[str, tuple[int, int, int, int]]
    uploaded_at: Instant
    uploaded_by: str | None
    changed_at: Instant


class Images(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first."""

    items: tuple[LibraryImage, ...]
    next_cursor: str | None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A byline as the desk keeps it."""

    view: BylineView
    retired_at: Instant | None
    merged_into: str | None
    articles: int  # working copies that it signs


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A section as the desk keeps it."""

    view: SectionView
    order: int
    closed_at: Instant | None
    articles: int


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A tag as the desk keeps it."""

    view: TagView
    merged_into: str | None
    articles: int
