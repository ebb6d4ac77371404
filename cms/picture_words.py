"""The words that a picture file brings along: caption, alt text, credit, copyright, date, place.

XMP is asked first (it is Unicode and newest), then IPTC, then EXIF. Where the camera stood (GPS) is never kept: it
may give away a source; the person is told only that the file knows. Nothing in here trusts the file: what cannot be
read is left out.
"""

import os
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

import msgspec
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from PIL import ImageFile, IptcImagePlugin

K = TypeVar("K")
V = TypeVar("V")
LONGEST_CAPTION, LONGEST_LINE = 3000, 300  # characters
_LARGEST_XMP = 1_000_000  # bytes

_ORIENTATION, _DESCRIPTION, _ARTIST, _COPYRIGHT, _EXIF_IFD, _TAKEN = 0x0112, 0x010E, 0x013B, 0x8298, 0x8769, 0x9003
_GPS_IFD = 0x8825
_PACKET_END = b"</x:xmpmeta>"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"

# What cameras and programs write where a person's words should be.
_BY_A_MACHINE = re.compile(
    r"(olympus|minolta|konica|sony|samsung|kodak|sanyo|default|untitled|exif_hdl|dcim|dsc|img|image|photo|"
    r"screenshot|created with|charset=|file source).{0,40}|<.{0,60}>|[\W\d_]*",
    re.IGNORECASE,
)


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says of itself. ``taken_at``: local ISO time without a zone, as cameras write it.
    ``orientation``: 1 to 8 as in EXIF; from 5 on, width and height change places."""

    caption: str = ""
    alt: str = ""
    credit: str = ""
    copyright: str = ""
    taken_at: str | None = None
    place: str = ""
    orientation: int = 1


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """How much the file says of itself: EXIF tags, IPTC records, whether an XMP packet and a position (GPS)."""

    exif: int = 0
    iptc: int = 0
    xmp: bool = False
    gps: bool = False


def read_carried(image: ImageFile.ImageFile) -> Carried:
    """Count an opened picture's metadata. What cannot be read counts as nothing."""
    return Carried(
        exif=len(_read(_all_exif, image)), iptc=len(_read(_all_iptc, image)), xmp=bool(_packet(image)),
        gps=bool(_read(_gps, image)),
    )  # fmt: skip


def read_words(image: ImageFile.ImageFile) -> Words:
    """Read an opened picture's metadata."""
    xmp = _read(_xmp, image)
    iptc = _read(_iptc, image)
    exif = _read(_exif, image) | _read(_exif_taken, image)
    creator = _line(xmp.get("creator"), iptc.get(80), exif.get(_ARTIST))
    agency = _line(xmp.get("Credit"), iptc.get(110))
    iptc_date = f"{iptc.get(55, '')} {iptc.get(60, '')}"
    taken = [xmp.get("DateCreated"), xmp.get("DateTimeOriginal"), iptc_date, exif.get(_TAKEN)]
    orientation: Any = exif.get(_ORIENTATION)
    return Words(
        caption=_sentence(xmp.get("description"), iptc.get(120), exif.get(_DESCRIPTION))[:LONGEST_CAPTION],
        alt=_line(xmp.get("AltTextAccessibility")),
        credit=_joined("/", [creator, agency]),
        copyright=_sentence(xmp.get("rights"), iptc.get(116), exif.get(_COPYRIGHT))[:LONGEST_LINE],
        taken_at=next((found for text in taken if (found := _moment(text))), None),
        place=_place(xmp, iptc),
        orientation=orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1,
    )


def _read(source: Callable[[ImageFile.ImageFile], dict[K, V]], image: ImageFile.ImageFile) -> dict[K, V]:
    try:
        return source(image)
    except Exception:  # noqa: BLE001 - broken metadata is no reason to refuse a picture, and it breaks in every way
        return {}


def _exif(image: ImageFile.ImageFile) -> dict[int, Any]:
    exif = image.getexif()
    return {tag: exif.get(tag) for tag in (_ORIENTATION, _DESCRIPTION, _ARTIST, _COPYRIGHT)}


def _exif_taken(image: ImageFile.ImageFile) -> dict[int, Any]:
    return {_TAKEN: image.getexif().get_ifd(_EXIF_IFD).get(_TAKEN)}


def _all_exif(image: ImageFile.ImageFile) -> dict[int, Any]:
    return dict(image.getexif())


