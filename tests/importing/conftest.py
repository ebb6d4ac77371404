from collections.abc import Iterator
from pathlib import Path

import pytest

from cms.newsroom import Newsroom
from cms.roles import may
from events.store import EventStore
from tests.newsroom.spec import LONDON, NOW, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[EventStore]:
    store = EventStore(tmp_path / "events.db", clock=clock)
    yield store
    store.close()


@pytest.fixture
def newsroom(store: EventStore, clock: Clock) -> Newsroom:
    return Newsroom(store, zone=LONDON, may=may, clock=clock)
