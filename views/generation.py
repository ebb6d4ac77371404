"""Which generation of views is in use, noticed at every request: one `stat`."""

import sqlite3
import threading
from pathlib import Path

from events.generations import Generations
from views import fold
from views.database import Connection, open_reader
from views.projection import RebuildNeeded
from views.shapes import ViewsMissing

Identity = tuple[int, int]  # device and inode: a path may be used again, an open file's inode cannot

TRIES = 5
MISSING = "there are no views to read: flask views rebuild makes them from the log"


def generations(pointer: Path) -> Generations:
    """The generations beside ``pointer`` (var/views.db): var/views.db.1, var/views.db.2, …"""
    return Generations(pointer, f"{pointer.name}.")


class Handle:
    """A connection to one generation, closed when the last who reads from it lets go of it."""

    def __init__(self, db: Connection, name: str) -> None:
        self.db, self.name = db, name

    def __del__(self) -> None:
        self.db.close()


class Readers:
    """A read-only connection for each thread, always to the generation in use."""

    def __init__(self, made: Generations) -> None:
        self._made = made
        self._local = threading.local()

    def handle(self) -> Handle:
        """This thread's connection. Raises ViewsMissing."""
        seen = identity(self._made)
        if seen is None or getattr(self._local, "identity", None) != seen:
            self._open(seen)
        handle: Handle = self._local.handle
        return handle

    def close(self) -> None:
        """Let go of this thread's connection."""
        self._local.__dict__.clear()

    def _open(self, seen: Identity | None) -> None:
        self.close()
        for _ in range(TRIES):
            path = self._made.current()
            if path is None or seen is None:
                raise ViewsMissing(MISSING)
            try:
                handle = Handle(open_reader(path), f"{path.name.rpartition('.')[2]}.{seen[1]:x}")
                fold.checkpoint(handle.db)
            except RebuildNeeded as error:
                raise ViewsMissing(str(error)) from error
            except sqlite3.DatabaseError as error:
                problem, seen = str(error), identity(self._made)  # replaced while it was being opened, or damaged
                continue
            self._local.handle, self._local.identity = handle, seen
            return
        raise ViewsMissing(f"the views cannot be opened ({problem}): flask rebuild-index makes them anew")


def identity(made: Generations) -> Identity | None:
    """What tells the generation in use from every other; None where there is none."""
    try:
        found = made.pointer.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
