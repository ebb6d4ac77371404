"""Taking in a picture: what the file is, decided from its content, or a reason why it cannot be taken.

Files come from anywhere and decoders have faults, so each is read in a process of its own, which may neither run
for long nor take much memory: whatever a file does there, here it is a reason for a person.
"""

import resource
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import IO

import msgspec
from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from cms.media import Media, TooLarge
from cms.picture_words import Carried, Words, read_carried, read_words
from events.image import Format, Picture

SECONDS = 20  # of processor time for reading one picture; twice that on the clock
AT_ONCE = 2  # pictures read at the same time
MOST_FRAMES = 1000
MOST_PIXELS_MOVING = 200_000_000  # frames beyond this many pixels in all are counted, not looked at

_turn = threading.BoundedSemaphore(AT_ONCE)
_FORMATS: dict[str, Format] = {  # imported by name, so that Pillow does not load its other forty
    JpegImagePlugin.JpegImageFile.format: "jpeg",
    MpoImagePlugin.MpoImageFile.format: "jpeg",  # a JPEG with further ones behind it
    PngImagePlugin.PngImageFile.format: "png",
    WebPImagePlugin.WebPImageFile.format: "webp",
    GifImagePlugin.GifImageFile.format: "gif",
    AvifImagePlugin.AvifImageFile.format: "avif",
}
_BROKEN = "The file is damaged: it cannot be read to its end. Ask for it again, or open it and save it anew."


class PictureRefused(Exception):
    """This file is not taken in. ``reason``: why, and what would do, for the person who sent it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Facts(msgspec.Struct, frozen=True):
    """What a picture's content says. Pixels after orientation; ``frames``: more than 1 where it moves."""

    format: Format
    width: int
    height: int
    frames: int
    words: Words
    carried: Carried


class TakenIn(msgspec.Struct, frozen=True):
    """A picture that is in the media now."""

    picture: Picture
    frames: int
    words: Words
    carried: Carried


def take_in(media: Media, source: bytes | IO[bytes], *, megabytes: int = 40, megapixels: int = 80) -> TakenIn:
    """Look at a picture and keep it. Raises PictureRefused; nothing of a refused file stays."""
    try:
        with media.arriving(source, megabytes * 1_000_000) as incoming:
            facts = read_picture(incoming.path, megapixels)
            media.keep(incoming)
    except TooLarge:
        raise PictureRefused(f"The file is larger than {megabytes} MB. Save it smaller, as JPEG.") from None
    picture = Picture(incoming.sha256, facts.format, incoming.size, facts.width, facts.height)
    return TakenIn(picture, facts.frames, facts.words, facts.carried)


