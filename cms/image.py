"""Images: a picture, its words and what we may do with it. The bytes are a blob that cms.media keeps."""

import math
import re
from typing import ClassVar

import msgspec

from cms.decider import Context, Decider, Refused, State, StreamCommand, line, moment, new_id, prose, required
from events.event import Event
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

Box = tuple[int, int, int, int]  # left, upper, width, height in pixels of the upright picture
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHAPE = re.compile(r"[1-9]\d?:[1-9]\d?")


class ImageCommand(StreamCommand, frozen=True):
    """Something asked of an image."""

    category: ClassVar[str] = "image"


class Upload(ImageCommand, frozen=True):
    """Take a picture into the library, with what its own metadata says."""

    picture: Picture
    filename: str
    caption: str = ""
    alt: str = ""
    credit: str = ""
    copyright: str = ""
    taken_at: str | None = None


class ChangeCaption(ImageCommand, frozen=True):
    """Change the words under it."""

    caption: str


class ChangeAlt(ImageCommand, frozen=True):
    """Change the words instead of it."""

    alt: str


class ChangeCredit(ImageCommand, frozen=True):
    """Change who made it, as printed."""

    credit: str


class ChangeRights(ImageCommand, frozen=True):
    """Say what we may do with it, and until when."""

    rights: str
    expires: Instant | None = None


class SetFocus(ImageCommand, frozen=True):
    """Say which point every crop must keep: 0 to 1 from the left, 0 to 1 from the top."""

    x: float
    y: float


class SetCrop(ImageCommand, frozen=True):
    """Crop it by hand for one shape ('16:9'); None: not any more."""

    name: str
    box: Box | None


class Replace(ImageCommand, frozen=True):
    """Put another file in its place, everywhere."""

    picture: Picture
    reason: str


class TakeDown(ImageCommand, frozen=True):
    """Show it nowhere any more."""

    reason: str


class Reinstate(ImageCommand, frozen=True):
    """Show it again."""

    reason: str


class Image(State, frozen=True):
    """What the rules know of an image."""

    picture: Picture | None = None
    filename: str = ""
    caption: str = ""
    alt: str = ""
    credit: str = ""
    rights: str = ""
    expires: Instant | None = None
    focus: tuple[float, float] = (0.5, 0.5)
    crops: tuple[tuple[str, Box], ...] = ()
    taken_down: bool = False


decider = Decider("image", Image())


def usable(context: Context, id: str, field: str) -> Image:
    """The image, for something that shows it. Refused where it is unknown, taken down or no longer ours to show."""
    state = context.states[f"image-{id}"]
    assert isinstance(state, Image)
    if not state.version:
        raise Refused(f"There is no picture {id}.", field)
    if state.taken_down:
        raise Refused(f"The image {state.filename} was taken down and may not be shown.", field)
    if state.expires is not None and state.expires <= context.now:
        raise Refused(f"Our rights to the image {state.filename} have ended. Choose another one.", field)
    return state


def _known(state: Image) -> Image:
    if not state.version:
        raise Refused("There is no such image.")
    return state


def _checked(picture: Picture) -> Picture:
    if not _SHA256.fullmatch(picture.sha256):
        raise Refused("The picture's SHA-256 must be 64 hexadecimal digits.", "picture")
    if picture.width < 1 or picture.height < 1 or picture.bytes < 1:
        raise Refused("The picture has no pixels.", "picture")
    return picture


@decider.on(Upload)
def _upload(state: Image, command: Upload, _: Context) -> list[Event]:
    if state.version:
        raise Refused("There is already an image with this id.", "id")
    new_id(command.id)
    taken_at = line(command.taken_at, "taken_at", 60) if command.taken_at is not None else None
    return [
        ImageUploaded(
            picture=_checked(command.picture),
            filename=line(command.filename, "filename", 255),
            caption=prose(command.caption, "caption"),
            alt=prose(command.alt, "alt", 1000),
            credit=line(command.credit, "credit"),
            copyright=line(command.copyright, "copyright", 500),
            taken_at=taken_at,
        )
    ]


@decider.on(ChangeCaption)
def _change_caption(state: Image, command: ChangeCaption, _: Context) -> list[Event]:
    caption = prose(command.caption, "caption")
    return [] if caption == _known(state).caption else [ImageCaptionChanged(caption=caption)]


@decider.on(ChangeAlt)
def _change_alt(state: Image, command: ChangeAlt, _: Context) -> list[Event]:
    alt = prose(command.alt, "alt", 1000)
    return [] if alt == _known(state).alt else [ImageAltChanged(alt=alt)]


