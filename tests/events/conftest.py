"""A log to write in, on each engine: what is promised of one holds for the other."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from events.article import ArticleDrafted, ArticleHeadlineChanged
from events.event import Event, Meta
from events.instant import Instant
from events.store import EventStore, Unit, Write
from tests.postgres import address

META = Meta(actor="anna", face="desk", command="test")


GUARDS = [
    f"{table}_are_{what}" for table in ("events", "commands") for what in ("appended", "not_updated", "not_deleted")
]


@dataclass(frozen=True)
class Place:
    """Where a log is kept, and what somebody with the database's own tools may try there."""

    where: Path | str

    @property
    def engine(self) -> str:
        return "sqlite" if isinstance(self.where, Path) else "postgres"

    def open(self, clock: Callable[[], Instant] | None = None) -> EventStore:
        return EventStore(self.where, clock)

    @contextmanager
    def opened(self, clock: Callable[[], Instant] | None = None) -> Iterator[EventStore]:
        with closing(self.open(clock)) as log:
            yield log

    def execute(self, statement: str) -> None:
        """As somebody with the database's own shell."""
        if isinstance(self.where, Path):
            with closing(sqlite3.connect(self.where, isolation_level=None)) as shell:
                shell.execute(statement)
        else:
            with psycopg.connect(address(self.where), autocommit=True) as shell:
                shell.execute(statement.encode())

    def tamper(self, statement: str) -> None:
        """As somebody who owns the database and takes the guards away first."""
        if self.engine == "sqlite":
            for guard in GUARDS:
                self.execute(f"DROP TRIGGER {guard}")
        else:
            for table in ("events", "commands"):
                self.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.execute(statement)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Place:
    """Where this test's log is: each engine in turn."""
    if request.param == "sqlite":
        return Place(request.getfixturevalue("tmp_path") / "events.db")
    return Place(request.getfixturevalue("postgres"))


@pytest.fixture
def places(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Place]:
    """For tests that need many logs: each call makes another place on this test's engine."""

    def another() -> Place:
        if isinstance(place.where, Path):
            return Place(tmp_path_factory.mktemp("log") / "events.db")
        schema = f"log_{uuid4().hex[:12]}"
        place.execute(f"CREATE SCHEMA {schema}")
        return Place(f"{place.where}&options=-csearch_path%3D{schema}")

    return another


@pytest.fixture
def log(place: Place) -> Iterator[EventStore]:
    with place.opened() as store:
        yield store


def unit(stream: str, expected: int, *events: Event, **given: object) -> Unit:
    """A command that writes to one stream."""
    return Unit(**{"command_id": uuid4(), "writes": [Write(stream, expected, events)], "meta": META, **given})


def drafted(headline: str = "Ferry runs aground") -> ArticleDrafted:
    return ArticleDrafted(headline=headline)


def headline(text: str) -> ArticleHeadlineChanged:
    return ArticleHeadlineChanged(headline=text)