def read_picture(path: Path, megapixels: int = 80) -> Facts:
    """What the file is, found out by a process of its own. Raises PictureRefused, and never anything else
    because of what the file holds."""
    command = [sys.executable, "-m", "cms.pictures", str(path.absolute()), str(megapixels)]
    with _turn:
        try:
            child = subprocess.run(
                command, cwd=Path(__file__).parents[1], capture_output=True, timeout=2 * SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise PictureRefused(f"It takes longer than {2 * SECONDS} seconds to read. {_BROKEN}") from None
    try:
        answer = msgspec.json.decode(child.stdout, type=Facts | str)
    except msgspec.DecodeError:
        raise PictureRefused(_BROKEN) from None
    if isinstance(answer, str):
        raise PictureRefused(answer)
    return answer


def look_at(path: Path, megapixels: int) -> Facts:
    """The same in this process. Raises PictureRefused, or whatever a decoder raises over a broken file."""
    if not path.stat().st_size:
        raise PictureRefused("The file is empty.")
    try:
        image = Image.open(path, formats=[name for name in _FORMATS if name in Image.OPEN])
    except UnidentifiedImageError:
        raise PictureRefused(_not_taken(path)) from None
    with image:
        width, height = image.size
        _check_size(width, height, megapixels)
        _decode(image)
        frames = _other_frames(image)
        words, carried = read_words(image), read_carried(image)
        if words.orientation >= 5:
            width, height = height, width
        return Facts(_FORMATS[image.format or ""], width, height, frames, words, carried)


def _check_size(width: int, height: int, megapixels: int) -> None:
    if width * height > megapixels * 1_000_000:
        raise PictureRefused(
            f"The picture has {width:,} × {height:,} pixels. At most {megapixels} million are taken in: "
            "save it smaller."
        )
    if max(width, height) > 20 * min(width, height) or max(width, height) > 30_000:
        raise PictureRefused(f"The picture is {width:,} × {height:,} pixels: no page can show that shape.")


def _decode(image: ImageFile.ImageFile) -> None:
    """Read every pixel, so that a file which ends too early is found now and not by a reader."""
    if image.format in ("JPEG", "MPO"):
        image.draft("", (max(image.width // 8, 1), max(image.height // 8, 1)))  # all of the file, little memory
    image.load()


def _other_frames(image: ImageFile.ImageFile) -> int:
    """How many frames there are; those of a moving picture are read too, unless that would take very long."""
    frames: int = getattr(image, "n_frames", 1)
    if frames > MOST_FRAMES:
        raise PictureRefused(f"The picture has {frames:,} frames: as a film it belongs elsewhere.")
    if image.format != "MPO" and frames * image.width * image.height <= MOST_PIXELS_MOVING:
        for frame in range(1, frames):
            image.seek(frame)
            image.load()
        if frames > 1:
            image.seek(0)
    return frames


_STARTS = [
    (b"%PDF", "a PDF"),
    (b"8BPS", "a Photoshop document"),
    (b"II*\0", "a TIFF or camera raw file"),
    (b"MM\0*", "a TIFF or camera raw file"),
    (b"BM", "a BMP picture"),
    (b"\0\0\0\x0cjP", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"qoif", "a QOI picture"),
    (b"\0\0\1\0", "an icon"),
    (b"P5", "a PPM picture"),
    (b"P6", "a PPM picture"),
    (b"PK", "a ZIP archive"),
]
_TAKEN = "Daybook takes JPEG, PNG, WebP, AVIF and GIF: save it as JPEG and send that."


def _not_taken(path: Path) -> str:
    """Why a file that is no picture for us is none, with what to do."""
    with path.open("rb") as file:
        start = file.read(512)
    if start[4:8] == b"ftyp" and start[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim"):
        return (
            "This is an HEIC picture from a phone. Share it as JPEG (on an iPhone: Settings, Camera, Formats, "
            "Most Compatible), and send that."
        )
    if b"<svg" in start:
        return "This is an SVG drawing. Drawings may hold programs: export it as PNG and send that."
    for beginning, what in _STARTS:
        if start.startswith(beginning):
            return f"This is {what}. {_TAKEN}"
    if start[:3] == b"\xff\xd8\xff" or start[:8] == b"\x89PNG\r\n\x1a\n" or start[:3] == b"GIF":
        return _BROKEN
    return f"This is not a picture that Daybook knows. {_TAKEN}"


def answer(path: Path, megapixels: int) -> Facts | str:
    """What the file is, or why it is not taken: whatever happens."""
    try:
        return look_at(path, megapixels)
    except PictureRefused as refused:
        return refused.reason
    except Exception:  # noqa: BLE001 - decoders raise anything over a broken file; that is what this process is for
        return _BROKEN


def _limit(megapixels: int) -> None:
    """Bound this process: it reads one picture and ends."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # ours is checked before anything is decoded, and is a setting
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    memory = 512_000_000 + megapixels * 12_000_000  # a decoder's own copies beside the picture
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    except (ValueError, OSError):  # not on every system; the processor's time is bounded on all
        pass


if __name__ == "__main__":
    _limit(int(sys.argv[2]))
    sys.stdout.buffer.write(msgspec.json.encode(answer(Path(sys.argv[1]), int(sys.argv[2]))))
