"""How far each follower of the log has come, what stopped it, and what operators decided about it.

Beside the log, and never part of it: a small SQLite file for a log in a file, tables in the log's own database on
PostgreSQL. One follower of a name is active at a time, on however many machines: see ``lead``. What keeps it right
is not that lock but the checkpoint, which moves only from where it was (``move``).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.engine import Engine, make_url

from events.following import leading
from events.following.leading import Lead, lead_by_database, lead_by_file
from events.instant import Instant, now
from events.seal.hashes import GENESIS

__all__ = ["Decision", "Failure", "Lead", "Ledger", "Overtaken", "Standing", "beside"]

_MAKING = 0x6461_7962_6F6F_6B4C  # the advisory lock under which the tables are made
metadata = MetaData()
followers = Table(
    "followers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),  # of the last event that was taken
    Column("chain_hash", LargeBinary, nullable=False),  # of the log up to there: another one means another log
    Column("moved_at", BigInteger, nullable=False),  # µs since the epoch
    Column("failed_position", BigInteger),  # NULL: all is well
    Column("failed_type", Text),
    Column("reason", Text),
    Column("attempts", Integer),
    Column("since", BigInteger),
    Column("stopped", Boolean, nullable=False),
)
decisions = Table(
    "follower_decisions",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("what", Text, nullable=False),  # parked, unparked, reset
    Column("why", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)


class Overtaken(Exception):
    """Somebody else moved the checkpoint meanwhile: whoever finds this leads no more."""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What a follower cannot take. stopped: it waits for an operator, and does not try again by itself."""

    position: int
    type: str
    reason: str
    attempts: int
    since: Instant
    stopped: bool


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a follower stands. moved_at: when it last came further; None where it never has."""

    name: str
    position: int = 0
    chain_hash: bytes = GENESIS
    moved_at: Instant | None = None
    failure: Failure | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody decided about a follower and one position of the log, and why."""

    name: str
    position: int
    what: str
    why: str
    who: str
    at: Instant


