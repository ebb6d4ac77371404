"""Scaled and cropped pictures: made on demand from the original, kept under a name that says all about them.

Only the widths and shapes of views.pictures exist. A file is written beside its final name and moved there in one
step, so that another process never reads half of it; everything here may be deleted at any time.
"""
from __future__ import annotations

import os
import re
import secrets
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import Literal

from PIL import Image, ImageCms, ImageOps

from views.pictures import SHAPES, WIDTHS

Format = Literal["webp", "jpg"]
KINDS: dict[str, str] = {"webp": "image/webp", "jpg": "image/jpeg"}
_CUT = r"(?:(\d{1,3})-(\d{1,3})|(\d{1,5})\.(\d{1,5})\.(\d{1,5})\.(\d{1,5}))"
_NAME = re.compile(rf"(\d{{3,4}})(?:-(\w+)-{_CUT})?\.(webp|jpg)")
_AT_ONCE = BoundedSemaphore(2)  # decoding a large original takes memory


class Unreadable(Exception):
    """The original is missing or is not a picture that can be read."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """With a shape `focus`: percent from the left and the top; or `box`: left, upper, width, height in pixels."""
    width: int
    format: Format
    shape: str | None = None
    focus: tuple[int, int] | None = None
    box: tuple[int, int, int, int] | None = None

    @property
    def name(self) -> str:
        how = ".".join(map(str, self.box)) if self.box else "-".join(map(str, self.focus or ()))
        return f"{self.width}-{self.shape}-{how}.{self.format}" if self.shape else f"{self.width}.{self.format}"


def named(name: str) -> Rendition | None:
    """'640.webp', '640-3x2-50-40.webp' or '640-3x2-0.12.900.600.webp'; None for any other name, width or shape."""
    matched = _NAME.fullmatch(name)
    if matched is None or int(matched[1]) not in WIDTHS or (matched[2] and matched[2] not in SHAPES):
        return None
    focus = (int(matched[3]), int(matched[4])) if matched[3] else None
    if focus and max(focus) > 100:
        return None
    box = (int(matched[5]), int(matched[6]), int(matched[7]), int(matched[8])) if matched[5] else None
    if box and not (box[2] and box[3]):
        return None
    rendition = Rendition(int(matched[1]), "webp" if matched[9] == "webp" else "jpg", matched[2], focus, box)
    return rendition if rendition.name == name else None


class Renditions:
    """A folder of made pictures, by the content they were made of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, original: Path, sha256: str, rendition: Rendition) -> Path:
        """The file of that rendition, made now if need be. Raises Unreadable."""
        kept = self.folder / sha256[:2] / sha256 / rendition.name
        if not kept.exists():
            with _AT_ONCE:
                if not kept.exists():
                    make(original, kept, rendition)
        return kept


def make(original: Path, target: Path, rendition: Rendition) -> None:
    """Writes the rendition of the original to the target, in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # broken metadata of a picture that can be shown
            with Image.open(original) as opened:
                save(scaled(opened, rendition), aside, rendition)
        os.replace(aside, target)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, ImageCms.PyCMSError) as error:
        raise Unreadable(f"{original.name}: {error}") from error
    finally:
        aside.unlink(missing_ok=True)


def scaled(opened: Image.Image, rendition: Rendition) -> Image.Image:
    """Upright, in sRGB, cut to its shape by hand or around the focal point, no wider than the original."""
    whole = max(opened.size)
    if opened.format == "JPEG":
        # Let the decoder do the first halvings; twice the width leaves enough for a good last step.
        wanted = rendition.width * 2
        if rendition.box:
            wanted = min(wanted * whole // min(rendition.box[2:]), whole)
        opened.draft("RGB" if opened.mode == "RGB" else None, (wanted, wanted))
    profile = opened.info.get("icc_profile")
    picture = ImageOps.exif_transpose(opened)
    picture = in_srgb(picture, profile)
    if rendition.box:
        picture = cut_out(picture, rendition.box, max(picture.size) / whole)
    elif rendition.shape and rendition.focus:
        picture = cut(picture, SHAPES[rendition.shape], rendition.focus)
    if picture.width > rendition.width:
        height = max(1, round(picture.height * rendition.width / picture.width))
        picture = picture.resize((rendition.width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return picture


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB or RGBA, with colours as the profile meant them (a broken profile is left out)."""
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return converted if converted is not None else picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    if picture.mode.startswith("I;16") or picture.mode == "I":
        picture = picture.point(lambda value: value / 257).convert("L")
    return picture.convert("RGBA" if clear else "RGB")


def cut(picture: Image.Image, ratio: float, focus: tuple[int, int]) -> Image.Image:
    """The largest part of that ratio (width : height) with the focal point as near its middle as there is room."""
    width, height = min(picture.width, picture.height * ratio), min(picture.height, picture.width / ratio)
    left = min(max(picture.width * focus[0] / 100 - width / 2, 0), picture.width - width)
    top = min(max(picture.height * focus[1] / 100 - height / 2, 0), picture.height - height)
    return picture.crop((round(left), round(top), round(left + max(1, width)), round(top + max(1, height))))


def cut_out(picture: Image.Image, box: tuple[int, int, int, int], scale: float) -> Image.Image:
    """That part of the original, of which the picture is `scale` times the size; as far as it lies within."""
    left, upper, width, height = (side * scale for side in box)
    right, lower = min(left + width, picture.width), min(upper + height, picture.height)
    left, upper = round(min(left, picture.width - 1)), round(min(upper, picture.height - 1))
    return picture.crop((left, upper, max(round(right), left + 1), max(round(lower), upper + 1)))


def save(picture: Image.Image, target: Path, rendition: Rendition) -> None:
    if rendition.format == "webp":
        picture.save(target, "WEBP", quality=78, method=4)
        return
    if picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        picture = ground
    picture.save(target, "JPEG", quality=80, progressive=True, optimize=True)
