"""The log's Merkle tree as files: ``0`` holds the leaf hashes, ``1`` the root of each whole 256 of them, and so on.

Each file is 32-byte hashes one after another, only ever appended to, so that sealing costs what is new and a proof
reads a few kilobytes however long the log is. Together they take 32.2 bytes an event. They are derived: lost or torn,
they are made again from the log. What is evidence are the signed heads, which the tree has to lead to.
"""

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from events.files import sync
from events.seal import merkle

HASH = 32
BITS = 8  # levels of the tree that one file leaves out, and are hashed again from it
WIDTH = 1 << BITS
_FILES = 5  # 256^5 leaves is a million million


class Tree:
    """The tree in a folder. One process at a time may ``extend`` it (see ``cms/operating/sealer.py``); any may read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._count(0)

    def root(self, size: int) -> bytes:
        """The root of the first ``size`` leaves. Raises ValueError where there are fewer."""
        self._require(size)
        return merkle.root(self._whole, size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """See ``merkle.inclusion``."""
        self._require(size)
        return merkle.inclusion(self._whole, index, size)

    def consistency(self, old: int, size: int) -> list[bytes]:
        """See ``merkle.consistency``."""
        self._require(size)
        return merkle.consistency(self._whole, old, size)

    def leaf(self, index: int) -> bytes:
        """A leaf's hash."""
        return self._whole(0, index)

    def leaves(self, first: int, count: int) -> list[bytes]:
        """Some leaves' hashes."""
        return self._read(0, first, count)

    def leads_to(self, size: int, root: bytes) -> bool:
        """Whether the first ``size`` leaves are there, whole, and have this root."""
        try:
            return self.size >= size and self.root(size) == root
        except (ValueError, OSError):  # a file of it is torn or missing
            return False

    def truncate(self, size: int) -> None:
        """Forget all leaves but the first ``size``, and whatever a crash has left half written."""
        for level in range(_FILES):
            path = self._file(level)
            keep = (size >> BITS * level) * HASH
            if path.exists() and path.stat().st_size > keep:
                with path.open("r+b") as file:
                    file.truncate(keep)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes, durably. Levels that lag behind (a crash, a lost file) are made up for."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.truncate(self.size)
        self._append(0, b"".join(leaves))
        for level in range(1, _FILES):
            have, want = self._count(level), self._count(level - 1) >> BITS
            self._append(level, b"".join(_reduce(self._read(level - 1, n * WIDTH, WIDTH)) for n in range(have, want)))
        sync(self.folder)

    def _whole(self, height: int, index: int) -> bytes:
        level, rest = divmod(height, BITS)
        return _reduce(self._read(level, index << rest, 1 << rest))

    def _read(self, level: int, first: int, count: int) -> list[bytes]:
        with self._file(level).open("rb") as file:
            found = os.pread(file.fileno(), count * HASH, first * HASH)
        if len(found) != count * HASH:
            raise ValueError(f"the tree in {self.folder} ends before leaf {(first + count) << BITS * level:,}")
        return [found[start : start + HASH] for start in range(0, len(found), HASH)]

    def _append(self, level: int, hashes: bytes) -> None:
        if not hashes:
            return
        with self._file(level).open("ab") as file:
            file.write(hashes)
            file.flush()
            os.fsync(file.fileno())

    def _count(self, level: int) -> int:
        try:
            return self._file(level).stat().st_size // HASH
        except FileNotFoundError:
            return 0

    def _require(self, size: int) -> None:
        if size > self.size:
            raise ValueError(f"the tree in {self.folder} has {self.size:,} leaves, not {size:,}")

    def _file(self, level: int) -> Path:
        return self.folder / str(level)


class Still(Tree):
    """A tree that does not grow meanwhile: what many questions have in common is read and hashed once."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._known = lru_cache(256)(super()._whole)

    def _whole(self, height: int, index: int) -> bytes:
        return self._known(height, index)


def _reduce(hashes: list[bytes]) -> bytes:
    """The root of a whole subtree."""
    while len(hashes) > 1:
        hashes = [merkle.node_hash(hashes[n], hashes[n + 1]) for n in range(0, len(hashes), 2)]
    return hashes[0]
