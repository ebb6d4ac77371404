"""Derived things on disk, built aside and switched to in one step.

``<name>.<n>`` are the generations, ``<name>`` is a symbolic link to the one in use, ``<name>.previous`` one to that
which was in use before. Replacing a link is atomic (POSIX rename), so whoever reads it finds the old generation or the
new one, never half of either.
"""

import os
import re
import shutil
from pathlib import Path

from events.files import sync

RESERVE = 256 << 20  # bytes that must be free for what is unfinished to be kept
_BESIDE = re.compile(r"-(wal|shm|journal)$")  # what SQLite keeps beside a file


class NothingBefore(Exception):
    """There is no generation from before the last rebuild to go back to."""


class Generations:
    """Numbered builds of one derived thing: files (``views.db.3``) or folders (``index/3``)."""

    def __init__(self, pointer: Path, prefix: str = "") -> None:
        """``pointer``: the link itself. ``prefix``: what a generation's name begins with, before its number."""
        self.pointer = pointer
        self.folder = pointer.parent
        self._before = pointer.with_name(f"{pointer.name}.previous")
        self._name = re.compile(re.escape(prefix) + r"(\d+)$")
        self._prefix = prefix

    def current(self) -> Path | None:
        """The generation in use, or None where there is none. One readlink and one stat."""
        return self._target(self.pointer)

    def previous(self) -> Path | None:
        """The generation that was in use before it, kept should anybody want it back; None where there is none."""
        before = self._target(self._before)
        return None if before == self.current() else before

    def new(self) -> Path:
        """A path that no generation had before; nothing is made there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        numbers = [number for number, _ in self._all()]
        return self.folder / f"{self._prefix}{max(numbers, default=0) + 1}"

    def switch(self, generation: Path) -> None:
        """Make ``generation`` the one in use. What was until now becomes the previous one."""
        current = self.current()
        if current is not None and current != generation:
            self._link(self._before, current)
        self._link(self.pointer, generation)
        sync(self.folder)

    def forget_previous(self) -> None:
        """It will not be wanted any more: the next ``clean`` removes it."""
        self._before.unlink(missing_ok=True)

    def litter(self) -> list[Path]:
        """Everything of ours that nobody needs: old generations, and builds that were killed half-way."""
        kept = {path.name for path in (self.current(), self.previous()) if path}
        return [path for _, path in self._all() if _BESIDE.sub("", path.name) not in kept]

    def clean(self) -> list[Path]:
        """Remove what is not in use, and say what that was."""
        gone = self.litter()
        for path in gone:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        return gone

    def _target(self, link: Path) -> Path | None:
        try:
            target = self.folder / os.readlink(link)
        except OSError:
            return None
        return target if target.exists() else None

    def _link(self, link: Path, target: Path) -> None:
        aside = link.with_name(f".{link.name}.{os.getpid()}")
        aside.unlink(missing_ok=True)
        aside.symlink_to(target.name)
        os.replace(aside, link)

    def _all(self) -> list[tuple[int, Path]]:
        found = []
        if self.folder.is_dir():
            for path in self.folder.iterdir():
                match = self._name.match(_BESIDE.sub("", path.name))
                if match and path != self.pointer:
                    found.append((int(match[1]), path))
        return sorted(found)


def room_to_keep(folder: Path) -> bool:
    """Whether something unfinished may stay for another try: on a full disk the newsroom has to write first."""
    return shutil.disk_usage(folder).free >= RESERVE
