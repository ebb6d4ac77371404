"""Generations in files of SQLite: ``views.db.1``, ``views.db.2``, …, and ``views.db`` is a link to the one in use."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from events.files import sync
from events.generations import Generations
from views.database import Row
from views.engine import BEGUN, MISSING, Handle, Identity, Progress, silent
from views.locks import FileLock, Turn
from views.shapes import ViewsDamaged, ViewsMissing

MARK = "views.damaged"  # beside the files: which of them somebody found to be damaged, and how
DAMAGE = "the views are damaged"
BUSY = 10.0  # seconds to wait for another process's short transaction


class Connection(sqlite3.Connection):
    """The driver's own, and what else views.database.Connection asks for."""

    engine: ClassVar[str] = "sqlite"
    path: Path

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        """Damage is told from every other fault."""
        try:
            return super().execute(sql, values)
        except sqlite3.DatabaseError as error:
            raise self.told(error) from error

    def executemany(self, sql: str, values: Any, /) -> sqlite3.Cursor:
        """The same."""
        try:
            return super().executemany(sql, values)
        except sqlite3.DatabaseError as error:
            raise self.told(error) from error

    def told(self, error: Exception) -> Exception:
        """Damage is written down beside the file, for whoever follows to see to it."""
        if not is_damage(error):
            return error
        with suppress(OSError):
            self.path.with_name(MARK).write_text(f"{self.path.name}\n{error}")
        return ViewsDamaged(f"{DAMAGE} ({error}): flask rebuild-index makes them anew")

    def once(self, sql: str, values: Sequence[Any], /) -> sqlite3.Cursor:
        """SQLite makes its plans without looking at them."""
        return self.execute(sql, values)

    def begin(self) -> None:
        """A deferred BEGIN that must be upgraded later would fail without waiting."""
        self.execute("BEGIN IMMEDIATE")

    def freeze(self) -> None:
        """The snapshot is that of the first read."""
        self.execute("BEGIN")
        self.execute("SELECT 1 FROM checkpoints").fetchone()

    def stream(self, sql: str) -> Iterator[Row]:
        """SQLite reads no further than it is asked to."""
        return self.execute(sql)


class Files:
    """An Engine. Noticing a switch takes one stat."""

    def __init__(self, pointer: Path) -> None:
        """``pointer``: var/views.db. Nothing is opened or made yet."""
        self._made = Generations(pointer, f"{pointer.name}.")
        self._proven: Identity | None = None
        self._lock = pointer.with_name("views.lock")
        self.turn = Turn(FileLock(self._lock))
        self.builds = Turn(FileLock(pointer.with_name("views.rebuild.lock")))
        self.begun = pointer.with_name(BEGUN)

    def untouched(self) -> bool:
        """Views that were deleted left their lock behind."""
        return self._identity() is None and not self._lock.exists()

    def in_use(self) -> bool:
        """The link leads somewhere."""
        return self._identity() is not None

    def reader(self) -> Handle:
        """Read-only, and quick at it."""
        return self._handle(open_reader)

    def writer(self, generation: str | None = None) -> Handle:
        """For the projector."""
        if generation is None:
            return self._handle(open_writer)
        path = self._made.folder / generation
        return Handle(open_writer(path), generation, _identity_of(path))

    def serves(self, handle: Handle) -> bool:
        """A path may be used again, an open file's inode cannot."""
        return handle.identity == self._identity()

    def ailment(self) -> str | None:
        """Somebody met damage, and a look at the whole file proves it; or there is no file."""
        path = self._made.current()
        if path is None:
            return MISSING
        mark = path.with_name(MARK)
        try:
            name, _, why = mark.read_text().partition("\n")
        except OSError:
            return None
        if name == path.name and (self._proven == _identity_of(path) or faulty(path)):
            self._proven = _identity_of(path)
            return f"{DAMAGE} ({why})"
        mark.unlink(missing_ok=True)
        return None

    def faulty(self, generation: str) -> str | None:
        """Reads all of the file."""
        return faulty(self._made.folder / generation)

    def make(
        self, fill: Callable[[Path], object], _progress: Progress = silent, path: Path | None = None
    ) -> str:
        """Built where it will stand."""
        path = path or self._made.new()
        fill(path)
        _to_disk(path)
        return path.name

    def switch(self, generation: str) -> None:
        """Replace the link."""
        self._made.switch(self._made.folder / generation)

    def previous(self) -> str | None:
        """Another link leads to it."""
        path = self._made.previous()
        return path.name if path else None

    def forget_previous(self) -> None:
        """Remove that link."""
        self._made.forget_previous()

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A generation that is never switched to."""
        try:
            yield self._made.new()
        finally:
            self._made.clean()

    def clean(self) -> list[str]:
        """Who still reads from a file that is removed goes on reading it."""
        return [path.name for path in self._made.clean()]

    def forgotten(self) -> bool:
        """Files may be removed while they are read from."""
        return False

    def size(self, generation: str) -> int:
        """Of the file, without what waits in its write-ahead log."""
        return (self._made.folder / generation).stat().st_size

    def close(self) -> None:
        """Nothing is kept open."""

    def _identity(self) -> Identity | None:
        try:
            return _identity_of(self._made.pointer)
        except OSError:
            return None

    def _handle(self, opened: Callable[[Path], Connection]) -> Handle:
        seen, path = self._identity(), self._made.current()
        if seen is None or path is None:
            raise ViewsMissing(MISSING)
        return Handle(opened(path), path.name, seen)


def _identity_of(path: Path) -> Identity:
    found = path.stat()
    return found.st_dev, found.st_ino


def is_damage(error: Exception) -> bool:
    """Whether it means that a file is not what was written."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or code in (
        sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ
    )  # fmt: skip


def faulty(path: Path) -> str | None:
    """What is wrong with a database file, in a word; every page is looked at."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY)) as db:
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error) if is_damage(error) else None
    return None if found == "ok" else str(found)


def open_build(path: Path) -> Connection:
    """A database that nobody reads yet: as fast as can be, but whole after a kill, to be gone on with."""
    return _open(
        path, "", "journal_mode=TRUNCATE", "synchronous=OFF", "locking_mode=EXCLUSIVE", "temp_store=MEMORY",
        "cache_size=-65536",
    )  # fmt: skip


def open_writer(path: Path) -> Connection:
    """The projector's connection. What a power cut may take of it, the log still has: synchronous=NORMAL."""
    return _open(
        path, "rw", "journal_mode=WAL", "synchronous=NORMAL", "cache_size=-32768",
        "temp_store=MEMORY", "journal_size_limit=67108864", "wal_autocheckpoint=2000",
    )  # fmt: skip


def open_reader(path: Path) -> Connection:
    """A connection that can only read."""
    return _open(path, "ro", "query_only=ON", "cache_size=-16384", "mmap_size=268435456")


def _open(path: Path, mode: str, *pragmas: str) -> Connection:
    place = f"{path.absolute().as_uri()}?mode={mode}" if mode else str(path)
    db = sqlite3.connect(
        place, uri=bool(mode), isolation_level=None, check_same_thread=False, timeout=BUSY,
        cached_statements=256, factory=Connection,
    )  # fmt: skip
    db.path = path
    try:
        for pragma in pragmas:
            db.execute(f"PRAGMA {pragma}")
    except BaseException:
        db.close()
        raise
    return db


def _to_disk(path: Path) -> None:
    """From here on it is a database like any other, and on the disk."""
    open_writer(path).close()
    sync(path)
    sync(path.parent)
