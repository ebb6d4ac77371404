"""Entities as they were at an instant (or are now): what publications are shown with."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select

from events.instant import Instant
from views.database import Connection, Prepared, Several
from views.projections.entities import BylineRecord, ImageRecord, SectionRecord, SiteRecord, TagRecord, intervals
from views.shapes import BylineView, ImageView, SectionView, SiteView, TagView
from views.tables import FOREVER

MERGES = 16  # merges that are followed before giving up on a circle

_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "image": msgspec.json.Decoder(ImageRecord),
    "byline": msgspec.json.Decoder(BylineRecord),
    "section": msgspec.json.Decoder(SectionRecord),
    "tag": msgspec.json.Decoder(TagRecord),
    "site": msgspec.json.Decoder(SiteRecord),
}
_ONE = Prepared(
    select(intervals.c.data)
    .where(intervals.c.stream == bindparam("stream"), intervals.c.valid_from <= bindparam("at"))
    .order_by(intervals.c.valid_from.desc())
    .limit(1)
)
_later = intervals.alias()
_MANY = Several(
    lambda some: select(intervals.c.stream, intervals.c.data).where(
        intervals.c.stream.in_(some),
        intervals.c.valid_from
        == select(func.max(_later.c.valid_from))
        .where(_later.c.stream == intervals.c.stream, _later.c.valid_from <= bindparam("at"))
        .scalar_subquery(),
    )
)


FRONTS = {"byline": "/by/", "section": "/", "tag": "/tag/"}  # what stands before the slug in their addresses


class Lookup:
    """One look at the entities, at one instant; what was found is remembered, so keep it for one answer only."""

    def __init__(self, db: Connection, at: Instant = FOREVER) -> None:
        self._db, self._at = db, at
        self._found: dict[str, Any] = {}
        self._today = self if at == FOREVER else Lookup(db)

    def record(self, stream: str) -> Any:
        """The entity's record, or None where there is no such entity."""
        try:
            return self._found[stream]
        except KeyError:
            row = _ONE.one(self._db, stream=stream, at=self._at)
            record = _decode(stream, row[0]) if row else None
            self._found[stream] = record
            return record

    def expect(self, streams: Iterable[str]) -> None:
        """These will be asked for: fetch them together, with what they lead to."""
        wanted = [stream for stream in dict.fromkeys(streams) if stream not in self._found]
        self._found.update(dict.fromkeys(wanted))
        for stream, data in _MANY.all(self._db, wanted, at=self._at):
            self._found[stream] = _decode(stream, data)
        if self._today is not self:
            self._today.expect(stream for stream in wanted if stream.startswith("image-"))
        bylines = [record for stream in wanted if isinstance(record := self._found[stream], BylineRecord)]
        if bylines:
            self.expect(f"image-{record.portrait}" for record in bylines if record.portrait)

    def image(self, id: str) -> ImageView | None:
        """The image, or None where there is none or it was taken down (then it is gone at every instant)."""
        record = self.record(f"image-{id}")
        if record is None or record.taken_down:
            return None
        if self._today is not self and self._today.image(id) is None:
            return None
        return ImageView(
            id=record.id, sha256=record.sha256, format=record.format, width=record.width, height=record.height,
            alt=record.alt, caption=record.caption, credit=record.credit, focus_x=record.focus_x,
            focus_y=record.focus_y, crops=record.crops,
        )  # fmt: skip

    def byline(self, id: str, role: str = "", bio: bool = True) -> BylineView | None:
        """The contributor that this byline stands for, merges followed. Without ``bio`` for lists."""
        record = self.merged(f"byline-{id}")
        if record is None:
            return None
        portrait = self.image(record.portrait) if record.portrait else None
        return BylineView(
            id=record.id, name=record.name, slug=record.slug, role=role, title=record.title,
            bio=record.bio if bio else "", portrait=portrait,
        )  # fmt: skip

    def section(self, id: str) -> SectionView | None:
        """The section."""
        record = self.record(f"section-{id}")
        return record and SectionView(
            id=record.id, name=record.name, slug=record.slug, description=record.description
        )

    def tag(self, id: str) -> TagView | None:
        """The tag, merges followed."""
        record = self.merged(f"tag-{id}")
        return record and TagView(id=record.id, name=record.name, slug=record.slug)

    def site(self) -> SiteView:
        """The publication itself."""
        record = self.record("site")
        return SiteView(title=record.title, tagline=record.tagline) if record else SiteView(title="Daybook")

    def merged(self, stream: str) -> Any:
        """The record that a byline's or a tag's stands for: its own, or that of what it was merged into."""
        kind = stream.partition("-")[0]
        record = self.record(stream)
        for _ in range(MERGES):
            if record is None or getattr(record, "into", None) is None:
                break
            record = self.record(f"{kind}-{record.into}")
        return record


def _decode(stream: str, data: str) -> Any:
    return _DECODERS[stream.partition("-")[0]].decode(data)
