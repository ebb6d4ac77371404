"""Whether the files of an index are what was written. A commit names the size and the sum (CRC-32) of each of its
files, and ends with its own.

Sums are looked at where a small file is opened, where something makes no sense, before a rollback, and by whoever
follows, a file at a time. What is found is written down in the generation's folder, for every process to see: from then
on nobody is answered from it.
"""

import struct
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
from whoosh.reading import CorruptIndexError

from search.codec import NewsSegment

MARK = "damaged"  # the file that says why
SMALL = 1 << 20  # bytes of a file whose sum is looked at whenever it is opened
_PIECE = 1 << 20

NONSENSE = (
    ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, EOFError, MemoryError, OSError,
    struct.error, zlib.error, msgspec.MsgspecError, CorruptIndexError,
)  # fmt: skip
"""What reading altered bytes may raise. Altered they are only where the sums say so: else the code is wrong."""


def checksum(path: Path) -> int:
    """Of a file, read and not mapped: a mapped one may end before its mapping does."""
    found = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found = zlib.crc32(piece, found)
    return found


def fault(folder: Path, segments: Iterable[NewsSegment]) -> str | None:
    """What is wrong with the files of these segments, in words. Reads all of them; raises FileNotFoundError."""
    named = ((segment, name) for segment in segments for name in segment.sizes)
    return next((found for segment, name in named if (found := fault_of(folder, segment, name))), None)


def fault_of(folder: Path, segment: NewsSegment, name: str) -> str | None:
    """What is wrong with one of a segment's files. Raises FileNotFoundError."""
    if found := cut(folder, segment, name):
        return found
    try:
        same = checksum(folder / name) == segment.sums[name]
    except FileNotFoundError:
        raise
    except OSError as error:
        return f"{folder / name} cannot be read ({error.strerror})"
    return None if same else f"the bytes of {folder / name} are not those that were written"


def cut(folder: Path, segment: NewsSegment, name: str) -> str | None:
    """What is wrong with the size of one of a segment's files. Raises FileNotFoundError."""
    found, size = (folder / name).stat().st_size, segment.sizes[name]
    return f"{folder / name} has {found} bytes and should have {size}" if found != size else None


def mark(folder: Path, why: str) -> None:
    """Write down that this generation is damaged. Where even that cannot be written, the next who meets it will."""
    with suppress(OSError):
        (folder / MARK).write_text(why)


def marked(folder: Path) -> str | None:
    """Why this generation is known to be damaged."""
    try:
        return (folder / MARK).read_text()
    except OSError:
        return None
