"""What is kept of the seal: a folder, apart from the log, with its Merkle tree and every head that was signed.

``heads`` has a signed head a line (a JSON string of the note), oldest first; ``tree/`` is derived. The folder is the
same for a log on SQLite and on PostgreSQL, and is best on another disk or machine than the log: then whoever can
rewrite the one cannot rewrite the other.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from events.files import sync
from events.seal.heads import LONGEST, TreeHead, Unsigned, read
from events.seal.tree import Tree

_note = msgspec.json.Decoder(str)


class Seals:
    """The seals in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tree = Tree(folder / "tree")
        self.file = folder / "heads"

    def heads(self) -> Iterator[TreeHead]:
        """Every head, oldest first; what a crash has left half written is none. Raises Unsigned for another line."""
        text = self.file.read_text(encoding="utf-8") if self.file.exists() else ""
        if whole := text[: text.rfind("\n") + 1]:
            yield from read_heads(whole)

    def latest(self) -> TreeHead | None:
        """The newest head, whatever a crash has left half written after it."""
        try:
            with self.file.open("rb") as file:
                file.seek(max(0, self.file.stat().st_size - 2 * LONGEST))
                lines = file.read().split(b"\n")
        except FileNotFoundError:
            return None
        whole = [line for line in lines[:-1] if line]
        return read(_decoded(whole[-1])) if whole else None

    def keep(self, head: TreeHead) -> None:
        """Add a head, durably."""
        self.folder.mkdir(parents=True, exist_ok=True)
        append_head(self.file, head)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Only one process seals at a time; others wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def append_head(path: Path, head: TreeHead) -> None:
    """Add a head's line to a file, durably; what a crash has left half written is cut off first."""
    with path.open("a+b") as file:
        begin = max(0, file.tell() - 2 * LONGEST)
        file.seek(begin)
        text = file.read()
        if text and not text.endswith(b"\n"):
            file.truncate(begin + text.rfind(b"\n") + 1)
        file.write(msgspec.json.encode(head.note) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    sync(path.parent)


def read_heads(text: str) -> list[TreeHead]:
    """The heads in a file: one note as it is, or a line each, as they are kept. Raises Unsigned."""
    if not text.lstrip().startswith('"'):
        return [read(text)]
    return [read(_decoded(line.encode())) for line in text.splitlines() if line.strip()]


def _decoded(line: bytes) -> str:
    try:
        return _note.decode(line)
    except msgspec.DecodeError as error:
        raise Unsigned(f"this is not a file of heads: {error}") from error
