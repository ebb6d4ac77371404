"""Stream ``image-<id>``: a picture, its words and its rights. Its bytes are a blob named by their SHA-256."""

from typing import Literal

import msgspec

from events.event import Event, event
from events.instant import Instant

Format = Literal["jpeg", "png", "webp", "gif", "avif"]


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file: what its content says it is. Width and height in pixels, after EXIF orientation."""

    sha256: str
    format: Format
    bytes: int
    width: int
    height: int


@event("image.uploaded")
class ImageUploaded(Event, frozen=True):
    """A picture was taken into the library, with what its own metadata said. Where it was taken is not kept."""

    picture: Picture
    filename: str
    caption: str = ""
    alt: str = ""
    credit: str = ""
    copyright: str = ""
    taken_at: str | None = None  # as the camera wrote it: it has no zone


@event("image.caption_changed")
class ImageCaptionChanged(Event, frozen=True):
    """The words under it."""

    caption: str


@event("image.alt_changed")
class ImageAltChanged(Event, frozen=True):
    """The words instead of it, for those who do not see it."""

    alt: str


@event("image.credit_changed")
class ImageCreditChanged(Event, frozen=True):
    """Who made it, as printed."""

    credit: str


@event("image.rights_changed")
class ImageRightsChanged(Event, frozen=True):
    """What we may do with it, and until when."""

    rights: str
    expires: Instant | None


@event("image.focus_set")
class ImageFocusSet(Event, frozen=True):
    """The point that every crop must keep: fractions of width and height from the upper left corner, 0 to 1."""

    x: float
    y: float


@event("image.crop_set")
class ImageCropSet(Event, frozen=True):
    """A crop by hand for one shape, in pixels of the upright picture; a null box takes it away."""

    name: str  # '16:9', '4:3', '1:1', '3:4'
    box: tuple[int, int, int, int] | None  # left, upper, width, height


@event("image.replaced")
class ImageReplaced(Event, frozen=True):
    """Another file took its place everywhere; its words and its focal point stayed, crops by hand are void."""

    picture: Picture
    reason: str


@event("image.taken_down")
class ImageTakenDown(Event, frozen=True):
    """It may not be shown any more, anywhere, at any time."""

    reason: str


@event("image.reinstated")
class ImageReinstated(Event, frozen=True):
    """It may be shown again."""

    reason: str
