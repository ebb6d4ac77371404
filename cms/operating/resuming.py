"""How far a rebuild has come, in ``<var>/rebuild.json``, for ``flask rebuild-index --resume``.

What is left within a part is known to views and index themselves (views/unfinished.py, search/resuming.py); here stands
which parts were to be made, and which are done: they are left alone as long as what they made serves.
"""

from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from events import files
from search import resuming
from search.index import Index
from search.rebuilding import Rebuilt
from views import Views

Only = Literal["views", "index"]
NAME = "rebuild.json"


class Run(msgspec.Struct, kw_only=True):
    """One rebuild. done: part → the generation that was made of it."""

    only: Only | None = None
    done: dict[str, str] = {}


class Unfinished:
    """The rebuild of one Daybook that has not come to its end."""

    def __init__(self, var: Path) -> None:
        self._path = var / NAME
        self.run = Run()

    def begin(self, only: Only | None) -> None:
        """A new one; what was left of another is not gone on with."""
        self.run = Run(only=only)
        self._write()

    def take_up(self) -> bool:
        """Go on with the one that was left; False where there is none that can be read."""
        with suppress(OSError, msgspec.MsgspecError):
            self.run = msgspec.json.decode(self._path.read_bytes(), type=Run)
            return True
        return False

    def has(self, part: str, generation: str | None) -> bool:
        """Whether a part is done, and this generation of it, which serves, is what was made."""
        return generation is not None and self.run.done.get(part) == generation

    def did(self, part: str, generation: str) -> None:
        """A part is done."""
        self.run.done[part] = generation
        self._write()

    def left(self, views: Views, *indexes: Index) -> bool:
        """Whether --resume has anything to go on with: a part that is done, or one of these that was kept half-way."""
        noted = any(resuming.noted(index.generations) for index in indexes)
        return bool(self.run.done) or views.unfinished() or noted

    def end(self) -> None:
        """All of it is."""
        self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        files.write(self._path, msgspec.json.encode(self.run))


def served(index: Index) -> Rebuilt | None:
    """The generation of an index that serves, as what a rebuild made that had nothing left to do."""
    folder, standing = index.generations.current(), index.status()
    if folder is None or not standing.usable:
        return None
    return Rebuilt(folder, standing.documents, standing.position, 0.0, standing.documents)
