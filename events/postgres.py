"""The log in PostgreSQL: how appenders take turns, how a commit becomes durable, and what is done when it fails.

Whoever appends holds an advisory lock until the end of the transaction, which commits *asynchronously*: so nobody waits
for the disk while holding it. Then, outside the lock, an empty synchronous transaction waits until everything before it
is on the disk, and only then the append is acknowledged. docs/decisions/0010 has the reasons and the numbers.
"""

import threading
import time
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, ClassVar, TypeVar, cast

import psycopg
from psycopg import errors
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import URL
from sqlalchemy.pool import QueuePool

from events.bell import Bell
from events.database import (
    COLUMNS,
    EMPTY,
    RECONNECT,
    Decide,
    Head,
    Known,
    LogUnavailable,
    Rows,
    Standing,
    Tails,
    Values,
)
from events.pipe import Asked, Connection, Pipe, Statement, number, rows_of
from events.postgres_tables import LOCK_CLASS, create

LOCK_PATIENCE = 5.0  # seconds that the log's turn is waited for
IDLE_PATIENCE = 10.0  # seconds after which a transaction of ours that went to sleep is ended by the server
MANY = 50  # rows from which on COPY is quicker than INSERT
# a plan for whatever is asked, made once: the server would plan anew each time, for arrays of one; and an index is
# the way whatever it believes about a table that was small when the plan was made
_WRITER = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
_T = TypeVar("_T")

_BEGIN = Statement(b"BEGIN ISOLATION LEVEL READ COMMITTED")
_TURN = Statement(b"SELECT set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock($1)", ("int8",))
# all that a turn asks, in one question: a kind (0 the head, 1 a command, 2 a stream's tail), and what there is of it
_STANDING = Statement(
    b"""
    (SELECT 0, position, recorded_at, chain_hash, NULL::bytea, NULL::text FROM events ORDER BY position DESC LIMIT 1)
    UNION ALL
    SELECT 1, first_position, last_position, command_id, fingerprint, NULL FROM commands WHERE command_id = ANY ($1)
    UNION ALL
    SELECT 2, tail.version, tail.occurred_at, NULL, NULL, asked.stream FROM unnest($2::text[]) AS asked (stream)
     CROSS JOIN LATERAL (SELECT version, occurred_at FROM events WHERE events.stream = asked.stream
                          ORDER BY version DESC LIMIT 1) AS tail
    """,
    ("bytea[]", "text[]"),
)
_REMOVE = Statement(b"UPDATE events SET data = $1, salt = $2 WHERE position = $3", ("text", "bytea", "int8"))
_BLANK = Statement(
    b"""
    UPDATE commands SET fingerprint = decode(repeat('00', 32), 'hex')
     WHERE command_id = (SELECT command_id FROM commands WHERE last_position >= $1 ORDER BY last_position LIMIT 1)
       AND first_position <= $1
    """,
    ("int8",),
)  # a fingerprint is a hash of the words, without salt
_OWNED = b"SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = 'events'::regclass"
_COPY_EVENTS = f"COPY events ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)".encode()
_EVENT_TYPES = ["int8", "text", "int4", "text", "int4", "text", "text", "int8", "int8", "bytea", "bytea", "bytea"]
_COPY_COMMANDS = b"COPY commands FROM STDIN (FORMAT BINARY)"
_COMMAND_TYPES = ["bytea", "bytea", "int8", "int8"]
_ARRAYS = tuple(f"{type}[]" for type in (*_EVENT_TYPES, *_COMMAND_TYPES))
# all rows in one statement, however many: it is planned once, and the guards look once
_INSERT = Statement(
    b"WITH told AS (INSERT INTO events SELECT * FROM unnest(%s)) INSERT INTO commands SELECT * FROM unnest(%s)"
    % tuple(b", ".join(b"$%d" % place for place in places) for places in (range(1, 13), range(13, 17))),
    _ARRAYS,
)
_COMMIT, _ROLLBACK = Statement(b"COMMIT"), Statement(b"ROLLBACK")
# an empty transaction that commits synchronously: when it returns, everything committed before it is on the disk
_BARRIER = Statement(b"SELECT pg_logical_emit_message(true, 'daybook', '')")
_ON_DISK = b"""
    SELECT coalesce(max(position), 0), pg_current_wal_insert_lsn() <= pg_current_wal_flush_lsn() FROM events
"""
_HOLDER = b"""
    SELECT a.pid, a.application_name, a.usename, coalesce(a.state, ''), left(coalesce(a.query, ''), 80),
           extract(epoch FROM clock_timestamp() - a.xact_start)::int
      FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.granted AND l.pid <> pg_backend_pid() AND l.database = (SELECT oid FROM pg_database
           WHERE datname = current_database()) AND (
           l.locktype = 'advisory' AND l.classid = %s AND l.objid = 'events'::regclass
        OR l.locktype = 'relation' AND l.relation IN ('events'::regclass, 'commands'::regclass)
           AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
     ORDER BY a.xact_start LIMIT 1
"""


