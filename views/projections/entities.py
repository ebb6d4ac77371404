"""Images, bylines, sections, tags and the site: what they are now, and what they were when.

``intervals`` keeps each one's state as readers meet it, from ``valid_from`` until the next row's: the site as of
an instant is a look into it. The earliest known state holds since ever, since an import may meet a byline long
after the stories that it signed. What readers cannot see of an entity (rights, file names) makes no interval.
"""

import msgspec
from sqlalchemy import Column, Table

from events.event import Recorded
from events.instant import Instant
from events.site import SiteTitled
from views.batch import Batch, Sheet
from views.projection import Projection
from views.shapes import ImageView
from views.tables import BEGINNING, Number, Text, metadata


class ImageRecord(ImageView, frozen=True, kw_only=True):
    """An image at a time. taken_down: it may not be shown, at any time."""

    taken_down: bool = False


class BylineRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A byline at a time. portrait: an image id; into: the byline that it was merged into."""

    id: str
    name: str
    slug: str
    title: str = ""
    bio: str = ""
    portrait: str | None = None
    into: str | None = None


class SectionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A section at a time."""

    id: str
    name: str
    slug: str
    description: str = ""
    order: int = 0
    closed: bool = False


class TagRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A tag at a time. into: the tag that it was merged into."""

    id: str
    name: str
    slug: str
    into: str | None = None


class SiteRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The publication itself at a time."""

    title: str
    tagline: str = ""


class IntervalRow(msgspec.Struct, gc=False):
    stream: str
    valid_from: Instant
    data: str


class SiteRow(msgspec.Struct, gc=False):
    name: str
    title: str
    tagline: str


intervals = Table(
    "intervals",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("valid_from", Number, primary_key=True),
    Column("data", Text, nullable=False),  # one of the records above, JSON
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
site = Table(
    "site",
    metadata,
    Column("name", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("tagline", Text, nullable=False),
    sqlite_strict=True,
)

INTERVALS = Sheet(intervals, IntervalRow)
SITE = Sheet(site, SiteRow)
_encoder = msgspec.json.Encoder()


def holds(batch: Batch, recorded: Recorded, born: Instant, before: msgspec.Struct | None, now: msgspec.Struct) -> None:
    """From this event on, readers meet the entity as ``now``. Nothing happens where they see no difference."""
    if now == before:
        return
    batch[INTERVALS].put(IntervalRow(recorded.stream, since(recorded, born), _encoder.encode(now).decode()))
    batch.touched(recorded)


def since(recorded: Recorded, born: Instant) -> Instant:
    """From when on an entity is what an event says: with what it was made with, since ever."""
    return BEGINNING if recorded.occurred_at == born else recorded.occurred_at


SITES = Projection("site", 1, [SITE])
ENTITIES = Projection("intervals", 2, [INTERVALS])  # written by the views of images, bylines, sections and tags


@SITES.on(SiteTitled)
def _titled(batch: Batch, recorded: Recorded, event: SiteTitled) -> None:
    known = batch[SITE].get("site")
    before = SiteRecord(title=known.title, tagline=known.tagline) if known else None
    now = SiteRecord(title=event.title, tagline=event.tagline)
    holds(batch, recorded, recorded.occurred_at if known is None else BEGINNING, before, now)
    batch[SITE].put(SiteRow("site", event.title, event.tagline))
