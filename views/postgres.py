"""A connection to a generation in PostgreSQL, by psycopg.

Statements are prepared on the server at their first use. Every value is sent without a type: the server takes it from
the statement, so that the same statement stays the same one, whichever values are None.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from select import POLLIN, poll
from typing import Any, ClassVar, NoReturn

import psycopg
from psycopg import RawCursor, RawServerCursor, errors
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import FloatDumper, Int8Dumper
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import make_url

from views.database import INSTEAD, NUL, Cursor, Refused, Row
from views.projection import OTHER, RebuildNeeded
from views.shapes import ViewsMissing

PATIENT: dict[str, Any] = {"application_name": "daybook views", "connect_timeout": 5, "tcp_user_timeout": 15000}
STATEMENTS = 300  # that a connection keeps prepared
PIECE = 500  # rows that are fetched at a time of those that are many
OPTIONS = {
    "jit": "off",  # it plans for queries that take seconds; ours take milliseconds
    "random_page_cost": "1.1",  # the tables are in memory, or on a disk that need not seek
    "idle_in_transaction_session_timeout": "0",  # a verification keeps its snapshot while it folds the log
}
_numbers = count()


class Away(ViewsMissing):
    """PostgreSQL cannot be reached, or not be used. What was asked can be asked again."""


class _Text(StrDumperUnknown):
    """See views.database.NUL."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace(NUL, INSTEAD) if NUL in obj else obj)


class _Int(Int8Dumper):
    oid = 0


class _Float(FloatDumper):
    oid = 0


class Connection:
    """See views.database.Connection."""

    engine: ClassVar[str] = "postgresql"

    def __init__(self, url: str, **options: str) -> None:
        """``options``: settings of PostgreSQL, for this connection. Raises Away."""
        address = make_url(url)
        given = {name: value if isinstance(value, str) else ",".join(value) for name, value in address.query.items()}
        arguments = PATIENT | address.translate_connect_args(username="user", database="dbname") | given
        ours = " ".join(f"-c {name}={value}" for name, value in (OPTIONS | options).items())
        arguments["options"] = f"{ours} {given.get('options', '')}".strip()
        try:
            self._raw = psycopg.connect(autocommit=True, prepare_threshold=0, cursor_factory=RawCursor, **arguments)
        except psycopg.Error as error:
            _tell(error)
        self._raw.prepared_max = STATEMENTS
        self._said = poll()
        self._said.register(self._raw.fileno(), POLLIN)
        for type_, dumper in ((str, _Text), (int, _Int), (float, _Float)):
            self._raw.adapters.register_dumper(type_, dumper)

    def execute(self, sql: str, values: Sequence[Any] | None = None, /) -> Cursor:
        """With values it is prepared; without, it may be several statements."""
        once = values is None
        try:
            return self._raw.execute(sql.encode(), values, prepare=not once, binary=not once)
        except psycopg.Error as error:
            _tell(error)

    def once(self, sql: str, values: Sequence[Any], /) -> Cursor:
        """Nothing is prepared."""
        try:
            return self._raw.execute(sql.encode(), values, prepare=False, binary=True)
        except psycopg.Error as error:
            _tell(error)

    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> None:
        """One answer is waited for, not one for each row."""
        try:
            self._raw.cursor().executemany(sql.encode(), values)
        except psycopg.Error as error:
            _tell(error)

    def stream(self, sql: str) -> Iterator[Row]:
        """A cursor of the server's."""
        try:
            with RawServerCursor(self._raw, f"rows_{next(_numbers)}") as cursor:
                cursor.execute(sql.encode(), binary=True)
                while rows := cursor.fetchmany(PIECE):
                    yield from rows
        except psycopg.Error as error:
            _tell(error)

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Rows into a table, as fast as it can take them."""
        try:
            into = f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FREEZE)"
            with self._raw.cursor() as cursor, cursor.copy(into.encode()) as copy:
                for row in rows:
                    copy.write_row(row)
        except psycopg.Error as error:
            _tell(error)

    def begin(self) -> None:
        """Readers go on reading; another who would write waits here."""
        self.execute("BEGIN; LOCK TABLE checkpoints IN EXCLUSIVE MODE")

    def freeze(self) -> None:
        """The snapshot is that of the first read."""
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1 FROM checkpoints")

    def told(self, error: Exception) -> Exception:
        """PostgreSQL looks after its own files."""
        return error

    @property
    def in_transaction(self) -> bool:
        """Whether one is open that can be rolled back."""
        return self._raw.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    def alive(self) -> bool:
        """Whether the server is still there: what it has said is looked at, nothing is asked."""
        with self._raw.lock:
            try:
                while not self._raw.closed and self._said.poll(0):
                    self._raw.pgconn.consume_input()
            except psycopg.OperationalError:
                self._raw.close()
        return not self._raw.closed

    def close(self) -> None:
        """Let go of it, and of every lock that it holds."""
        self._raw.close()


def _tell(error: psycopg.Error) -> NoReturn:
    """What went wrong, as the views say it."""
    said = str(error).strip().partition("\n")[0]
    match error:
        case errors.UndefinedTable() | errors.UndefinedColumn() | errors.InvalidSchemaName():
            raise RebuildNeeded(f"{OTHER} ({said})") from error
        case psycopg.IntegrityError() | psycopg.DataError():
            raise Refused(said) from error
        case psycopg.OperationalError() | psycopg.InterfaceError() | errors.InsufficientPrivilege():
            raise Away(f"PostgreSQL does not serve the views ({said})") from error
    raise error
