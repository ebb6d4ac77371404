"""The picture library: every image as it is, and which file it was when."""

import msgspec
from sqlalchemy import Column, Index, Table

from events.event import Recorded
from events.image import (
    ImageAltChanged,
    ImageCaptionChanged,
    ImageCreditChanged,
    ImageCropSet,
    ImageFocusSet,
    ImageReinstated,
    ImageReplaced,
    ImageRightsChanged,
    ImageTakenDown,
    ImageUploaded,
    Picture,
)
from events.instant import Instant
from views.batch import Batch, Sheet
from views.projection import Projection
from views.projections.entities import ImageRecord, holds, since
from views.projections.stories import folded
from views.tables import FOREVER, Number, Real, Text, metadata


class ImageRow(msgspec.Struct, gc=False):
    id: str
    sha256: str
    format: str
    bytes: int
    width: int
    height: int
    alt: str
    caption: str
    credit: str
    focus_x: float
    focus_y: float
    crops: str
    filename: str
    copyright: str
    rights: str
    expires: Instant | None
    taken_down: Instant | None
    reason: str
    uploaded_at: Instant
    uploaded_by: str | None
    changed_at: Instant
    found: str


class BlobRow(msgspec.Struct, gc=False):
    image: str
    valid_from: Instant
    valid_until: Instant
    sha256: str
    format: str
    width: int
    height: int


images = Table(
    "images",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("bytes", Number, nullable=False),
    Column("width", Number, nullable=False),
    Column("height", Number, nullable=False),
    Column("alt", Text, nullable=False),
    Column("caption", Text, nullable=False),
    Column("credit", Text, nullable=False),
    Column("focus_x", Real, nullable=False),
    Column("focus_y", Real, nullable=False),
    Column("crops", Text, nullable=False),  # JSON: shape → [left, upper, width, height]
    Column("filename", Text, nullable=False),
    Column("copyright", Text, nullable=False),
    Column("rights", Text, nullable=False),
    Column("expires", Number),
    Column("taken_down", Number),  # since when it may not be shown
    Column("reason", Text, nullable=False),  # of the last replacement, take-down or reinstatement
    Column("uploaded_at", Number, nullable=False),
    Column("uploaded_by", Text),
    Column("changed_at", Number, nullable=False),
    Column("found", Text, nullable=False),  # the words by which it is found: see folded
    Index("images_by_time", "uploaded_at", "id"),
    Index("images_by_file", "sha256"),
    sqlite_strict=True,
)
blobs = Table(
    "blobs",
    metadata,
    Column("image", Text, primary_key=True),
    Column("valid_from", Number, primary_key=True),
    Column("valid_until", Number, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("width", Number, nullable=False),
    Column("height", Number, nullable=False),
    Index("blobs_by_sha256", "sha256"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)


def _index(row: ImageRow) -> None:
    row.found = folded(f"{row.caption} {row.alt} {row.credit} {row.filename}")


IMAGE = Sheet(images, ImageRow, _index)
BLOB = Sheet(blobs, BlobRow)
IMAGES = Projection("images", 4, [IMAGE, BLOB])


_crops = msgspec.json.Decoder(dict[str, tuple[int, int, int, int]])


def crops_of(row: ImageRow) -> dict[str, tuple[int, int, int, int]]:
    """The crops by hand: shape → left, upper, width, height."""
    return _crops.decode(row.crops)


def _record(row: ImageRow) -> ImageRecord:
    return ImageRecord(
        id=row.id, sha256=row.sha256, format=row.format, width=row.width, height=row.height, alt=row.alt,
        caption=row.caption, credit=row.credit, focus_x=row.focus_x, focus_y=row.focus_y,
        crops=tuple(crops_of(row).items()), taken_down=row.taken_down is not None,
    )  # fmt: skip


def _file(batch: Batch, recorded: Recorded, born: Instant, picture: Picture) -> None:
    at = since(recorded, born)
    for blob in batch[BLOB].within(recorded.id):
        if blob.valid_until == FOREVER and blob.valid_from < at:
            batch[BLOB].change(blob.image, blob.valid_from).valid_until = at
    batch[BLOB].put(
        BlobRow(recorded.id, at, FOREVER, picture.sha256, picture.format, picture.width, picture.height)
    )


@IMAGES.on(ImageUploaded)
def _uploaded(batch: Batch, recorded: Recorded, event: ImageUploaded) -> None:
    at, picture = recorded.occurred_at, event.picture
    row = ImageRow(
        recorded.id, picture.sha256, picture.format, picture.bytes, picture.width, picture.height, event.alt,
        event.caption, event.credit, 0.5, 0.5, "{}", event.filename, event.copyright, "", None, None, "", at,
        recorded.meta.actor, at, "",
    )  # fmt: skip
    batch[IMAGE].put(row)
    batch[BLOB].born(recorded.id)
    _file(batch, recorded, at, picture)
    holds(batch, recorded, at, None, _record(row))


@IMAGES.on(
    ImageCaptionChanged, ImageAltChanged, ImageCreditChanged, ImageRightsChanged, ImageFocusSet, ImageCropSet,
    ImageReplaced, ImageTakenDown, ImageReinstated,
)  # fmt: skip
def _changed(batch: Batch, recorded: Recorded, event: object) -> None:
    row = batch[IMAGE].change(recorded.id)
    before = _record(row)
    match event:
        case ImageCaptionChanged():
            row.caption = event.caption
        case ImageAltChanged():
            row.alt = event.alt
        case ImageCreditChanged():
            row.credit = event.credit
        case ImageRightsChanged():
            row.rights, row.expires = event.rights, event.expires
        case ImageFocusSet():
            row.focus_x, row.focus_y = event.x, event.y
        case ImageCropSet():
            row.crops = _cropped(row.crops, event)
        case ImageReplaced(picture=picture):
            row.sha256, row.format, row.bytes = picture.sha256, picture.format, picture.bytes
            row.width, row.height, row.reason, row.crops = picture.width, picture.height, event.reason, "{}"
            _file(batch, recorded, row.uploaded_at, picture)
        case ImageTakenDown():
            row.taken_down, row.reason = recorded.occurred_at, event.reason
        case ImageReinstated():
            row.taken_down, row.reason = None, event.reason
    row.changed_at = recorded.occurred_at
    holds(batch, recorded, row.uploaded_at, before, _record(row))


def _cropped(crops: str, event: ImageCropSet) -> str:
    boxes: dict[str, object] = msgspec.json.decode(crops)
    boxes.pop(event.name, None)
    if event.box is not None:
        boxes[event.name] = event.box
    return msgspec.json.encode(boxes, order="sorted").decode()
