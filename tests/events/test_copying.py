"""What stood in one log is put into another as it stood, and only where it comes next."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.seal.hashes import Row
from events.seal.verifying import verify
from events.store import EventStore, NotNext
from tests.events.conftest import drafted, headline, unit


@pytest.fixture
def other(tmp_path: Path) -> Iterator[EventStore]:
    store = EventStore(tmp_path / "other.db")
    yield store
    store.close()


def test_rows_and_commands_are_the_same_in_the_copy(log: EventStore, other: EventStore) -> None:
    story = unit("article-1", 0, drafted(), headline("One"))
    log.append(story)
    log.append(unit("article-2", 0, drafted()))
    assert [(c.first_position, c.last_position) for c in log.commands()] == [(1, 2), (3, 3)]
    assert [c.last_position for c in log.commands(after=2)] == [3]
    other.append_rows(list(log.rows(0, 2)), log.commands(0, 2))
    other.append_rows(list(log.rows(2)), log.commands(2))
    assert list(other.rows()) == list(log.rows()) and other.commands() == log.commands()
    assert other.append(story).repeated
    assert verify(other.rows()).ok


def test_what_does_not_come_next_is_refused_and_nothing_of_it_is_there(log: EventStore, other: EventStore) -> None:
    log.append(unit("article-1", 0, drafted(), headline("One")))
    log.append(unit("article-1", 2, headline("Two")))
    rows, commands = list(log.rows()), log.commands()

    def refused(these: list[Row], why: str, upto: int = 0) -> None:
        with pytest.raises(NotNext, match=why):
            other.append_rows(these, commands[:upto])

    refused(rows[1:], "ends at position 0, and this begins at 2")
    refused([rows[0], rows[2]], "begins at 1")
    refused(rows[:1], "cut in two", upto=1)
    other.append(unit("article-9", 0, drafted()))
    refused(rows[1:], "does not follow what this log has at 1")
    assert other.head().position == 1


def test_where_an_event_of_a_stream_stands(log: EventStore) -> None:
    log.append(unit("article-1", 0, drafted()))
    log.append(unit("article-2", 0, drafted(), headline("x")))
    assert (log.place("article-2", 2), log.place("article-2", 3), log.place("article-3", 1)) == (3, None, None)
