"""A log to write in."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from events.article import ArticleDrafted, ArticleHeadlineChanged
from events.event import Event, Meta
from events.store import EventStore, Unit, Write

META = Meta(actor="anna", face="desk", command="test")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventStore]:
    store = EventStore(tmp_path / "events.db")
    yield store
    store.close()


def unit(stream: str, expected: int, *events: Event, **given: object) -> Unit:
    """A command that writes to one stream."""
    return Unit(**{"command_id": uuid4(), "writes": [Write(stream, expected, events)], "meta": META, **given})


def drafted(headline: str = "Ferry runs aground") -> ArticleDrafted:
    return ArticleDrafted(headline=headline)


def headline(text: str) -> ArticleHeadlineChanged:
    return ArticleHeadlineChanged(headline=text)
