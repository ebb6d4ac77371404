"""One active follower of a name, on any number of machines: a lock that its holder's death gives back.

On one machine a file that the holder has locked; with PostgreSQL an advisory lock of its session, so that machines
need nothing but the database in common. A holder that is frozen keeps a file's lock until it is killed; the
database ends a session that says nothing for a while, and another one takes over. Should the frozen one wake up, the
checkpoint does not let it do anything twice.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

# a newsroom is a schema: two in one database do not stand in each other's way
_LEAD = text(
    "SELECT pg_try_advisory_lock(hashtextextended('daybook follower ' || current_schema() || ' ' || :name, 0))"
)
SILENT = 60_000  # ms after which the database takes a leader for dead that has not said that it is alive


class Lead:
    """Being the active follower."""

    def __init__(self, session: Connection | None = None) -> None:
        self._session = session

    def held(self) -> bool:
        """Whether it is still so; say it every few seconds."""
        if self._session is None:
            return True
        try:
            self._session.execute(text("SELECT 1"))
            return True
        except DBAPIError:
            return False


@contextmanager
def lead_by_file(path: Path) -> Iterator[Lead | None]:
    """Hold the lock of a file; None where another process, or another thread, does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield Lead()
    finally:
        os.close(descriptor)


@contextmanager
def lead_by_database(engine: Engine, name: str) -> Iterator[Lead | None]:
    """Hold an advisory lock in a session of its own; None where another session does.

    Not through a pooler that shares sessions between transactions: it must reach the database itself.
    """
    session = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        if session.execute(_LEAD, {"name": name}).scalar_one():
            session.execute(text(f"SET idle_session_timeout = {SILENT}"))
            yield Lead(session)
        else:
            yield None
    finally:
        with suppress(SQLAlchemyError):  # now: the server takes its time over a session that is closed
            session.execute(text("SELECT pg_advisory_unlock_all()"))
        session.invalidate()  # the lock ends with the session at the latest
        session.close()
