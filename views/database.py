"""How Core statements run on the connection of a generation, whichever engine keeps it.

SQLAlchemy owns the tables and writes the SQL; a statement is compiled once for each engine and then goes straight to
the driver, since compiling and wrapping rows would cost more than the queries themselves. What differs between the
engines is said here and in views/sqlite.py and views/postgres.py, and nowhere else.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar, Protocol, cast

from sqlalchemy import ColumnElement, Executable, Index, Select, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

Row = tuple[Any, ...]
Compiled = tuple[str, tuple[str, ...], dict[str, Any]]  # SQL, names of its values in order, values that are fixed
DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": postgresql.psycopg.dialect(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]
}
NUL, INSTEAD = "\0", "\ufffd"
"""PostgreSQL has no text with U+0000 in it, which the log and SQLite have: U+FFFD stands for it there."""


class Refused(Exception):
    """PostgreSQL refuses a row."""


REFUSED: tuple[type[Exception], ...] = (sqlite3.IntegrityError, Refused)
"""A row that an engine will not take: an event made it, so it stops the view there."""
DAMAGED: tuple[type[Exception], ...] = (sqlite3.DatabaseError,)
"""Files that cannot be read. PostgreSQL that cannot be reached, or lacks the tables, is ViewsMissing."""


class Cursor(Protocol):
    """Rows that were found."""

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """A connection to one generation. Each statement stands for itself until ``begin`` or ``freeze``."""

    engine: ClassVar[str]  # a name of DIALECTS

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Cursor:
        """Run SQL; values that are given, even none, are a sign that it will be run again and again."""

    def once(self, sql: str, values: Sequence[Any], /) -> Cursor:
        """Run it with a plan that is made for these values."""

    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> object:
        """Run it for each of many rows."""

    def stream(self, sql: str) -> Iterator[Row]:
        """Rows as they are read, however many there are. Within ``freeze``."""

    def begin(self) -> None:
        """Begin a transaction; whoever else would write waits until it ends with COMMIT or ROLLBACK."""

    def freeze(self) -> None:
        """From here on see everything as it is now, and change nothing."""

    def told(self, error: Exception) -> Exception:
        """What to raise for one of DAMAGED: ViewsDamaged where it means that, which is then known everywhere."""

    @property
    def in_transaction(self) -> bool:
        """Whether one is open."""

    def close(self) -> None:
        """Let go of it."""


class Prepared:
    """A Core statement, compiled at its first use. Values are given by the names of its bindparams."""

    def __init__(self, statement: Executable | Callable[[str], Executable], *, anew: bool = False) -> None:
        """A function makes it for an engine, where each has its own. ``anew``: how it is best done depends on what is
        asked for, so PostgreSQL is to consider it each time."""
        self._statement, self._anew = statement, anew
        self._compiled: dict[str, Compiled] = {}

    def run(self, db: Connection, **values: Any) -> Cursor:
        """Execute it."""
        sql, names, fixed = self._compiled.get(db.engine) or self.compiled(db.engine)
        asked = [values[name] if name in values else fixed[name] for name in names]
        return db.once(sql, asked) if self._anew else db.execute(sql, asked)

    def one(self, db: Connection, **values: Any) -> Row | None:
        """The first row, or None."""
        cursor = self.run(db, **values)
        try:
            row: Row | None = cursor.fetchone()
        except DAMAGED as error:
            raise db.told(error) from error
        return row

    def all(self, db: Connection, **values: Any) -> list[Row]:
        """Every row."""
        cursor = self.run(db, **values)
        try:
            return cursor.fetchall()
        except DAMAGED as error:
            raise db.told(error) from error

    def many(self, db: Connection, values: Iterable[Sequence[Any]]) -> None:
        """Execute it for each of many tuples, their values in the order in which they stand in the SQL."""
        db.executemany((self._compiled.get(db.engine) or self.compiled(db.engine))[0], values)

    def compiled(self, engine: str) -> Compiled:
        """As an engine runs it."""
        statement = self._statement(engine) if callable(self._statement) else self._statement
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=DIALECTS[engine])
        assert isinstance(compiled, SQLCompiler)
        made = str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params)
        self._compiled[engine] = made
        return made


def by_count(make: Callable[[int], Executable]) -> Callable[[int], Prepared]:
    """Statements that differ only in how many values an IN list has, each made and compiled once."""

    @cache
    def prepared(count: int) -> Prepared:
        return Prepared(make(count))

    return prepared


class Several:
    """A statement about several things, which differs only in how many there are: each is made and compiled once."""

    def __init__(self, make: Callable[[list[Any]], Executable]) -> None:
        """``make``: the statement, from what is to stand in its IN list."""
        self._made = by_count(lambda count: make([bindparam(f"v{n}") for n in range(count)]))

    def all(self, db: Connection, things: Iterable[Any], **values: Any) -> list[Row]:
        """The rows about these, however many they are: some at a time, so they have no order that all share."""
        found: list[Row] = []
        for some in chunks(list(dict.fromkeys(things))):
            found += self._made(len(some)).all(db, **{f"v{n}": thing for n, thing in enumerate(some)}, **values)
        return found


def chunks(values: Sequence[Any], size: int = 256) -> Iterable[Sequence[Any]]:
    """The values in pieces that fit into one statement."""
    return (values[start : start + size] for start in range(0, len(values), size))


def escaped(text: str) -> str:
    """A text as it stands in a pattern of LIKE whose escape is a backslash."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# --- what the engines write differently


