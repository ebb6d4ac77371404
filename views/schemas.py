"""Generations in PostgreSQL: the schemas ``views_1``, ``views_2``, …, and a row of ``views.serving`` names the one in
use.

No table is ever renamed. Whoever reads from a generation holds a shared advisory lock on its number for as long, so
that it is removed only when the last one has let go of it, on whatever machine.
"""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from views.database import create_indexes, create_tables, indexes
from views.engine import MISSING, Handle, Identity, Progress, silent
from views.locks import Turn
from views.postgres import Away, Connection
from views.projection import RebuildNeeded, checkpoints, stamps
from views.projections import TABLES
from views.shapes import ViewsMissing
from views.sqlite import open_reader

LOCKS = 0x44_42_56  # the first half of every advisory lock's key: "DBV"
TURN, BUILDS = 0, -1  # the second half; those of generations are their numbers
TRIES = 5
WAIT = "2s"  # for a backup, say, that reads a generation which is to be removed; else the next run removes it
ASIDE = "views.aside"  # what the names of files begin with that are built before they are copied
EVERY = (checkpoints, stamps, *TABLES)

_BEGIN = """
CREATE SCHEMA IF NOT EXISTS views;
CREATE TABLE IF NOT EXISTS views.serving (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), generation bigint NOT NULL, token bigint NOT NULL
);
CREATE SEQUENCE IF NOT EXISTS views.generations
"""
_SERVING = "SELECT generation, token FROM views.serving"
_SWITCH = """
INSERT INTO views.serving (generation, token) VALUES ($1, $2)
ON CONFLICT (one) DO UPDATE SET generation = excluded.generation, token = excluded.token
"""
_SCHEMAS = r"SELECT nspname FROM pg_namespace WHERE nspname ~ '^views_\d+$' ORDER BY length(nspname), nspname"
_SIZE = """
SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0)::bigint FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE relkind = 'r' AND nspname = $1
"""


