"""Generations in PostgreSQL: the schemas ``views_1``, ``views_2``, …, and a row of ``views.serving`` names the one in
use. Where the address names another schema than ``public`` for the newsroom, its name stands before theirs.

No table is ever renamed. Whoever reads from a generation holds a shared advisory lock on its number for as long, so
that it is removed only when the last one has let go of it, on whatever machine.
"""

import logging
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from views.advisory import AdvisoryLock, Keeper
from views.database import create_indexes, create_tables, indexes
from views.engine import BEGUN, MISSING, Handle, Identity, Progress, silent
from views.locks import Turn
from views.postgres import Away, Connection
from views.projection import RebuildNeeded, checkpoints, stamps
from views.projections import TABLES
from views.shapes import ViewsMissing
from views.sqlite import open_reader

_log = logging.getLogger(__name__)

TURN, BUILDS = 0, -1  # halves of an advisory lock's key, the other one is the newsroom's; generations: their numbers
TRIES = 5
WAIT = "2s"  # for a backup, say, that reads a generation which is to be removed; else the next run removes it
ASIDE = "views.aside"  # what the names of files begin with that are built before they are copied
EVERY = (checkpoints, stamps, *TABLES)

_BEGIN = """
CREATE SCHEMA IF NOT EXISTS {0};
CREATE TABLE IF NOT EXISTS {0}.serving (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), generation bigint NOT NULL, token bigint NOT NULL, previous bigint
);
CREATE SEQUENCE IF NOT EXISTS {0}.generations
"""
_SWITCH = """
INSERT INTO {0}.serving (generation, token) VALUES ($1, $2)
ON CONFLICT (one) DO UPDATE SET generation = excluded.generation, token = excluded.token,
  previous = CASE serving.generation WHEN excluded.generation THEN serving.previous ELSE serving.generation END
"""
_FORGET = "UPDATE {0}.serving SET previous = NULL"
_SCHEMAS = r"SELECT nspname FROM pg_namespace WHERE nspname ~ $1 ORDER BY length(nspname), nspname"
_EXTENSIONS = """
SELECT extname, nspname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
WHERE extname = 'pg_trgm' AND has_schema_privilege(extnamespace, 'USAGE')
"""
_SLOWER = (
    "Searching at the desk reads every story: the extension pg_trgm is not in this database, or this role may not use "
    "the schema that it is in. Nothing else needs it (docs/operations.md, The views in PostgreSQL)."
)
_SIZE = """
SELECT coalesce(sum(pg_total_relation_size(pg_class.oid)), 0)::bigint FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE relkind = 'r' AND nspname = $1
"""


