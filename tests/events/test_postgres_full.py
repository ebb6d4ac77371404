"""PostgreSQL's disk is full (see fulldisk.c): the append is refused and says why, what was acknowledged is there and
nothing else, and as soon as there is room it goes on.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from events import postgres as engine
from events.seal.verifying import verify
from events.store import EventStore, LogUnavailable, Unit
from tests.events import powercut
from tests.events.conftest import Place, headline, unit
from tests.postgres import Server


class Disk:
    """A server's disk."""

    def __init__(self, server: Server) -> None:
        self._data = server.data
        self.link = server.folder / "full"

    def fill(self, part: str) -> None:
        """From now on no file grows there: ``base`` has the tables, ``pg_wal`` what is written before them."""
        self.link.symlink_to(self._data / part)

    def clear(self) -> None:
        self.link.unlink()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    library = powercut.compiled(tmp_path, "fulldisk")
    made = Server({"fsync": "off", "max_wal_size": "2GB"})
    library = library.rename(made.folder / library.name)  # where the server's user may read it
    try:
        made.start({"LD_PRELOAD": str(library), "FULLDISK": str(Disk(made).link)})
        yield made
    finally:
        made.remove()


def words(number: int, length: int) -> Unit:
    """A command that is wanted for certain. Its words are such that nothing makes them shorter."""
    written = [headline(os.urandom(length // 2).hex()) for _ in range(2)]
    return unit(f"article-{number}", 0, *written)


def fill_up(log: EventStore, length: int) -> tuple[int, Unit, str]:
    """Append until it is refused: how many were acknowledged, what was not, and what was said."""
    for number in range(1000):
        asked = words(number, length)
        try:
            log.append(asked)
        except LogUnavailable as error:
            return number, asked, str(error)
    raise AssertionError("there is room and room")


def holds(log: EventStore, commands: int) -> None:
    """Every event of so many commands of two is there, once, and the seal fits."""
    assert [(row.position, row.version) for row in log.rows()] == [(n + 1, n % 2 + 1) for n in range(2 * commands)]
    assert len(log.commands()) == commands and verify(log.rows()).ok


def test_tables_that_cannot_grow_take_nothing_by_halves_and_go_on_when_there_is_room(server: Server) -> None:
    disk = Disk(server)
    with Place(server.url.render_as_string(hide_password=False)).opened() as log:
        log.append(words(1000, 10))
        disk.fill("base")
        taken, refused, said = fill_up(log, 20_000)
        assert said.endswith("No space left on device. Make room on the disk of the PostgreSQL server, and try again")
        holds(log, 1 + taken)
        with pytest.raises(LogUnavailable, match="Make room"):
            log.append_many([refused, *(words(2000 + n, 20_000) for n in range(30))])  # COPY fails as INSERT does
        holds(log, 1 + taken)
        disk.clear()
        assert not log.append(refused).repeated
        assert log.append(refused).repeated
        holds(log, 2 + taken)


def test_a_server_that_its_full_disk_stops_has_all_that_was_acknowledged(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL stops when there is no room for its write-ahead log, and starts when there is room again."""
    monkeypatch.setattr(engine, "RECONNECT", 0.5)
    disk = Disk(server)
    with Place(server.url.render_as_string(hide_password=False)).opened() as log:
        disk.fill("pg_wal")
        taken, refused, said = fill_up(log, 1_000_000)
        assert "No space left on device. Make room" in said
        with pytest.raises(LogUnavailable, match=r"did not answer for .* Start it again$|Make room on the disk"):
            log.append(refused)
        disk.clear()
        server.stop()
        server.start()
        monkeypatch.setattr(engine, "RECONNECT", 10.0)
        log.append(refused)  # whether or not its commit was the last thing that fitted in
        holds(log, taken + 1)
