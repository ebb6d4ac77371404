"""A small house to fold events in: a log, a projector, and readers with a clock that the test sets."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest

from events import article as a
from events.document.codec import encode
from events.document.schema import Block, Doc, Figure, FigureAttrs, Paragraph, Text
from events.event import Event, Meta
from events.image import ImageUploaded, Picture
from events.instant import HOUR, Instant
from events.store import EventStore, Unit, Write
from tests.postgres import address
from views import Views
from views.desk import Desk
from views.shapes import Reader

NOON: Instant = 1_790_000_000_000_000


class House:
    """Times are given in hours since NOON of an imagined day; the log's own clock stands still at NOON.

    Its views are kept by the database at ``url``, or by files.
    """

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder, self.url = folder, url
        self.hour = 0.0
        self.store = EventStore(folder / "events.db", clock=lambda: self.at(self.hour))
        self.pointer = folder / "views.db"
        self.views = self.others()
        self.views.catch_up()
        self.versions: dict[str, int] = {}

    @staticmethod
    def at(hour: float) -> Instant:
        return NOON + round(hour * HOUR)

    def tell(self, stream: str, *events: Event, actor: str | None = "anna", fold: bool = True) -> int:
        """Append events to a stream, at the clock's hour; the views follow."""
        expected = self.versions.get(stream, 0)
        unit = Unit(
            command_id=uuid4(), writes=[Write(stream, expected, events)], occurred_at=self.at(self.hour),
            meta=Meta(actor=actor, face="desk", command="test"),
        )  # fmt: skip
        position = self.store.append(unit).position
        self.versions[stream] = expected + len(events)
        if fold:
            self.views.catch_up()
        return position

    def read(self, at: float | None = None) -> Reader:
        return self.views.reader(self.at(self.hour), None if at is None else self.at(at))

    def desk(self) -> Desk:
        return self.views.desk(self.at(self.hour))

    def others(self, store: EventStore | None = None) -> Views:
        """The same views, as another process has them."""
        return Views(self.pointer, store or self.store, self.url)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What stands in the tables in use; or change them by hand, behind everybody's back."""
        if not self.url:
            with closing(sqlite3.connect(self.pointer, isolation_level=None)) as db:
                return db.execute(sql).fetchall()
        with psycopg.connect(address(self.url), autocommit=True) as raw:
            [number] = raw.execute("SELECT generation FROM views.serving").fetchone() or ["nothing"]
            raw.execute(f"SET search_path TO views_{number}")
            found = raw.execute(sql.encode())
            return found.fetchall() if found.description else []

    def generations(self) -> set[str]:
        """What there is of them, in use or not."""
        if not self.url:
            names = [path.name for path in self.folder.glob("views.db.*")]
            return {name for name in names if re.fullmatch(r"views\.db\.\d+", name)}
        with psycopg.connect(address(self.url)) as raw:
            rows = raw.execute(r"SELECT nspname FROM pg_namespace WHERE nspname ~ '^views_\d+$'").fetchall()
            return {row[0] for row in rows} | {path.name for path in self.folder.glob("views.aside*")}

    def delete_views(self) -> None:
        """Somebody did not know what they were for."""
        for file in self.folder.glob("views.db*"):
            file.unlink()
        if self.url:
            with psycopg.connect(address(self.url), autocommit=True) as raw:
                for generation in self.generations():
                    raw.execute(f"DROP SCHEMA {generation} CASCADE".encode())
                raw.execute("DELETE FROM views.serving")

    def close(self) -> None:
        self.views.close()
        self.store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """What keeps the views: files where it is empty."""
    return str(request.getfixturevalue("postgres")) if request.param == "postgresql" else ""


@pytest.fixture
def house(tmp_path: Path, url: str) -> Iterator[House]:
    made = House(tmp_path, url)
    yield made
    made.close()


def paragraph(text: str) -> Paragraph:
    return Paragraph(content=(Text(text),) if text else ())


def figure(image: str, **given: str) -> Figure:
    return Figure(attrs=FigureAttrs(image=image, **given))


def raw(*blocks: Block) -> msgspec.Raw:
    return msgspec.Raw(encode(Doc(content=blocks or (paragraph("The ferry is afloat."),))))


def words(number: int, hour: float, **given: Any) -> dict[str, Any]:
    """A publication's fields; ``body`` may be blocks."""
    body = given.pop("body", ())
    return {
        "number": number, "public_from": House.at(hour), "path": "/2026/09/21/ferry", "kicker": "", "standfirst": "",
        "headline": f"Ferry, take {number}", "kind": "news", "language": "en", "section": None, "bylines": [],
        "tags": [], "lead": None, "related": [], "document_schema": 1, "body": raw(*body), "words": 4, "images": [],
        **given,
    }  # fmt: skip


def by(*ids: str) -> list[a.Credit]:
    return [a.Credit(id) for id in ids]


def uploaded(sha: str = "a", **given: Any) -> ImageUploaded:
    return ImageUploaded(picture=Picture(sha * 64, "jpeg", 1000, 1600, 1200), filename=f"{sha}.jpg", **given)