def _gps(image: ImageFile.ImageFile) -> dict[int, Any]:
    return image.getexif().get_ifd(_GPS_IFD)


def _all_iptc(image: ImageFile.ImageFile) -> dict[tuple[int, int], Any]:
    return dict(IptcImagePlugin.getiptcinfo(image) or {})


def _iptc(image: ImageFile.ImageFile) -> dict[int, str]:
    """Application records (2:n) as text; a repeated one joined."""
    records = IptcImagePlugin.getiptcinfo(image) or {}
    found = {}
    for (record, number), value in records.items():
        if record == 2:
            values = value if isinstance(value, list) else [value]
            found[number] = ", ".join(_text(one) for one in values if isinstance(one, bytes))
    return found


def _xmp(image: ImageFile.ImageFile) -> dict[str, str]:
    """The properties that we know, by their local names."""
    raw = _packet(image)
    if not raw or len(raw) > _LARGEST_XMP:
        return {}
    wanted = {f"{_DC}{name}" for name in ("description", "creator", "rights")}
    wanted |= {f"{_PHOTOSHOP}{name}" for name in ("Credit", "DateCreated", "City", "State", "Country")}
    wanted |= {f"{_CORE}Location", f"{_CORE}AltTextAccessibility", f"{_EXIF}DateTimeOriginal"}
    found: dict[str, str] = {}
    for description in fromstring(raw.strip(b"\0 \r\n\t")).iter(f"{_RDF}Description"):
        for name, value in description.attrib.items():
            if name in wanted:
                found.setdefault(name.partition("}")[2], value)
        for child in description:
            if child.tag in wanted and (value := _xmp_value(child)):
                found.setdefault(child.tag.partition("}")[2], value)
    return found


def _packet(image: ImageFile.ImageFile) -> bytes:
    """The file's XMP, wherever it stands: a packet is made to be found by those who do not know the format."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    if packet:
        return packet.encode() if isinstance(packet, str) else bytes(packet)
    content = Path(os.fsdecode(image.filename)).read_bytes() if image.filename else b""
    start = content.find(b"<x:xmpmeta")
    end = content.find(_PACKET_END, start)
    return content[start : end + len(_PACKET_END)] if 0 <= start < end else b""


def _xmp_value(element: Element) -> str:
    items = [item for item in element.iter(f"{_RDF}li") if item.text and item.text.strip()]
    if element.find(f"{_RDF}Alt") is not None:
        items = items[:1]  # the same in other languages; the first one is the default
    return ", ".join(str(item.text).strip() for item in items) if items else (element.text or "").strip()


def _text(value: object) -> str:
    """Text of whatever encoding, in one line of visible characters."""
    if isinstance(value, str) and any(c > "\xff" for c in value):
        return _visible(value)
    if isinstance(value, str):
        value = value.encode("latin-1")  # EXIF says ASCII and holds anything: its reader took it for Latin-1
    if not isinstance(value, bytes):
        return ""
    try:
        return _visible(value.decode())
    except UnicodeDecodeError:
        return _visible(value.decode("cp1252", "replace"))


def _visible(text: str) -> str:
    return " ".join("".join(c if c.isprintable() and c != "\ufffd" else " " for c in text).split())


def _line(*candidates: object) -> str:
    return next((text[:LONGEST_LINE] for value in candidates if (text := _text(value))), "")


def _sentence(*candidates: object) -> str:
    """The first that a person wrote."""
    texts = (_text(value) for value in candidates)
    return next((text for text in texts if not _BY_A_MACHINE.fullmatch(text)), "")


def _joined(by: str, parts: Iterable[str]) -> str:
    """The parts that say something new, in order."""
    kept: list[str] = []
    for part in parts:
        if part and not any(part.casefold() in other.casefold() for other in kept):
            kept = [other for other in kept if other.casefold() not in part.casefold()]
            kept.append(part)
    return by.join(kept)


def _place(xmp: dict[str, str], iptc: dict[int, str]) -> str:
    names = [("Location", 92), ("City", 90), ("State", 95), ("Country", 101)]
    return _joined(", ", [_line(xmp.get(name), iptc.get(number)) for name, number in names])


def _moment(value: object) -> str | None:
    """``2019-06-01T12:30:00`` of the many ways to write it; None where it is none."""
    digits = re.sub(r"\D", "", _text(value))[:14]
    if len(digits) == 8:
        digits += "000000"
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").isoformat() if len(digits) == 14 else None  # noqa: DTZ007
    except ValueError:
        return None
