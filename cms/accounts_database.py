"""The file ``accounts.db``: its metadata and how it is opened."""

import sqlite3
from pathlib import Path

import sqlalchemy as sa

accounts_metadata = sa.MetaData()


def accounts_engine(path: Path) -> sa.Engine:
    """Open the file. A connection with the execution option ``write=True`` takes the write lock as it begins:
    what it reads then still holds when it writes, and it waits its turn instead of failing half-way."""
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 10})
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, in _begin
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