class Schemas:
    """An Engine."""

    def __init__(self, url: str, folder: Path) -> None:
        """``folder``: for the files that are built before they are copied. Nothing is opened or made yet."""
        self._url, self._folder = url, folder
        self._keeper = Keeper(url)
        self.turn = Turn(AdvisoryLock(self._keeper, TURN))
        self.builds = Turn(AdvisoryLock(self._keeper, BUILDS))
        self.begun = folder / BEGUN

    def untouched(self) -> bool:
        """Views that were deleted left the table behind that names the one in use."""
        return self._keeper.one("SELECT to_regclass($1) IS NULL", f"{_quoted(self._home)}.serving")[0] is True

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
                db.execute("SELECT pg_advisory_lock_shared($1, $2)", (self._keeper.locks, serving[0]))
                if serving == self._serving(db):
                    return self._bound(db, serving)
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
        return self._bound(db, serving)

    def serves(self, handle: Handle) -> bool:
        """One question; where the connection was lost meanwhile, it serves no more."""
        assert isinstance(handle.db, Connection)
        try:
            return handle.db.alive() and self._serving(handle.db) == handle.identity
        except Away:
            return False

    def ailment(self) -> str | None:
        """PostgreSQL looks after its own files."""
        return None

    def faulty(self, _generation: str) -> str | None:
        """As well."""
        return None

    def make(
        self, fill: Callable[[Path], object], progress: Progress = silent, path: Path | None = None
    ) -> str:
        """Built as a file, then copied in one transaction: a copy that is killed was never there."""
        path = path or self._aside()
        fill(path)
        with closing(Connection(self._url, statement_timeout="0")) as db:
            db.execute(_BEGIN.format(_quoted(self._home)))
            number = db.execute(f"SELECT nextval('{_quoted(self._home)}.generations')").fetchone()[0]
            generation = f"{self._home}_{number}"
            _copy(path, db, _quoted(generation), progress)
        _remove(path)
        return generation

    def switch(self, generation: str) -> None:
        """One row."""
        self._keeper.db().execute(
            _SWITCH.format(_quoted(self._home)), (_number(generation), secrets.randbits(62))
        )

    def previous(self) -> str | None:
        """It stands in the same row."""
        try:
            row = self._keeper.db().execute(f"SELECT previous FROM {_quoted(self._home)}.serving", ()).fetchone()
        except RebuildNeeded:
            return None  # there never was one
        name = f"{self._home}_{row[0]}" if row and row[0] else None
        return name if name in self._all() else None

    def forget_previous(self) -> None:
        """Empty that column."""
        if self.in_use():
            self._keeper.db().execute(_FORGET.format(_quoted(self._home)), ())

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A file that is a process's own."""
        path = self._aside()
        try:
            yield path
        finally:
            _remove(path)

    def _aside(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f"{ASIDE}.{uuid4().hex[:12]}"

    def clean(self) -> list[str]:
        """What somebody still reads from stays until the next time."""
        litter = list(self._folder.glob(f"{ASIDE}.*"))
        for path in litter:
            path.unlink(missing_ok=True)
        return [*(path.name for path in litter), *[name for name in self._unneeded() if self._drop(name)]]

    def forgotten(self) -> bool:
        """There are more than are needed."""
        return bool(self._unneeded())

    def _unneeded(self) -> list[str]:
        serving = self._serving(self._keeper.db())
        kept = {self.previous(), f"{self._home}_{serving[0]}" if serving else None}
        return [name for name in self._all() if name not in kept]

    def size(self, generation: str) -> int:
        """Tables and indexes."""
        return int(self._keeper.one(_SIZE, generation)[0])

    def close(self) -> None:
        """The locks' connection."""
        self._keeper.close()

    @property
    def _home(self) -> str:
        return self._keeper.home

    def _all(self) -> list[str]:
        rows = self._keeper.db().execute(_SCHEMAS, (f"^{re.escape(self._home)}_[0-9]+$",)).fetchall()
        return [row[0] for row in rows]

    def _serving(self, db: Connection) -> Identity | None:
        try:
            row: Identity | None = db.execute(self._asked, ()).fetchone()
        except RebuildNeeded:
            return None  # there never was one
        return row

    @cached_property
    def _asked(self) -> str:
        return f"SELECT generation, token FROM {_quoted(self._home)}.serving"

    def _bound(self, db: Connection, serving: Identity) -> Handle:
        generation = f"{self._home}_{serving[0]}"
        db.execute(f"SET search_path TO {_quoted(generation)}")
        return Handle(db, generation, serving)

    def _drop(self, generation: str) -> bool:
        with closing(Connection(self._url, lock_timeout=WAIT)) as db:
            try:
                db.execute("BEGIN")
                key = self._keeper.locks, _number(generation)
                if not db.execute("SELECT pg_try_advisory_xact_lock($1, $2)", key).fetchone()[0]:
                    return False
                db.execute(f"DROP SCHEMA {_quoted(generation)} CASCADE; COMMIT")
            except Away:
                return False
        return True


def _remove(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):  # and what SQLite keeps beside it
        file.unlink(missing_ok=True)


def _number(generation: str) -> int:
    return int(generation.rpartition("_")[2])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _copy(path: Path, db: Connection, schema: str, progress: Progress) -> None:
    """Everything in the file into a schema of its own, and its indexes."""
    with closing(open_reader(path)) as built:
        db.execute(f"BEGIN; CREATE SCHEMA {schema}; SET LOCAL search_path TO {schema}")
        create_tables(db, EVERY)
        for number, table in enumerate(EVERY, start=1):
            names = [column.name for column in table.columns]
            order = ", ".join(column.name for column in table.primary_key.columns)
            rows = built.stream(f"SELECT {', '.join(names)} FROM {table.name} ORDER BY {order}")
            db.copy_in(table.name, names, rows)
            progress("tables", number, len(EVERY) + 1)
        extensions: dict[str, str] = dict(db.execute(_EXTENSIONS, ()).fetchall())
        if not extensions:
            _log.warning(_SLOWER)
        db.execute(f"SET LOCAL search_path TO {', '.join([schema, *map(_quoted, extensions.values())])}")
        create_indexes(db, indexes(EVERY, db.engine, extensions))
        db.execute("COMMIT")
    db.execute(f"SET search_path TO {schema}")
    for table in EVERY:
        db.execute(f"ANALYZE {table.name}")
    progress("tables", len(EVERY) + 1, len(EVERY) + 1)
