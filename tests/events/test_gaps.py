"""Whoever follows the log sees every position exactly once and in order, however many write and however they fail.

A sequence does not do: its numbers are given out before the commit, so a reader passes over what is committed late. The
same readers and the same slow, failing commits are tried on one here, to show that this test would notice.
"""

import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from subprocess import PIPE, Popen

import psycopg
import pytest

from events.seal.verifying import verify
from events.store import EventStore
from tests.events.appenders import appending
from tests.events.conftest import Place
from tests.postgres import address

PROCESSES, THREADS, APPENDS = 4, 8, 12
TROUBLE = """
CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN  -- at the very end of the transaction: some commits are slow, some fail
  IF random() < 0.4 THEN PERFORM pg_sleep(random() * 0.004); END IF;
  IF random() < 0.05 THEN RAISE EXCEPTION 'this one fails' USING ERRCODE = 'disk_full'; END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER trouble AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION trouble();
"""
NAIVE = """
import sys, threading, psycopg
def write():
    with psycopg.connect(sys.argv[1], autocommit=True) as connection:
        for _ in range(int(sys.argv[3])):
            try:
                [position] = connection.execute("INSERT INTO naive DEFAULT VALUES RETURNING position").fetchone()
                sys.stdout.write(f"{position}\\n")
            except psycopg.errors.DiskFull:
                pass
threads = [threading.Thread(target=write) for _ in range(int(sys.argv[2]))]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


class Reader(threading.Thread):
    """Asks for what comes after the last it has seen, again and again, until it is told that this was all."""

    def __init__(self, read: Callable[[int], list[int]]) -> None:
        super().__init__()
        self._read, self._enough = read, threading.Event()
        self.seen: list[int] = []
        self.start()

    def run(self) -> None:
        while True:
            last = self._enough.is_set()
            self.seen += self._read(self.seen[-1] if self.seen else 0)
            if last:
                return

    def stop(self) -> list[int]:
        self._enough.set()
        self.join()
        return self.seen


def acknowledged(processes: list[Popen[str]]) -> list[int]:
    """Every position that a writer was told is kept."""
    positions: list[int] = []

    def listen(process: Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            first, *last = map(int, line.split())
            positions.extend(range(first, last[0] + 1) if last else [first])

    listeners = [threading.Thread(target=listen, args=(process,)) for process in processes]
    for listener in listeners:
        listener.start()
    for listener in listeners:
        listener.join()
    assert [process.wait() for process in processes] == [0] * len(processes)
    return positions


def test_every_position_is_seen_once_and_in_order(place: Place) -> None:
    with place.opened() as log, place.opened() as other:
        if place.engine == "postgres":
            place.execute(TROUBLE.format(table="events"))

        def follow(after: int) -> list[int]:
            log.wait(after, 0.5)
            return [recorded.position for recorded in log.read_all(after)]

        readers = [Reader(follow), Reader(lambda after: [row.position for row in other.rows(after)])]
        with appending(place.where, PROCESSES, THREADS, APPENDS) as processes:
            kept = acknowledged(processes)
        events = PROCESSES * THREADS * (2 * APPENDS + APPENDS // 3)
        assert sorted(kept) == list(range(1, events + 1))
        for reader in readers:
            assert reader.stop() == list(range(1, events + 1))
        assert verify(log.rows()).ok


def test_the_same_reader_would_miss_events_that_a_sequence_numbers(postgres: str) -> None:
    with psycopg.connect(address(postgres), autocommit=True) as connection:
        connection.execute("CREATE TABLE naive (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)")
        connection.execute(TROUBLE.format(table="naive").encode())
        naive = "SELECT position FROM naive WHERE position > %s ORDER BY position"
        reader = Reader(lambda after: [position for (position,) in connection.execute(naive, (after,))])
        command = [sys.executable, "-c", NAIVE, address(postgres), str(THREADS), str(3 * APPENDS)]
        with ExitStack() as running:
            kept = acknowledged(
                [running.enter_context(Popen(command, stdout=PIPE, text=True)) for _ in range(PROCESSES)]
            )
        seen = reader.stop()
    assert set(seen) < set(kept), "a sequence's reader missed nothing: this test does not try hard enough"


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_who_inserts_by_hand_takes_turns_as_well(log: EventStore, place: Place) -> None:
    """The guards hold everyone to the order, also with INSERT alone: a reader misses nothing, some are refused."""
    assert isinstance(place.where, str)
    place.execute(TROUBLE.format(table="events"))
    by_hand = (
        "INSERT INTO events SELECT coalesce(max(position), 0) + 1, 'hand-' || coalesce(max(position), 0) + 1, 1,"
        " 'article.drafted', 1, '{}', '{}', 0, 0, '', '', '' FROM events"
    )
    refused = 0

    def write() -> None:
        nonlocal refused
        with psycopg.connect(address(str(place.where)), autocommit=True) as connection:
            for _ in range(30):
                try:
                    connection.execute(by_hand)
                except psycopg.Error:
                    refused += 1

    reader = Reader(lambda after: [row.position for row in log.rows(after)])
    writers = [threading.Thread(target=write) for _ in range(12)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert reader.stop() == list(range(1, log.head().position + 1))
    assert log.head().position == 12 * 30 - refused > 0