class Ledger:
    """The followers of one log. Safe to use from many threads and processes."""

    def __init__(self, url: str) -> None:
        """``url``: of a database, as SQLAlchemy writes it; see ``beside``. It is made with the first follower."""
        self._url = make_url(url)
        self._engine = _open(self._url)
        self._file = Path(self._url.database or "") if self._url.get_backend_name() == "sqlite" else None
        self._made = False

    # --- the checkpoint

    def standing(self, name: str) -> Standing:
        """Where a follower stands; at the beginning where it is not known."""
        return next(iter(self.standings(name)), Standing(name=name))

    def standings(self, name: str | None = None) -> list[Standing]:
        """Where each of them stands, by name."""
        query = select(followers).order_by(followers.c.name)
        if self._absent():
            return []
        with self.reading() as connection:
            rows = connection.execute(query if name is None else query.where(followers.c.name == name)).all()
        return [_standing(tuple(row)) for row in rows]

    def move(self, at: Standing, position: int, chain_hash: bytes) -> Standing:
        """Note that everything up to a position was taken. Raises Overtaken."""
        with self.moving(at, position, chain_hash):
            return Standing(name=at.name, position=position, chain_hash=chain_hash, moved_at=now())

    @contextmanager
    def moving(self, at: Standing, position: int, chain_hash: bytes) -> Iterator[Connection]:
        """The transaction in which the checkpoint moves: what else is written in it is written exactly once.

        Raises Overtaken before anything is done where another was faster.
        """
        values = {"position": position, "chain_hash": chain_hash, "moved_at": now()} | _failure(None)
        with self.writing() as connection:
            if at.moved_at is None and not _known(connection, at.name):
                connection.execute(insert(followers).values(name=at.name, **values))
            else:
                mine = (followers.c.name == at.name) & (followers.c.position == at.position)
                if connection.execute(update(followers).where(mine).values(values)).rowcount != 1:
                    raise Overtaken(f"somebody else has moved {at.name!r} on from position {at.position}")
            yield connection

    # --- what stops it

    def fail(self, name: str, failure: Failure | None) -> None:
        """Note what a follower cannot take; None: that all is well, or that it shall try again."""
        with self.writing() as connection:
            if _known(connection, name):
                connection.execute(update(followers).where(followers.c.name == name).values(_failure(failure)))
            elif failure is not None:
                start = {"position": 0, "chain_hash": GENESIS, "moved_at": now()}
                connection.execute(insert(followers).values(name=name, **start, **_failure(failure)))

    def decide(self, decision: Decision, chain_hash: bytes | None = None) -> None:
        """Keep what an operator decided: ``parked``, ``unparked``, or ``reset`` to a position (and its chain hash)."""
        with self.writing() as connection:
            connection.execute(insert(decisions).values(msgspec.structs.asdict(decision)))
            if decision.what == "reset":
                connection.execute(delete(followers).where(followers.c.name == decision.name))
                start = {"position": decision.position, "chain_hash": chain_hash or GENESIS, "moved_at": now()}
                connection.execute(insert(followers).values(name=decision.name, **start, **_failure(None)))
            elif decision.what == "parked":
                here = (followers.c.name == decision.name) & (followers.c.failed_position == decision.position)
                connection.execute(update(followers).where(here).values(_failure(None)))

    def decisions(self, name: str | None = None) -> list[Decision]:
        """Everything that was decided, in order."""
        query = select(*(decisions.c[field] for field in Decision.__struct_fields__)).order_by(decisions.c.number)
        if self._absent():
            return []
        with self.reading() as connection:
            rows = connection.execute(query if name is None else query.where(decisions.c.name == name)).all()
        return [Decision(**row._mapping) for row in rows]

    def parked(self, name: str) -> dict[int, Decision]:
        """The positions that a follower passes over, because somebody said so."""
        found: dict[int, Decision] = {}
        for decision in self.decisions(name):
            if decision.what == "parked":
                found[decision.position] = decision
            elif decision.what == "unparked":
                found.pop(decision.position, None)
        return found

    # --- one at a time

    @contextmanager
    def lead(self, name: str) -> Iterator[Lead | None]:
        """Be the active follower of this name; None where another one is."""
        if self._file is not None:
            with lead_by_file(self._file.with_name(f"{self._file.name}.{name}.lock")) as lead:
                yield lead
        else:
            with lead_by_database(self._engine, name) as lead:
                yield lead

    # --- its database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only looks."""
        self._make()
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes, all of it or nothing."""
        self._make()
        with self._engine.connect().execution_options(daybook_writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _absent(self) -> bool:
        """Whether there are no tables yet: then nobody follows, and looking makes none."""
        if not self._made and (self._file is None or self._file.exists()):
            with self._engine.connect() as connection:
                self._made = all(inspect(connection).has_table(str(table.name)) for table in metadata.sorted_tables)
        return not self._made

    def _make(self) -> None:
        if not self._absent():
            return
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.touch(mode=0o600)
        with self._engine.connect().execution_options(daybook_writes=True) as connection, connection.begin():
            if self._file is None:  # two that make a table at once would fail, IF NOT EXISTS or not
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKING})
            metadata.create_all(connection)
        self._made = True


def beside(log: Path | str) -> str:
    """Where the ledger of a log is: beside its file, or in its database."""
    return f"sqlite:///{log.with_name('followers.db')}" if isinstance(log, Path) else log


def _open(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":  # who is frozen in the middle of a transaction holds nobody up for ever
        options = f"-c idle_in_transaction_session_timeout={leading.SILENT} {url.query.get('options', '')}"
        return create_engine(url.update_query_dict({"options": options}))
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # a transaction begins where we say so
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("daybook_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _known(connection: Connection, name: str) -> bool:
    return connection.execute(select(followers.c.name).where(followers.c.name == name)).first() is not None


def _failure(failure: Failure | None) -> dict[str, object]:
    return {
        "failed_position": failure and failure.position, "failed_type": failure and failure.type,
        "reason": failure and failure.reason, "attempts": failure and failure.attempts,
        "since": failure and failure.since, "stopped": failure is not None and failure.stopped,
    }  # fmt: skip


def _standing(row: Sequence[Any]) -> Standing:
    name, position, chain_hash, moved_at, failed, type, reason, attempts, since, stopped = row
    failure = None
    if failed is not None:
        failure = Failure(
            position=failed, type=type, reason=reason, attempts=attempts, since=since, stopped=bool(stopped)
        )
    return Standing(
        name=name, position=position, chain_hash=bytes(chain_hash), moved_at=moved_at, failure=failure
    )
