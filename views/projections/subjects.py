"""Sections and tags: the parts of the paper, and what stories are about."""

import msgspec
from sqlalchemy import Column, Index, Table

from events.event import Recorded
from events.instant import Instant
from events.section import (
    SectionClosed,
    SectionDescribed,
    SectionMoved,
    SectionOpened,
    SectionRenamed,
    SectionSlugChanged,
)
from events.tag import TagCreated, TagMerged, TagRenamed, TagSlugChanged
from views.batch import Batch, Sheet
from views.projection import Projection
from views.projections.entities import SectionRecord, TagRecord, holds
from views.tables import Number, Text, metadata


class SectionRow(msgspec.Struct, gc=False):
    id: str
    name: str
    slug: str
    description: str
    rank: int
    closed_at: Instant | None
    opened_at: Instant
    changed_at: Instant


class TagRow(msgspec.Struct, gc=False):
    id: str
    name: str
    slug: str
    merged_into: str | None
    created_at: Instant
    changed_at: Instant


sections = Table(
    "sections",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("rank", Number, nullable=False),  # lower comes first
    Column("closed_at", Number),
    Column("opened_at", Number, nullable=False),
    Column("changed_at", Number, nullable=False),
    sqlite_strict=True,
)
tags = Table(
    "tags",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("merged_into", Text),  # tag id
    Column("created_at", Number, nullable=False),
    Column("changed_at", Number, nullable=False),
    Index("tags_by_name", "name", "id"),
    Index("tags_by_target", "merged_into"),
    sqlite_strict=True,
)

SECTION = Sheet(sections, SectionRow)
TAG = Sheet(tags, TagRow)
SECTIONS = Projection("sections", 1, [SECTION])
TAGS = Projection("tags", 1, [TAG])


def _section(row: SectionRow) -> SectionRecord:
    return SectionRecord(
        id=row.id, name=row.name, slug=row.slug, description=row.description, order=row.rank,
        closed=row.closed_at is not None,
    )  # fmt: skip


def _tag(row: TagRow) -> TagRecord:
    return TagRecord(id=row.id, name=row.name, slug=row.slug, into=row.merged_into)


@SECTIONS.on(SectionOpened)
def _opened(batch: Batch, recorded: Recorded, event: SectionOpened) -> None:
    at = recorded.occurred_at
    row = SectionRow(recorded.id, event.name, event.slug, "", 0, None, at, at)
    batch[SECTION].put(row)
    holds(batch, recorded, at, None, _section(row))


@SECTIONS.on(SectionRenamed, SectionSlugChanged, SectionDescribed, SectionMoved, SectionClosed)
def _section_changed(batch: Batch, recorded: Recorded, event: object) -> None:
    row = batch[SECTION].change(recorded.id)
    before = _section(row)
    match event:
        case SectionRenamed():
            row.name = event.name
        case SectionSlugChanged():
            row.slug = event.slug
        case SectionDescribed():
            row.description = event.description
        case SectionMoved():
            row.rank = event.order
        case SectionClosed():
            row.closed_at = recorded.occurred_at
    row.changed_at = recorded.occurred_at
    holds(batch, recorded, row.opened_at, before, _section(row))


@TAGS.on(TagCreated)
def _created(batch: Batch, recorded: Recorded, event: TagCreated) -> None:
    at = recorded.occurred_at
    row = TagRow(recorded.id, event.name, event.slug, None, at, at)
    batch[TAG].put(row)
    holds(batch, recorded, at, None, _tag(row))


@TAGS.on(TagRenamed, TagSlugChanged, TagMerged)
def _tag_changed(batch: Batch, recorded: Recorded, event: object) -> None:
    row = batch[TAG].change(recorded.id)
    before = _tag(row)
    match event:
        case TagRenamed():
            row.name = event.name
        case TagSlugChanged():
            row.slug = event.slug
        case TagMerged():
            row.merged_into = event.into
    row.changed_at = recorded.occurred_at
    holds(batch, recorded, row.created_at, before, _tag(row))
