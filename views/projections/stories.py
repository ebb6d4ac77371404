"""The desk's tables: every article as it stands in the newsroom, who has worked on it, what its working copy uses.

Nothing here depends on the time at which it is asked: whether something is live, or still scheduled, is worked out
by the question (views/desk.py) from the moments that stand here.
"""

from itertools import filterfalse, pairwise
from unicodedata import combining, normalize

import msgspec
from sqlalchemy import Column, Index, Table, literal_column

from events.article import Credit
from events.instant import Instant
from views.batch import Sheet
from views.tables import POSTGRESQL, SQLITE, TRIGRAMS, Number, Text, metadata


class DeskRow(msgspec.Struct, gc=False):
    article: str
    version: int
    stage: str
    stage_since: Instant
    headline: str
    kicker: str
    standfirst: str
    slug: str
    kind: str
    language: str
    section: str | None
    bylines: str
    tags: str
    lead: str | None
    words: int
    images: str
    body_hash: str
    readers_hash: str
    assigned: str | None
    drafted_at: Instant
    drafted_by: str | None
    changed_at: Instant
    changed_by: str | None
    change: str
    note: str
    due: Instant | None
    embargo_until: Instant | None
    path: str
    number: int
    public_from: Instant | None
    published_at: Instant | None
    scheduled_for: Instant | None
    scheduled_number: int | None
    waits_approved: int
    unpublished: int
    corrections: int
    withdrawn_at: Instant | None
    retracted_at: Instant | None
    trashed_at: Instant | None
    shelf: str
    found: str
    letters: int


class InvolvedRow(msgspec.Struct, gc=False):
    account: str
    article: str
    last_at: Instant


class UsageRow(msgspec.Struct, gc=False):
    ref: str
    article: str
    how: str


desk = Table(
    "desk",
    metadata,
    Column("article", Text, primary_key=True),
    Column("version", Number, nullable=False),  # of its stream
    Column("stage", Text, nullable=False),  # draft, submitted, approved; published: nothing was done to it since
    Column("stage_since", Number, nullable=False),
    Column("headline", Text, nullable=False),
    Column("kicker", Text, nullable=False),
    Column("standfirst", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("section", Text),  # section id
    Column("bylines", Text, nullable=False),  # JSON: [{byline, role}, …]
    Column("tags", Text, nullable=False),  # JSON: [tag id, …]
    Column("lead", Text),  # image id
    Column("words", Number, nullable=False),
    Column("images", Text, nullable=False),  # JSON: [image id, …] in the body
    Column("body_hash", Text, nullable=False),
    Column("readers_hash", Text, nullable=False),  # of what readers would get: all but the notes to the desk
    Column("assigned", Text),  # account id
    Column("drafted_at", Number, nullable=False),
    Column("drafted_by", Text),
    Column("changed_at", Number, nullable=False),
    Column("changed_by", Text),
    Column("change", Text, nullable=False),  # the last change, in words
    Column("note", Text, nullable=False),  # with which it was last sent back
    Column("due", Number),
    Column("embargo_until", Number),
    Column("path", Text, nullable=False),  # of its last publication
    Column("number", Number, nullable=False),  # of its last publication; 0: none
    Column("public_from", Number),  # of its first publication that was not scheduled, or whose moment came
    Column("published_at", Number),  # when its last publication was made
    Column("scheduled_for", Number),  # a publication's moment; it may have come since
    Column("scheduled_number", Number),
    Column("waits_approved", Number, nullable=False),  # 1: what is scheduled was approved, and stands as it was
    Column("unpublished", Number, nullable=False),  # 1: its words changed since its last publication
    Column("corrections", Number, nullable=False),
    Column("withdrawn_at", Number),
    Column("retracted_at", Number),
    Column("trashed_at", Number),
    Column("shelf", Text, nullable=False),  # see shelf_of
    Column("found", Text, nullable=False),  # the words by which it is found: see folded
    Column("letters", Number, nullable=False),  # of those: see letters
    # A search reads this and no rows; PostgreSQL has no room for so long an entry.
    Index("desk_by_change", "changed_at", "article", "shelf", "section", "letters", "found", info=SQLITE),
    Index("desk_by_change", "changed_at", "article", "shelf", "section", info=POSTGRESQL),
    Index("desk_found", "found", postgresql_using="gin", postgresql_ops={"found": "gin_trgm_ops"}, info=TRIGRAMS),
    Index("desk_by_shelf", "shelf", "changed_at", "article"),
    Index("desk_by_section", "section", "changed_at", "article", "shelf"),
    Index("desk_by_schedule", "scheduled_for", "shelf"),
    Index("desk_by_publication", "published_at"),
    Index("desk_corrected", "corrections", sqlite_where=literal_column("corrections") > 0,
          postgresql_where=literal_column("corrections") > 0),
    Index("desk_by_assignment", "assigned", "changed_at"),
    sqlite_strict=True,
)
involved = Table(
    "involved",
    metadata,
    Column("account", Text, primary_key=True),
    Column("article", Text, primary_key=True),
    Column("last_at", Number, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
usage = Table(
    "usage",
    metadata,
    Column("ref", Text, primary_key=True),  # stream of what is used: 'image-<id>', …
    Column("article", Text, primary_key=True),
    Column("how", Text, primary_key=True),  # lead, body, byline, tag, section
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

_credits = msgspec.json.Decoder(list[Credit])
_ids = msgspec.json.Decoder(list[str])


def shelf_of(row: DeskRow) -> str:
    """Where a story stands, as far as that does not depend on the time.

    scheduled: published by now, once its moment has come. waiting: a draft with words already scheduled, which its
    moment makes ``changed``. The others are the states of views.desk_shapes.
    """
    if row.trashed_at is not None:
        return "binned"
    if row.retracted_at is not None:
        return "retracted"
    if row.stage in ("submitted", "approved"):
        return row.stage
    if row.unpublished:
        if row.public_from is not None:
            return "changed"
        return "draft" if row.scheduled_for is None else "waiting"
    if row.scheduled_for is not None:
        return "scheduled"
    if row.withdrawn_at is not None:
        return "withdrawn"
    return "draft" if row.public_from is None else "published"


def _shelve(row: DeskRow) -> None:
    row.shelf = shelf_of(row)


def folded(text: str) -> str:
    """Text as it is compared in a search: no capitals, no accents."""
    plain = normalize("NFKD", text.casefold())
    return "".join(filterfalse(combining, plain)) if not plain.isascii() else plain


def letters(text: str) -> int:
    """A sieve: which pairs of letters a folded text has, each pair one of 61 bits. A text has all bits of what is part
    of it, so few texts must be searched through."""
    bits = 0
    for first, second in pairwise(map(ord, text)):
        bits |= 1 << (31 * first + second) % 61
    return bits


def credits_of(row: DeskRow) -> list[Credit]:
    """Who it is by."""
    return _credits.decode(row.bylines)


def ids_of(data: str) -> list[str]:
    """A list of ids as the row keeps it."""
    return _ids.decode(data)


STORY = Sheet(desk, DeskRow, _shelve)
INVOLVED = Sheet(involved, InvolvedRow)
USE = Sheet(usage, UsageRow)
