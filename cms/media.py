"""Blobs: files named by the SHA-256 of their content, written once, never changed.

``<folder>/ab/cd/abcd…``. What arrives is written aside, forced to the disk, and only then given its name: a name
always means the whole content, whatever crashed when.
"""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import IO

from events.files import digest_of, sync

_CHUNK = 1 << 20
_STALE = 24 * 3600.0  # seconds after which what never finished arriving is thrown away
_SHA256 = re.compile(r"[0-9a-f]{64}")


class TooLarge(Exception):
    """More bytes arrived than are taken in. ``limit``: how many are."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit:,} bytes")
        self.limit = limit


@dataclass(frozen=True)
class Incoming:
    """A file that has arrived whole but has no name yet."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True)
class Fault:
    """A blob that is not what its name says, or a file that has no business here."""

    path: Path
    what: str


class Media:
    """The blobs of one newsroom. Safe for any number of threads and processes at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._arriving = folder / "arriving"
        self._arriving.mkdir(parents=True, exist_ok=True)
        for path in self._arriving.iterdir():
            with suppress(FileNotFoundError):  # it arrived just now
                if time.time() - path.stat().st_mtime > _STALE:
                    path.unlink()

    def path(self, sha256: str) -> Path:
        """Where the blob is, or would be. Raises ValueError for what is no SHA-256 in lower-case hex."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256")
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def exists(self, sha256: str) -> bool:
        """Whether the blob is here."""
        return self.path(sha256).is_file()

    def open(self, sha256: str) -> BufferedReader:
        """The blob's content. Raises FileNotFoundError."""
        return self.path(sha256).open("rb")

    def put(self, source: bytes | IO[bytes], limit: int | None = None) -> str:
        """Take in a blob; its name when it is safe on the disk. Raises TooLarge beyond ``limit`` bytes."""
        with self.arriving(source, limit) as incoming:
            return self.keep(incoming)

    @contextmanager
    def arriving(self, source: bytes | IO[bytes], limit: int | None = None) -> Iterator[Incoming]:
        """What arrives, as a file that can be looked at and is gone afterwards unless it was kept."""
        path = self._arriving / secrets.token_hex(16)
        try:
            digest, size = hashlib.sha256(), 0
            stream = BytesIO(source) if isinstance(source, bytes) else source
            with path.open("xb") as file:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if limit is not None and size > limit:
                        raise TooLarge(limit)
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            yield Incoming(path, digest.hexdigest(), size)
        finally:
            path.unlink(missing_ok=True)

    def keep(self, incoming: Incoming) -> str:
        """Give an arrived file its name, for ever. The same content again changes nothing."""
        path = self.path(incoming.sha256)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            incoming.path.chmod(0o444)
            incoming.path.replace(path)
        for folder in (path.parent, path.parent.parent, self.folder):
            sync(folder)
        return incoming.sha256

    def blobs(self) -> Iterator[str]:
        """The name of every blob, in order."""
        for outer in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            for inner in sorted(outer.iterdir()):
                yield from sorted(path.name for path in inner.iterdir() if _SHA256.fullmatch(path.name))

    def sound(self, sha256: str) -> bool:
        """Whether the blob is here with the content that its name says."""
        try:
            return digest_of(self.path(sha256)) == sha256
        except FileNotFoundError:
            return False

    def verify(self) -> Iterator[Fault]:
        """Read every blob and tell of each that is not what its name says, and of each file that is none."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_dir() or path.parent == self._arriving:
                continue
            if not _SHA256.fullmatch(path.name) or self.path(path.name) != path:
                yield Fault(path, "is no blob")
            elif not self.sound(path.name):
                yield Fault(path, "does not hold what its name says")