def upsert(table: Table) -> Prepared:
    """A row, or another in place of the one with its key."""
    key = [column.name for column in table.primary_key.columns]
    rest = [column.name for column in table.columns if column.name not in key]

    def made(engine: str) -> Executable:
        insert: Any = {"sqlite": sqlite, "postgresql": postgresql}[engine].insert(table)
        if rest:
            excluded = {name: insert.excluded[name] for name in rest}
            return cast(Executable, insert.on_conflict_do_update(index_elements=key, set_=excluded))
        return cast(Executable, insert.on_conflict_do_nothing())

    return Prepared(made)


class contains(ColumnElement[bool]):  # noqa: N801 it stands in a query as SQLAlchemy's own functions do
    """Whether a text holds another, letter for letter."""

    inherit_cache = True

    def __init__(self, text: ColumnElement[str], part: ColumnElement[str]) -> None:
        self.text, self.part = text, part


class among(ColumnElement[bool]):  # noqa: N801
    """Whether a text is one of those in a JSON array, however many there are, or of those that a query gives."""

    inherit_cache = True

    def __init__(self, text: ColumnElement[str], array: ColumnElement[str], query: Select[Any]) -> None:
        self.text, self.array, self.query = text, array, query.correlate(None)


class beside(ColumnElement[Any]):  # noqa: N801
    """A column that is checked on the way: no index of it leads. SQLite takes a hint, PostgreSQL counts for itself."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column, self.type = column, column.type


@compiles(contains)
def _contains(element: contains, compiler: SQLCompiler, **how: Any) -> str:
    return f"instr({compiler.process(element.text, **how)}, {compiler.process(element.part, **how)}) > 0"


@compiles(contains, "postgresql")
def _like(element: contains, compiler: SQLCompiler, **how: Any) -> str:
    """As an index of trigrams can answer it."""
    part = compiler.process(element.part, **how)
    for letter in "\\%_":
        part = f"replace({part}, '{letter}', '\\{letter}')"
    return f"{compiler.process(element.text, **how)} LIKE '%' || {part} || '%'"


@compiles(among)
def _json_each(element: among, compiler: SQLCompiler, **how: Any) -> str:
    return _in(element, compiler, "SELECT value FROM json_each({})", how)


@compiles(among, "postgresql")
def _jsonb_elements(element: among, compiler: SQLCompiler, **how: Any) -> str:
    return _in(element, compiler, "SELECT jsonb_array_elements_text(CAST({} AS jsonb))", how)


def _in(element: among, compiler: SQLCompiler, members: str, how: dict[str, Any]) -> str:
    text, array, query = (compiler.process(one, **how) for one in (element.text, element.array, element.query))
    return f"{text} IN ({members.format(array)} UNION ALL {query})"


@compiles(beside)
def _plus(element: beside, compiler: SQLCompiler, **how: Any) -> str:
    return f"+{compiler.process(element.column, **how)}"


@compiles(beside, "postgresql")
def _plain(element: beside, compiler: SQLCompiler, **how: Any) -> str:
    return str(compiler.process(element.column, **how))


@contextmanager
def transaction(db: Connection) -> Iterator[None]:
    """All of it or nothing."""
    db.begin()
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


# --- tables


def ddl(tables: Iterable[Table], engine: str = "sqlite") -> str:
    """The SQL that makes these tables."""
    return "\n".join(str(CreateTable(table).compile(dialect=DIALECTS[engine])) for table in tables)


def indexes(tables: Iterable[Table], engine: str = "sqlite", extensions: Collection[str] = ()) -> list[Index]:
    """The tables' indexes on an engine that has these extensions, by name."""
    every = [index for table in tables for index in table.indexes if index.info.get("engine", engine) == engine]
    able = (index for index in every if index.info.get("extension") in (None, *extensions))
    return sorted(able, key=lambda index: str(index.name))


def create_tables(db: Connection, tables: Iterable[Table]) -> None:
    """Make tables, without their indexes."""
    for table in tables:
        db.execute(ddl([table], db.engine))


def create_indexes(db: Connection, wanted: Iterable[Index]) -> None:
    """Make indexes, as far as they are not there."""
    for index in wanted:
        db.execute(str(CreateIndex(index, if_not_exists=True).compile(dialect=DIALECTS[db.engine])))
