"""What the views need of whatever keeps their generations: files (views/sqlite.py), or schemas of a PostgreSQL
(views/schemas.py)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from views.database import Connection
from views.locks import Turn

Identity = tuple[int, int]  # tells a generation from every other there ever was

Progress = Callable[[str, int, int], None]
"""Told the phase ('events', 'pages', 'tables'), how much of it is done, and how much there is."""

MISSING = "there are no views to read: flask views rebuild makes them from the log"
BEGUN = "views.building"  # what is written down of a build on its way (views/unfinished.py)


def silent(_phase: str, _done: int, _total: int) -> None:
    """Progress for nobody."""


class Handle:
    """A connection to one generation, closed when the last who holds it lets go of it."""

    def __init__(self, db: Connection, generation: str, identity: Identity) -> None:
        self.db, self.generation, self.identity = db, generation, identity
        self.name = f"{generation.rpartition('.')[2]}.{identity[1]:x}"

    def close(self) -> None:
        """Do not wait for that."""
        self.db.close()

    def __del__(self) -> None:
        self.db.close()


class Engine(Protocol):
    """Generations of views, one of them in use."""

    turn: Turn  # whose it is to bring the generation in use forward
    builds: Turn  # whose it is to make another one aside
    begun: Path  # where it is written down that one is being made

    def untouched(self) -> bool:
        """Whether there never were views here."""

    def in_use(self) -> bool:
        """Whether there is a generation to read."""

    def reader(self) -> Handle:
        """A connection to the generation in use that can only read. Raises ViewsMissing, or one of DAMAGED."""

    def writer(self, generation: str | None = None) -> Handle:
        """One that can write, to the generation in use where no other is named. Raises as ``reader``."""

    def serves(self, handle: Handle) -> bool:
        """Whether that is still the generation in use, and can be asked. Asked at every request."""

    def ailment(self) -> str | None:
        """Why the generation in use cannot be read: there is none, or it is damaged. None as well where only others
        than Daybook could mend it."""

    def faulty(self, generation: str) -> str | None:
        """What is wrong with a generation, where that can be seen by looking at all of it."""

    def make(
        self, fill: Callable[[Path], object], progress: Progress = silent, path: Path | None = None
    ) -> str:
        """A new generation, not yet in use: what ``fill`` makes as an SQLite file. Its name.

        ``path``: of a file that was begun earlier. Where this fails, what is there of the file stays until ``clean``.
        """

    def switch(self, generation: str) -> None:
        """Make that one the generation in use, in one step. What was until now becomes the previous one."""

    def previous(self) -> str | None:
        """The generation that was in use before; it is kept, but not brought forward."""

    def forget_previous(self) -> None:
        """It will not be wanted any more: ``clean`` may remove it."""

    def scratch(self) -> AbstractContextManager[Path]:
        """Where an SQLite file may be built that nobody but the builder reads; gone afterwards."""

    def clean(self) -> list[str]:
        """Remove every generation that nobody needs any more, and what builds that were killed left; their names.

        Only for whoever has the turn of ``builds``.
        """

    def forgotten(self) -> bool:
        """Whether something was left by ``clean`` because somebody read from it. Asked now and then."""

    def size(self, generation: str) -> int:
        """Bytes."""

    def close(self) -> None:
        """Let go of what is open."""