class PostgreSQL:
    """A ``Database``: the log in the schema that the connection's search path names first."""

    data: ClassVar[str] = "convert_to(data, 'UTF8')"

    def __init__(self, url: URL, readers: int = 16) -> None:
        """Open the log, making its tables where there are none. Raises LogUnavailable."""
        self._url = url
        self._writer: Pipe | None = None
        self._pen = threading.Lock()
        self._pool = QueuePool(
            cast(Callable[[], Any], self._connect), pool_size=readers, max_overflow=readers, reset_on_return=None
        )
        self._bell = Bell(self._connect)
        self._durable = 0
        try:
            self._key = self._patiently(lambda: self._reading(create))
        except BaseException:
            self.close()
            raise

    # --- appending

    def append(self, commands: Sequence[bytes], streams: Sequence[str], decide: Decide) -> None:
        def once() -> None:
            if self._writer is None or self._writer.connection.closed:
                self._writer = Pipe(self._connect(_WRITER))
            self._take_turn(self._writer, commands, streams, decide)

        with self._pen:
            self._patiently(once)
        self._bell.ring()

    def _take_turn(self, pipe: Pipe, commands: Sequence[bytes], streams: Sequence[str], decide: Decide) -> None:
        try:
            turn = (_BEGIN, ()), (_TURN, (self._key,)), (_STANDING, (commands, streams))
            standing = _standing(pipe.ask(*turn)[-1])
            try:
                rows = decide(standing)
            except BaseException:
                pipe.ask((_ROLLBACK, ()))
                raise
            pipe.ask(*_written(pipe, rows), (_COMMIT, ()), (_BARRIER, ()))
        except BaseException:
            if pipe.connection.info.transaction_status != TransactionStatus.IDLE:
                pipe.connection.close()  # nobody knows what the server has heard
            raise

    def remove(self, streams: Sequence[str], decide: Decide) -> None:
        self.append([], streams, decide)

    def scrub(self) -> str:
        """VACUUM FULL writes the tables anew, without what was removed."""

        def vacuum(connection: Connection) -> str:
            owned = connection.execute(_OWNED).fetchone()
            if not owned or not owned[0]:
                return "the owner of the tables has to run: VACUUM FULL events; VACUUM FULL commands"
            connection.execute(b"VACUUM FULL events")
            connection.execute(b"VACUUM FULL commands")
            return ""

        return self._patiently(lambda: self._reading(vacuum))

    # --- reading

    def fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[Values]:
        statement = sql.replace("?", "%s").encode()
        return self._patiently(
            lambda: self._reading(lambda c: c.execute(statement, parameters, binary=True).fetchall())
        )

    def settle(self, position: int) -> None:
        if position > self._durable:
            self._durable = self._patiently(lambda: self._reading(_settled))

    @property
    def heard(self) -> int:
        return self._bell.heard

    def wait(self, heard: int, seconds: float) -> None:
        self._bell.wait(heard, seconds)

    def close(self) -> None:
        self._bell.close()
        if self._writer is not None:
            self._writer.connection.close()
        self._pool.dispose()

    # --- connections, and what to do when they fail

    def _connect(self, settings: str = "") -> Connection:
        """One connection, in autocommit: whoever appends says BEGIN itself."""
        query = {name: value if isinstance(value, str) else ",".join(value) for name, value in self._url.query.items()}
        limits = f"-c lock_timeout={LOCK_PATIENCE}s -c idle_in_transaction_session_timeout={IDLE_PATIENCE}s"
        given = self._url.translate_connect_args(username="user", database="dbname")
        given |= {"application_name": "daybook", "connect_timeout": 5, "tcp_user_timeout": 15000} | query
        given["options"] = f"{limits} {settings} {query.get('options', '')}".strip()
        return psycopg.connect(autocommit=True, **given)

    def _reading(self, work: Callable[[Connection], _T]) -> _T:
        pooled = self._pool.connect()
        try:
            return work(cast(Connection, pooled.driver_connection))
        except psycopg.OperationalError:
            pooled.invalidate()
            raise
        finally:
            pooled.close()

    def _patiently(self, work: Callable[[], _T]) -> _T:
        """Do it, again where the server went away, for as long as a restart takes. Every command has an id."""
        deadline, pause = time.monotonic() + RECONNECT, 0.02
        while True:
            try:
                return work()
            except psycopg.Error as error:
                if not _went_away(error) or time.monotonic() > deadline:
                    raise self._explained(error) from error
            time.sleep(pause)
            pause = min(2 * pause, 0.5)

    def _explained(self, error: psycopg.Error) -> LogUnavailable:
        what = str(error).strip().partition("\n")[0] or type(error).__name__
        where = self._url.render_as_string(hide_password=True)
        if isinstance(error, errors.LockNotAvailable):
            return LogUnavailable(self._holder())
        if isinstance(error, errors.DiskFull):
            return LogUnavailable(f"{what}. Make room on the disk of the PostgreSQL server, and try again")
        if isinstance(error, errors.ReadOnlySqlTransaction):
            return LogUnavailable(f"{what}. {where} is a standby or set read-only: name the server that takes writes")
        if isinstance(error, errors.InsufficientPrivilege):
            return LogUnavailable(f"{what}. Give the role of {where} the rights that docs/operations.md lists")
        if isinstance(error, errors.DataCorrupted | errors.IndexCorrupted):
            return LogUnavailable(f"{what}. The database is damaged: see docs/operations.md, “When something is wrong”")
        if _went_away(error):
            return LogUnavailable(f"PostgreSQL at {where} did not answer for {RECONNECT:.0f} s: {what}. Start it again")
        return LogUnavailable(f"PostgreSQL says: {what}")

    def _holder(self) -> str:
        """Who keeps appenders waiting, in words."""
        waited = f"The log has been held by somebody else for more than {LOCK_PATIENCE:.0f} s"
        found = self._reading(lambda c: c.execute(_HOLDER, (LOCK_CLASS,)).fetchone())
        if found is None:
            return f"{waited}; whoever it was has let go of it. Try again"
        pid, name, user, state, query, seconds = found
        doing = f", {state}" if state else ""
        last = f", last asked: {query}" if query else ""
        since = f" for {seconds} s" if seconds is not None else ""
        return (
            f"{waited}: by process {pid} of PostgreSQL ({name or 'no application name'}, user {user}){doing}{since}"
            f"{last}. Let it finish, or end it with SELECT pg_terminate_backend({pid})"
        )