@decider.on(ChangeCredit)
def _change_credit(state: Image, command: ChangeCredit, _: Context) -> list[Event]:
    credit = line(command.credit, "credit")
    return [] if credit == _known(state).credit else [ImageCreditChanged(credit=credit)]


@decider.on(ChangeRights)
def _change_rights(state: Image, command: ChangeRights, _: Context) -> list[Event]:
    rights = prose(command.rights, "rights")
    expires = None if command.expires is None else moment(command.expires, "expires")
    if (rights, expires) == (_known(state).rights, state.expires):
        return []
    return [ImageRightsChanged(rights=rights, expires=expires)]


@decider.on(SetFocus)
def _set_focus(state: Image, command: SetFocus, _: Context) -> list[Event]:
    for field, value in (("x", command.x), ("y", command.y)):
        if not math.isfinite(value) or not 0 <= value <= 1:
            raise Refused("The focal point must lie in the picture: 0 to 1 across, 0 to 1 down.", field)
    if (command.x, command.y) == _known(state).focus:
        return []
    return [ImageFocusSet(x=command.x, y=command.y)]


@decider.on(SetCrop)
def _set_crop(state: Image, command: SetCrop, _: Context) -> list[Event]:
    picture = _known(state).picture
    assert picture is not None
    if not _SHAPE.fullmatch(command.name):
        raise Refused("A crop is named by its shape, such as 16:9.", "name")
    if command.box is not None:
        left, upper, width, height = command.box
        inside = left >= 0 and upper >= 0 and width >= 1 and height >= 1
        if not inside or left + width > picture.width or upper + height > picture.height:
            raise Refused(
                f"The crop must lie within the picture, which has {picture.width} × {picture.height} pixels.", "box"
            )
    if dict(state.crops).get(command.name) == command.box:
        return []
    return [ImageCropSet(name=command.name, box=command.box)]


@decider.on(Replace)
def _replace(state: Image, command: Replace, _: Context) -> list[Event]:
    if _known(state).taken_down:
        raise Refused("This image was taken down. Reinstate it first, or upload the other one by itself.")
    if _checked(command.picture) == state.picture:
        return []
    return [ImageReplaced(picture=command.picture, reason=prose(command.reason, "reason"))]


@decider.on(TakeDown)
def _take_down(state: Image, command: TakeDown, _: Context) -> list[Event]:
    if _known(state).taken_down:
        return []
    return [ImageTakenDown(reason=required(command.reason, "reason", "Say why it is taken down."))]


@decider.on(Reinstate)
def _reinstate(state: Image, command: Reinstate, _: Context) -> list[Event]:
    if not _known(state).taken_down:
        return []
    return [ImageReinstated(reason=required(command.reason, "reason", "Say why it may be shown again."))]


@decider.after(ImageUploaded)
def _uploaded(state: Image, event: ImageUploaded, _: str | None) -> Image:
    return msgspec.structs.replace(
        state, picture=event.picture, filename=event.filename, caption=event.caption, alt=event.alt, credit=event.credit
    )


@decider.after(ImageCaptionChanged, ImageAltChanged, ImageCreditChanged, ImageRightsChanged)
def _said(
    state: Image,
    event: ImageCaptionChanged | ImageAltChanged | ImageCreditChanged | ImageRightsChanged,
    _: str | None,
) -> Image:
    return msgspec.structs.replace(state, **msgspec.structs.asdict(event))


@decider.after(ImageFocusSet)
def _focus_set(state: Image, event: ImageFocusSet, _: str | None) -> Image:
    return msgspec.structs.replace(state, focus=(event.x, event.y))


@decider.after(ImageCropSet)
def _crop_set(state: Image, event: ImageCropSet, _: str | None) -> Image:
    crops = {name: box for name, box in state.crops if name != event.name}
    if event.box is not None:
        crops[event.name] = event.box
    return msgspec.structs.replace(state, crops=tuple(crops.items()))


@decider.after(ImageReplaced)
def _replaced(state: Image, event: ImageReplaced, _: str | None) -> Image:
    return msgspec.structs.replace(state, picture=event.picture, crops=())


@decider.after(ImageTakenDown)
def _taken_down(state: Image, _: ImageTakenDown, __: str | None) -> Image:
    return msgspec.structs.replace(state, taken_down=True)


@decider.after(ImageReinstated)
def _reinstated(state: Image, _: ImageReinstated, __: str | None) -> Image:
    return msgspec.structs.replace(state, taken_down=False)
