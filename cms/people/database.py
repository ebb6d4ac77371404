"""The file ``accounts.db``: its metadata, how it is opened, and how one of an earlier Daybook is brought up to date."""

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from cms.people.person import Person

accounts_metadata = sa.MetaData()
VERSION = 2  # of the shape of the tables, kept in the file as user_version; 0: before shapes were counted
# What makes a file of a version one of the next. New tables need no line: they are made when the file is opened.
_STEPS = {1: ("ALTER TABLE people ADD COLUMN seen_at BIGINT",)}

people_table = sa.Table(
    "people",
    accounts_metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("email", sa.Text, nullable=False, unique=True),  # lower case
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False, default=False),
    sa.Column("password", sa.Text),  # argon2id hash; null: cannot sign in
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger),  # null: never
)


PERSON = [people_table.c[name] for name in Person.__struct_fields__]


def person_of(row: Any) -> Person:
    """The person of a row that has at least these columns."""
    return Person(*(getattr(row, name) for name in Person.__struct_fields__))


class AccountsNewer(OSError):
    """The file was made by a newer Daybook."""


def accounts_engine(path: Path) -> sa.Engine:
    """Open the file. A connection with the execution option ``write=True`` takes the write lock as it begins:
    what it reads then still holds when it writes, and it waits its turn instead of failing half-way."""
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 10})
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def bring_up_to_date(engine: sa.Engine) -> None:
    """Give the file today's shape, all of it or nothing. Raises AccountsNewer."""
    with engine.execution_options(write=True).begin() as database:
        found = int(database.exec_driver_sql("PRAGMA user_version").scalar() or 0)
        if found > VERSION:
            raise AccountsNewer(
                f"{engine.url.database} was made by a newer Daybook (shape {found}; this one knows {VERSION}). "
                "Run the newer one, or restore a backup."
            )
        if sa.inspect(database).has_table("people"):
            for version in range(max(found, 1), VERSION):
                for statement in _STEPS[version]:
                    database.exec_driver_sql(statement)
        accounts_metadata.create_all(database)
        database.exec_driver_sql(f"PRAGMA user_version = {VERSION}")


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, in _begin
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
