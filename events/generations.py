"""Derived things on disk, built aside and switched to in one step.

``<name>.<n>`` are the generations, ``<name>`` is a symbolic link to the one in use. Replacing a link is atomic
(POSIX rename), so whoever reads it finds the old generation or the new one, never half of either.
"""

import os
import re
import shutil
from pathlib import Path


class Generations:
    """Numbered builds of one derived thing: files (``views.db.3``) or folders (``index/3``)."""

    def __init__(self, pointer: Path, prefix: str = "") -> None:
        """``pointer``: the link itself. ``prefix``: what a generation's name begins with, before its number."""
        self.pointer = pointer
        self.folder = pointer.parent
        self._name = re.compile(re.escape(prefix) + r"(\d+)$")
        self._prefix = prefix

    def current(self) -> Path | None:
        """The generation in use, or None where there is none. One readlink and one stat."""
        try:
            target = self.folder / os.readlink(self.pointer)
        except OSError:
            return None
        return target if target.exists() else None

    def new(self) -> Path:
        """A path that no generation had before; nothing is made there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        numbers = [number for number, _ in self._all()]
        return self.folder / f"{self._prefix}{max(numbers, default=0) + 1}"

    def switch(self, generation: Path) -> None:
        """Make ``generation`` the one in use."""
        aside = self.pointer.with_name(f".{self.pointer.name}.{os.getpid()}")
        aside.unlink(missing_ok=True)
        aside.symlink_to(generation.name)
        os.replace(aside, self.pointer)
        sync_folder(self.folder)

    def litter(self) -> list[Path]:
        """Everything of ours that is not in use: old generations, and builds that were killed half-way."""
        current = self.current()
        kept = current.name if current else None
        return [path for _, path in self._all() if path.name.removesuffix("-wal").removesuffix("-shm") != kept]

    def clean(self) -> list[Path]:
        """Remove what is not in use, and say what that was."""
        gone = self.litter()
        for path in gone:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return gone

    def _all(self) -> list[tuple[int, Path]]:
        found = []
        if self.folder.is_dir():
            for path in self.folder.iterdir():
                match = self._name.match(path.name.removesuffix("-wal").removesuffix("-shm"))
                if match and path != self.pointer:
                    found.append((int(match[1]), path))
        return sorted(found)


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
