"""One generation's database: how it is opened, and how Core statements run on the driver's own connection.

SQLAlchemy owns the tables and writes the SQL; a statement is compiled once and then goes straight to the driver,
since compiling and wrapping rows would cost more than the queries themselves.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, Index, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.elements import ClauseElement

Connection = sqlite3.Connection
Row = tuple[Any, ...]
DIALECT = sqlite.dialect(paramstyle="qmark")
BUSY = 10.0  # seconds to wait for another process's short transaction


class Prepared:
    """A Core statement, compiled at its first use. Values are given by the names of its bindparams."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self.sql = ""
        self._names: tuple[str, ...] = ()
        self._fixed: dict[str, Any] = {}

    def run(self, db: Connection, **values: Any) -> sqlite3.Cursor:
        """Execute it."""
        if not self.sql:
            self._compile()
        fixed = self._fixed
        return db.execute(self.sql, [values[name] if name in values else fixed[name] for name in self._names])

    def one(self, db: Connection, **values: Any) -> Row | None:
        """The first row, or None."""
        row: Row | None = self.run(db, **values).fetchone()
        return row

    def all(self, db: Connection, **values: Any) -> list[Row]:
        """Every row."""
        return self.run(db, **values).fetchall()

    def many(self, db: Connection, values: Iterable[Sequence[Any]]) -> None:
        """Execute it for each of many tuples, their values in the order in which they stand in the SQL."""
        if not self.sql:
            self._compile()
        db.executemany(self.sql, values)

    def _compile(self) -> None:
        assert isinstance(self._statement, ClauseElement)
        compiled = self._statement.compile(dialect=DIALECT)
        self._names = tuple(getattr(compiled, "positiontup", None) or ())
        self._fixed = dict(compiled.params)
        self.sql = str(compiled)


def by_count(make: Callable[[int], Executable]) -> Callable[[int], Prepared]:
    """Statements that differ only in how many values an IN list has, each made and compiled once."""

    @cache
    def prepared(count: int) -> Prepared:
        return Prepared(make(count))

    return prepared


def chunks(values: Sequence[Any], size: int = 256) -> Iterable[Sequence[Any]]:
    """The values in pieces that fit into one statement."""
    return (values[start : start + size] for start in range(0, len(values), size))


def create_tables(db: Connection, tables: Iterable[Table]) -> None:
    """Make tables, without their indexes."""
    for table in tables:
        db.execute(ddl([table]))


def ddl(tables: Iterable[Table]) -> str:
    """The SQL that makes these tables."""
    return "\n".join(str(CreateTable(table).compile(dialect=DIALECT)) for table in tables)


def indexes(tables: Iterable[Table]) -> list[Index]:
    """The tables' indexes, by name."""
    return sorted((index for table in tables for index in table.indexes), key=lambda index: str(index.name))


def create_indexes(db: Connection, wanted: Iterable[Index]) -> None:
    """Make indexes."""
    for index in wanted:
        db.execute(str(CreateIndex(index).compile(dialect=DIALECT)))


def open_build(path: Path) -> Connection:
    """A database that nobody reads yet: as fast as can be; a crash leaves litter, never half a generation."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in (
        "journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "temp_store=MEMORY", "cache_size=-65536",
    ):  # fmt: skip
        db.execute(f"PRAGMA {pragma}")
    return db


def open_writer(path: Path) -> Connection:
    """The projector's connection. What a power cut may take of it, the log still has: synchronous=NORMAL."""
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, check_same_thread=False)
    for pragma in (
        "journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={int(BUSY * 1000)}", "cache_size=-32768",
        "temp_store=MEMORY", "journal_size_limit=67108864", "wal_autocheckpoint=2000",
    ):  # fmt: skip
        db.execute(f"PRAGMA {pragma}")
    return db


def open_reader(path: Path) -> Connection:
    """A connection that can only read."""
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False,
        cached_statements=256,
    )  # fmt: skip
    for pragma in ("query_only=ON", f"busy_timeout={int(BUSY * 1000)}", "cache_size=-16384", "mmap_size=268435456"):
        db.execute(f"PRAGMA {pragma}")
    return db