def _standing(answer: PGresult) -> Standing:
    head = EMPTY
    known: Known = {}
    tails: Tails = {}
    for kind, first, second, one, other, stream in rows_of(answer):
        place = number(first), number(second)
        if stream is not None:
            tails[stream.decode()] = place
        elif number(kind) == 0:
            head = Head(place[0], one or b"", place[1])
        else:
            known[one or b""] = (other or b"", *place)
    return Standing(head, known, tails)


def _written(pipe: Pipe, rows: Rows) -> list[Asked]:
    """What is left to ask after COPY, which has no place in a pipeline, has taken many rows."""
    asked: list[Asked] = []
    if len(rows.events) >= MANY:
        pipe.copy(_COPY_EVENTS, _EVENT_TYPES, rows.events)
        pipe.copy(_COPY_COMMANDS, _COMMAND_TYPES, rows.commands)
    elif rows.events:
        columns = [*zip(*rows.events, strict=True)], [*zip(*rows.commands, strict=True)] or [()] * len(_COMMAND_TYPES)
        asked.append((_INSERT, [*chain(*columns)]))
    asked += [(_REMOVE, removal) for removal in rows.removals]
    asked += [(_BLANK, (position,)) for _, _, position in rows.removals]
    return asked


def _settled(connection: Connection) -> int:
    """Up to where what can be seen is on the disk, after seeing to it."""
    [(position, on_disk)] = connection.execute(_ON_DISK).fetchall()
    if not on_disk:
        connection.execute(_BARRIER.sql)
    return int(position)


def _went_away(error: psycopg.Error) -> bool:
    """Whether the server closed the connection, or there was none to be had: another one may do."""
    if isinstance(error, errors.QueryCanceled):
        return False
    lost = isinstance(error, psycopg.OperationalError) and error.sqlstate is None
    return lost or (error.sqlstate or "").startswith(("08", "57", "25P03"))