class Keeper:
    """The process's own connection, to no generation: it holds the locks, and is opened again when it is lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._db: Connection | None = None
        self._lock = threading.Lock()

    def db(self) -> Connection:
        """It, open. Raises Away."""
        with self._lock:
            if self._db is None or not self._db.alive():
                self._db = Connection(self._url)
            return self._db

    def close(self) -> None:
        """Let go of it."""
        with self._lock:
            if self._db is not None:
                self._db.close()
            self._db = None


class AdvisoryLock:
    """A Lock that every machine sees. The server takes it from whoever dies."""

    def __init__(self, keeper: Keeper, key: int) -> None:
        self._keeper, self._key = keeper, key
        self._held: Connection | None = None

    def seize(self) -> bool:
        """Ask for it."""
        db = self._keeper.db()
        if db.execute("SELECT pg_try_advisory_lock($1, $2)", (LOCKS, self._key)).fetchone()[0]:
            self._held = db
        return self._held is not None

    def release(self) -> None:
        """Where the connection is lost, so is the lock."""
        held, self._held = self._held, None
        if held is not None and held.alive():
            with suppress(Away):
                held.execute("SELECT pg_advisory_unlock($1, $2)", (LOCKS, self._key))


class Schemas:
    """An Engine."""

    def __init__(self, url: str, folder: Path) -> None:
        """``folder``: for the files that are built before they are copied. Nothing is opened or made yet."""
        self._url, self._folder = url, folder
        self._keeper = Keeper(url)
        self.turn = Turn(AdvisoryLock(self._keeper, TURN))
        self.builds = Turn(AdvisoryLock(self._keeper, BUILDS))

    def untouched(self) -> bool:
        """Views that were deleted left the table behind that names the one in use."""
        return self._keeper.db().execute("SELECT to_regclass('views.serving') IS NULL", ()).fetchone()[0] is True

    def in_use(self) -> bool:
        """There is a row."""
        return self._serving(self._keeper.db()) is not None

    def reader(self) -> Handle:
        """It holds the generation for as long as it is open."""
        db = Connection(self._url, default_transaction_read_only="on")
        try:
            for _ in range(TRIES):
                serving = self._serving(db)
                if serving is None:
                    raise ViewsMissing(MISSING)
                db.execute("SELECT pg_advisory_lock_shared($1, $2)", (LOCKS, serving[0]))
                if serving == self._serving(db):
                    return _bound(db, serving)
            raise Away("the views in PostgreSQL are replaced faster than they can be read")
        except BaseException:
            db.close()
            raise

    def writer(self, generation: str | None = None) -> Handle:
        """What a power cut takes of its last commits, the log still has.

        It does not hold the generation: whoever has the turn asks first whether that is still the one in use.
        """
        db = Connection(self._url, synchronous_commit="off")
        serving = self._serving(db) if generation is None else (_number(generation), 0)
        if serving is None:
            db.close()
            raise ViewsMissing(MISSING)
        return _bound(db, serving)

    def serves(self, handle: Handle) -> bool:
        """One question; where the connection was lost meanwhile, it serves no more."""
        assert isinstance(handle.db, Connection)
        try:
            return handle.db.alive() and self._serving(handle.db) == handle.identity
        except Away:
            return False

    def make(self, fill: Callable[[Path], object], progress: Progress = silent) -> str:
        """Built as a file, then copied in one transaction: a copy that is killed was never there."""
        with self.scratch() as path:
            fill(path)
            with closing(Connection(self._url)) as db:
                db.execute(_BEGIN)
                generation = _name(db.execute("SELECT nextval('views.generations')").fetchone()[0])
                _copy(path, db, generation, progress)
        return generation

    def switch(self, generation: str) -> None:
        """One row."""
        self._keeper.db().execute(_SWITCH, (_number(generation), secrets.randbits(62)))

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A file that is a process's own."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{ASIDE}.{uuid4().hex[:12]}"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def clean(self) -> list[str]:
        """What somebody still reads from stays until the next time."""
        litter = list(self._folder.glob(f"{ASIDE}.*"))
        for path in litter:
            path.unlink(missing_ok=True)
        db = self._keeper.db()
        serving = self._serving(db)
        names = [row[0] for row in db.execute(_SCHEMAS, ()).fetchall()]
        gone = [name for name in names if (serving is None or _number(name) != serving[0]) and self._drop(name)]
        return [*(path.name for path in litter), *gone]

    def forgotten(self) -> bool:
        """There is more than one."""
        return len(self._keeper.db().execute(_SCHEMAS, ()).fetchall()) > 1

    def size(self, generation: str) -> int:
        """Tables and indexes."""
        return int(self._keeper.db().execute(_SIZE, (generation,)).fetchone()[0])

    def close(self) -> None:
        """The locks' connection."""
        self._keeper.close()

    def _serving(self, db: Connection) -> Identity | None:
        try:
            row: Identity | None = db.execute(_SERVING, ()).fetchone()
        except RebuildNeeded:
            return None  # there never was one
        return row

    def _drop(self, generation: str) -> bool:
        with closing(Connection(self._url, lock_timeout=WAIT)) as db:
            try:
                db.execute("BEGIN")
                held = db.execute("SELECT pg_try_advisory_xact_lock($1, $2)", (LOCKS, _number(generation)))
                if not held.fetchone()[0]:
                    return False
                db.execute(f"DROP SCHEMA {generation} CASCADE")
                db.execute("COMMIT")
            except Away:
                return False
        return True


def _name(number: int) -> str:
    return f"views_{number}"


def _number(generation: str) -> int:
    return int(generation.removeprefix("views_"))


def _bound(db: Connection, serving: Identity) -> Handle:
    generation = _name(serving[0])
    db.execute(f"SET search_path TO {generation}")
    return Handle(db, generation, serving)


def _copy(path: Path, db: Connection, generation: str, progress: Progress) -> None:
    """Everything in the file into a schema of its own, and its indexes."""
    with closing(open_reader(path)) as built:
        db.execute(f"BEGIN; CREATE SCHEMA {generation}; SET LOCAL search_path TO {generation}")
        create_tables(db, EVERY)
        for number, table in enumerate(EVERY, start=1):
            names = [column.name for column in table.columns]
            order = ", ".join(column.name for column in table.primary_key.columns)
            rows = built.stream(f"SELECT {', '.join(names)} FROM {table.name} ORDER BY {order}")
            db.copy_in(table.name, names, rows)
            progress("tables", number, len(EVERY) + 1)
        create_indexes(db, indexes(EVERY, db.engine))
        db.execute("COMMIT")
    db.execute(f"SET search_path TO {generation}")
    for table in EVERY:
        db.execute(f"ANALYZE {table.name}")
    progress("tables", len(EVERY) + 1, len(EVERY) + 1)
