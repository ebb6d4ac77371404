"""What goes wrong with a file: it is full, read-only, damaged, held. Nothing is lost, and it is said what to do."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from events import sqlite as engine
from events.seal.verifying import verify
from events.store import EventStore, LogUnavailable
from tests.events.conftest import Place, drafted, headline, unit

pytestmark = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


def path_of(place: Place) -> Path:
    assert isinstance(place.where, Path)
    return place.where


def test_a_full_disk_is_said_and_what_was_acknowledged_is_there(log: EventStore, place: Place) -> None:
    log.append(unit("article-1", 0, drafted()))
    writer = log._database._writer  # type: ignore[attr-defined]
    writer.execute(f"PRAGMA max_page_count = {writer.execute('PRAGMA page_count').fetchone()[0] + 4}")
    log.append(unit("article-1", 1, headline("x" * 1000)))
    with pytest.raises(LogUnavailable, match=r"full\. Make room on the disk of .*events\.db, and try again$"):
        log.append(unit("article-1", 2, headline("x" * 30_000)))
    taken = log.head().position
    assert taken == 2
    writer.execute("PRAGMA max_page_count = 1000000")
    assert log.append(unit("article-1", taken, headline("there is room again"))).position == taken + 1
    assert verify(log.rows()).ok


def test_a_log_that_may_not_be_written_says_who_should_be_allowed_to(log: EventStore, place: Place) -> None:
    log.append(unit("article-1", 0, drafted()))
    log._database._writer.execute("PRAGMA query_only = ON")  # type: ignore[attr-defined]
    with pytest.raises(LogUnavailable, match=r"readonly.*Let the user that Daybook runs as write .*events\.db"):
        log.append(unit("article-1", 1, headline("x")))
    assert [recorded.position for recorded in log.read_all()] == [1]


def test_whoever_holds_the_log_up_is_named(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.2)
    hold = (
        "import sqlite3, sys; shell = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "shell.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    with place.opened() as log:
        log.append(unit("article-1", 0, drafted()))
        command = [sys.executable, "-c", hold, str(place.where)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as somebody:
            assert somebody.stdout is not None and somebody.stdin is not None
            assert somebody.stdout.readline() == "held\n"
            named = rf"Process {somebody.pid} \(.*\)" if Path("/proc/locks").exists() else "Another process"
            with pytest.raises(LogUnavailable, match=rf"locked\. {named} has been writing to .*events\.db"):
                log.append(unit("article-2", 0, drafted()))
            assert log.head().position == 1  # readers are not held up
            somebody.stdin.close()
        assert log.append(unit("article-2", 0, drafted())).position == 2


def test_a_long_snapshot_holds_up_nobody(log: EventStore, place: Place) -> None:
    log.append(unit("article-1", 0, drafted()))
    with closing(sqlite3.connect(path_of(place), isolation_level=None)) as shell:
        shell.execute("BEGIN")
        assert shell.execute("SELECT count(*) FROM events").fetchone() == (1,)
        for number in range(20):
            log.append(unit("article-1", number + 1, headline(str(number))))
        assert [recorded.position for recorded in log.read_all()] == list(range(1, 22))
        assert shell.execute("SELECT count(*) FROM events").fetchone() == (1,)


def damaged(path: Path, words: bytes) -> None:
    """Some bytes of the page that holds these words are not what they were."""
    data = bytearray(path.read_bytes())
    page = data.index(words) // 4096
    data[page * 4096 : page * 4096 + 64] = os.urandom(64)
    path.write_bytes(data)


def test_a_damaged_page_is_an_error_that_says_what_to_do(place: Place) -> None:
    with place.opened() as log:
        log.append_many([unit(f"article-{number}", 0, drafted(f"Story {number} {'x' * 500}")) for number in range(200)])
    damaged(path_of(place), b"Story 77 ")
    said = r"is damaged\. Stop Daybook, keep the file, .*docs/operations\.md"
    with place.opened() as log, pytest.raises(LogUnavailable, match=said):
        list(log.rows())


def test_what_can_still_be_read_of_a_damaged_log_is_read(place: Place) -> None:
    """Recovery: everything before the damage is there to be exported; the rest is in a backup."""
    with place.opened() as log:
        log.append_many([unit(f"article-{number}", 0, drafted(f"Story {number} {'x' * 500}")) for number in range(200)])
    damaged(path_of(place), b"Story 150 ")
    kept = []
    with place.opened() as log:
        one_by_one = (row for position in range(200) for row in log.rows(position, position + 1))
        with pytest.raises(LogUnavailable):
            kept.extend(one_by_one)
    assert 100 < len(kept) < 151 and verify(kept).ok


def test_a_file_that_is_no_database_is_said_to_be_damaged(place: Place) -> None:
    path_of(place).write_bytes(b"This is a letter to the editor. " * 200)
    with pytest.raises(LogUnavailable, match=r"not a database.*is damaged"):
        place.open()
