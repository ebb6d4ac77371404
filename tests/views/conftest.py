"""A small house to fold events in: a log, a projector, and readers with a clock that the test sets."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from events import article as a
from events.document.codec import encode
from events.document.schema import Block, Doc, Figure, FigureAttrs, Paragraph, Text
from events.event import Event, Meta
from events.image import ImageUploaded, Picture
from events.instant import HOUR, Instant
from events.store import EventStore, Unit, Write
from views import Views
from views.desk import Desk
from views.shapes import Reader

NOON: Instant = 1_790_000_000_000_000


class House:
    """Times are given in hours since NOON of an imagined day; the log's own clock stands still at NOON."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hour = 0.0
        self.store = EventStore(folder / "events.db", clock=lambda: self.at(self.hour))
        self.pointer = folder / "views.db"
        self.views = Views(self.pointer, self.store)
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

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.pointer)) as db:
            return db.execute(sql, values).fetchall()

    def close(self) -> None:
        self.views.close()
        self.store.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
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
