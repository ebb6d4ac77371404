from collections.abc import Iterator
from pathlib import Path

import pytest

from cms.newsroom import Newsroom
from events.store import EventStore
from tests.newsroom.spec import LONDON, NOW, Clock


@pytest.fixture
def clock() -> Clock:
    """The newsroom's clock, which only moves when it is told to."""
    return Clock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[EventStore]:
    """An empty log."""
    store = EventStore(tmp_path / "events.db", clock=clock)
    yield store
    store.close()


@pytest.fixture
def newsroom(store: EventStore, clock: Clock) -> Newsroom:
    """A newsroom where everybody may do everything that the rules allow."""
    return Newsroom(store, zone=LONDON, may=lambda role, command: True, clock=clock)
