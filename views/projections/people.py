"""Bylines: everybody who signs, and whose portrait was which image when."""

import msgspec
from sqlalchemy import Column, Index, Table

from events.byline import (
    BylineBioChanged,
    BylineCreated,
    BylineMerged,
    BylinePortraitSet,
    BylineRenamed,
    BylineRetired,
    BylineSlugChanged,
    BylineTitleChanged,
)
from events.event import Recorded
from events.instant import Instant
from views.batch import Batch, Sheet
from views.projection import Projection
from views.projections.entities import BylineRecord, holds, since
from views.tables import FOREVER, Number, Text, metadata


class BylineRow(msgspec.Struct, gc=False):
    id: str
    name: str
    slug: str
    title: str
    bio: str
    portrait: str | None
    retired_at: Instant | None
    merged_into: str | None
    created_at: Instant
    changed_at: Instant


class PortraitRow(msgspec.Struct, gc=False):
    byline: str
    valid_from: Instant
    valid_until: Instant
    image: str


bylines = Table(
    "bylines",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("bio", Text, nullable=False),
    Column("portrait", Text),  # image id
    Column("retired_at", Number),
    Column("merged_into", Text),  # byline id
    Column("created_at", Number, nullable=False),
    Column("changed_at", Number, nullable=False),
    Index("bylines_by_name", "name", "id"),
    Index("bylines_by_target", "merged_into"),
    Index("bylines_by_portrait", "portrait"),
    sqlite_strict=True,
)
portraits = Table(
    "portraits",
    metadata,
    Column("byline", Text, primary_key=True),
    Column("valid_from", Number, primary_key=True),
    Column("valid_until", Number, nullable=False),
    Column("image", Text, nullable=False),  # image id
    Index("portraits_by_image", "image"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

BYLINE = Sheet(bylines, BylineRow)
PORTRAIT = Sheet(portraits, PortraitRow)
BYLINES = Projection("bylines", 1, [BYLINE, PORTRAIT])


def _record(row: BylineRow) -> BylineRecord:
    return BylineRecord(
        id=row.id, name=row.name, slug=row.slug, title=row.title, bio=row.bio, portrait=row.portrait,
        into=row.merged_into,
    )  # fmt: skip


@BYLINES.on(BylineCreated)
def _created(batch: Batch, recorded: Recorded, event: BylineCreated) -> None:
    at = recorded.occurred_at
    row = BylineRow(recorded.id, event.name, event.slug, "", "", None, None, None, at, at)
    batch[BYLINE].put(row)
    batch[PORTRAIT].born(recorded.id)
    holds(batch, recorded, at, None, _record(row))


@BYLINES.on(
    BylineRenamed, BylineSlugChanged, BylineTitleChanged, BylineBioChanged, BylinePortraitSet, BylineRetired,
    BylineMerged,
)  # fmt: skip
def _changed(batch: Batch, recorded: Recorded, event: object) -> None:
    row = batch[BYLINE].change(recorded.id)
    before = _record(row)
    match event:
        case BylineRenamed():
            row.name = event.name
        case BylineSlugChanged():
            row.slug = event.slug
        case BylineTitleChanged():
            row.title = event.title
        case BylineBioChanged():
            row.bio = event.bio
        case BylinePortraitSet():
            row.portrait = event.image
            _portrait(batch, recorded, row.created_at, event.image)
        case BylineRetired():
            row.retired_at = recorded.occurred_at
        case BylineMerged():
            row.merged_into = event.into
    row.changed_at = recorded.occurred_at
    holds(batch, recorded, row.created_at, before, _record(row))


def _portrait(batch: Batch, recorded: Recorded, born: Instant, image: str | None) -> None:
    at = since(recorded, born)
    rows = batch[PORTRAIT]
    for portrait in rows.within(recorded.id):
        if portrait.valid_from == at:
            rows.remove(portrait.byline, at)
        elif portrait.valid_until == FOREVER:
            rows.change(portrait.byline, portrait.valid_from).valid_until = at
    if image is not None:
        rows.put(PortraitRow(recorded.id, at, FOREVER, image))
