"""Followers are killed or frozen in mid-sentence: outside the database each event comes at least once, inside exactly
once.
"""

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from events.following.ledger import Ledger, beside
from events.store import EventStore
from tests.events.conftest import Place, drafted, headline, unit

FOLLOWER = """
import os, signal, sys, threading
from pathlib import Path
from sqlalchemy import text
from events.following import leading
from events.following.ledger import Ledger
from events.store import EventStore
from events.following.subscription import InDatabase, Pace, Subscription
log, url, kind, told = sys.argv[1:]
leading.SILENT = 1000
store, ledger = EventStore(log if "://" in log else Path(log)), Ledger(url)
descriptor = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def outside(events):
    for recorded in events:
        os.write(descriptor, b"%d\\n" % recorded.position)
def inside(connection, events):
    for recorded in events:
        connection.execute(text("INSERT INTO mails VALUES (:p)"), {"p": recorded.position})
    os.write(descriptor, b"%d\\n" % events[-1].position)
def frozen(connection, events):
    global frozen
    frozen = inside
    inside(connection, events)
    os.kill(os.getpid(), signal.SIGSTOP)
pace = Pace(poll=0.05, stand_by=0.02)
if kind == "outside":
    following = Subscription(store, ledger, "mail", outside, batch=7, pace=pace)
else:
    write = inside if kind == "inside" else lambda *given: frozen(*given)
    following = InDatabase(store, ledger, "mail", write, batch=7, pace=pace)
print("ready", flush=True)
following.run(threading.Event())
"""
EVENTS, KILLS = 1200, 4


@pytest.fixture
def url(place: Place) -> str:
    """The ledger is kept where the log is."""
    return beside(place.where) if isinstance(place.where, Path) else place.where


@contextmanager
def following(folder: Path, place: Place, url: str, kind: str) -> Iterator[subprocess.Popen[str]]:
    """A follower in a process of its own, which never stops by itself."""
    command = [sys.executable, "-c", FOLLOWER, str(place.where), url, kind, str(folder / "told")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            os.kill(process.pid, signal.SIGKILL)


def follow_and_kill(folder: Path, place: Place, url: str, kind: str, log: EventStore) -> list[int]:
    """What came of it, in the order in which it was told."""
    log.append(unit("article-1", 0, drafted(), *[headline(str(number)) for number in range(EVENTS - 1)]))
    ledger = Ledger(url)
    with ledger.writing() as connection:
        connection.execute(text("CREATE TABLE mails (position bigint)"))
    for _ in range(KILLS):
        before = ledger.standing("mail").position
        with following(folder, place, url, kind):
            wait_until(lambda before=before: ledger.standing("mail").position > before)  # type: ignore[misc]
            time.sleep(random.uniform(0, 0.1))
    with following(folder, place, url, kind):
        wait_until(lambda: ledger.standing("mail").position == EVENTS)
    rows = mailed(ledger)
    ledger.close()
    if kind == "inside":
        return rows
    return [int(line) for line in (folder / "told").read_text().split()]


def wait_until(condition: object) -> None:
    deadline = time.monotonic() + 120
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it does not come on"
        time.sleep(0.005)


def test_outside_the_database_each_event_comes_at_least_once_and_in_order(
    tmp_path: Path, place: Place, url: str, log: EventStore
) -> None:
    told = follow_and_kill(tmp_path, place, url, "outside", log)
    assert set(told) == set(range(1, EVENTS + 1))
    again = sum(1 for a, b in itertools.pairwise(told) if b != a + 1)
    assert again <= KILLS  # only a killed follower's last batch is told again
    assert all(a - b < 7 for a, b in itertools.pairwise(told))


def test_inside_the_database_each_event_comes_exactly_once(
    tmp_path: Path, place: Place, url: str, log: EventStore
) -> None:
    assert follow_and_kill(tmp_path, place, url, "inside", log) == list(range(1, EVENTS + 1))


def test_when_the_active_one_is_killed_another_takes_over(
    tmp_path: Path, place: Place, url: str, log: EventStore
) -> None:
    log.append(unit("article-1", 0, drafted()))
    ledger = Ledger(url)
    with following(tmp_path, place, url, "outside") as active:
        wait_until(lambda: ledger.standing("mail").position == 1)
        with following(tmp_path, place, url, "outside"):
            os.kill(active.pid, signal.SIGKILL)
            log.append(unit("article-1", 1, headline("more")))
            wait_until(lambda: ledger.standing("mail").position == 2)
    ledger.close()
    assert (tmp_path / "told").read_text().split() == ["1", "2"]


def is_stopped(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def mailed(ledger: Ledger) -> list[int]:
    with ledger.reading() as connection:
        return [row[0] for row in connection.execute(text("SELECT position FROM mails ORDER BY position"))]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux, to see that a process is frozen")
def test_one_that_is_frozen_in_the_middle_is_passed_over_and_does_nothing_twice_when_it_wakes(
    tmp_path: Path, place: Place, url: str, log: EventStore
) -> None:
    """On a log in a file it holds its lock until it is killed or wakes up: that is what is promised there."""
    log.append(unit("article-1", 0, drafted(), *[headline(str(number)) for number in range(29)]))
    ledger = Ledger(url)
    with ledger.writing() as connection:
        connection.execute(text("CREATE TABLE mails (position bigint)"))
    with following(tmp_path, place, url, "frozen") as sleeper:
        wait_until(lambda: is_stopped(sleeper.pid))
        with following(tmp_path, place, url, "inside"):
            if place.engine == "sqlite":
                time.sleep(0.3)  # in which it could take over, if it might
                assert mailed(ledger) == []
                os.kill(sleeper.pid, signal.SIGKILL)
            wait_until(lambda: ledger.standing("mail").position == 30)
            os.kill(sleeper.pid, signal.SIGCONT)
            log.append(unit("article-1", 30, headline("more")))
            wait_until(lambda: ledger.standing("mail").position == 31)
        if place.engine == "postgres":  # the other is gone: now it is the sleeper's turn again
            log.append(unit("article-1", 31, headline("still more")))
            wait_until(lambda: ledger.standing("mail").position == 32)
    assert mailed(ledger) == list(range(1, 1 + ledger.standing("mail").position))
    ledger.close()
