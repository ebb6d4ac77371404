"""Files of which others see all or nothing, and what of a file is on the disk."""

import hashlib
import os
from pathlib import Path


def sync(path: Path) -> None:
    """Make a file's content, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(folder: Path) -> None:
    """The same for everything in a folder, and their names."""
    for path in (*folder.rglob("*"), folder):
        sync(path)


def write(path: Path, data: bytes) -> None:
    """Put a file in place, or in another's: who reads it sees all of it or what was there before. Not synced."""
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(data)
    aside.replace(path)


def digest_of(path: Path) -> str:
    """The SHA-256 of its bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
