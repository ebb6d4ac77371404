"""One writer on SQLite, by CPU: beside a bare ``sqlite3`` that keeps the same rows, indexes, triggers and durability,
and beside a library; for bench/log.py."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import msgspec

from bench.logs import ACTOR, EVENT, META, PLAIN, HeadlineChanged
from bench.measure import Figure, Run, compare, cpu_ms, cpu_rate, rate
from events.sqlite import SQLite, connect
from events.store import EventStore, Unit, Write

SINGLE, TURNS, BATCH, READ = 20, 25, 5_000, 50_000  # single appends take turns often: disks have their moods
PAIRS = 9


def figures() -> Iterator[Figure]:
    """One event, batches of 1,000, and reading back."""
    with tempfile.TemporaryDirectory() as folder:
        yield from libraries(Path(folder))
        ours, bare = EventStore(Path(folder) / "ours.db"), Bare(Path(folder) / "bare.db")
        append(ours, 1, SINGLE), bare.append(1, SINGLE)
        yield compare(
            "append one event, durable", "events/s", rate(lambda: append(ours, 1, SINGLE)),
            rate(lambda: bare.append(1, SINGLE)), f"sqlite3 INSERT + COMMIT; fsync here {fsync(Path(folder)):.1f} ms",
            0.8, runs=TURNS,
        )  # fmt: skip
        yield compare(
            "append in batches of 1,000", "events/CPU s", cpu_rate(lambda: append(ours, 1000, BATCH)),
            cpu_rate(lambda: bare.append(1000, BATCH)), "sqlite3 executemany", 0.5,
        )  # fmt: skip
        append(ours, 1000, READ), bare.append(1000, READ)
        yield compare(
            "read and decode the log", "events/CPU s", cpu_rate(lambda: sum(1 for _ in ours.read_all(until=READ))),
            cpu_rate(lambda: bare.read(READ)), "sqlite3 + msgspec to dict", 0.4,
        )  # fmt: skip
        ours._database._writer.execute("PRAGMA synchronous=OFF")
        bare.connection.execute("PRAGMA synchronous=OFF")
        yield compare(
            "append one event, disk of 1 ms", "events/s", at_a_millisecond(cpu_ms(lambda: append(ours, 1, 500))),
            at_a_millisecond(cpu_ms(lambda: bare.append(1, 500))), "sqlite3; CPU without fsync, and 1 ms for it", 0.8,
        )  # fmt: skip
        ours.close()


def at_a_millisecond(work: Run) -> Run:
    """So many a second where the CPU works as it does and the disk takes a millisecond."""
    return lambda: 1000 / (work() + 1)


def fsync(folder: Path) -> float:
    """Milliseconds that this disk takes to keep 8 kB for good: the median of 25."""
    took = []
    with (folder / "probe").open("wb", buffering=0) as file:
        for _ in range(25):
            began = time.perf_counter()
            file.write(bytes(8192))
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def append(store: EventStore, size: int, events: int) -> int:
    """``events`` events, ``size`` to a transaction, each a command of its own on a stream of its own."""
    for _ in range(events // size):
        ids = [uuid4() for _ in range(size)]
        store.append_many([_unit(id) for id in ids])
    return events


def _unit(id: UUID) -> Unit:
    """As imports give it: with a fingerprint of the source's record, and a meta that no other command has."""
    meta = msgspec.structs.replace(META, request=str(id))
    return Unit(command_id=id, writes=[Write(f"article-{id}", 0, [EVENT])], meta=meta, fingerprint=id.bytes * 2)


class Bare:
    """The same tables with the same guards, and nothing of ours: rows made beforehand."""

    def __init__(self, path: Path) -> None:
        SQLite(path).close()
        self.connection = connect(path)
        self.position = 0
        self.data = msgspec.json.encode(EVENT).decode()
        self.meta = msgspec.json.encode(msgspec.structs.replace(META, command_id=UUID(ACTOR))).decode()

    def append(self, size: int, events: int) -> int:
        for _ in range(events // size):
            rows = [self._row() for _ in range(size)]
            commands = [(row[9], row[10], row[0], row[0]) for row in rows]
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.executemany(f"INSERT INTO events VALUES ({', '.join('?' * 12)})", rows)
            self.connection.executemany("INSERT INTO commands VALUES (?, ?, ?, ?)", commands)
            self.connection.execute("COMMIT")
        return events

    def read(self, events: int) -> int:
        decode, count, after = msgspec.json.Decoder().decode, 0, 0
        while rows := self.connection.execute(
            "SELECT * FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT 1000", (after, events)
        ).fetchall():
            for row in rows:
                decode(row[5]), decode(row[6])
                count += 1
            after = rows[-1][0]
        return count

    def _row(self) -> tuple[object, ...]:
        self.position += 1
        id = uuid4()
        return (
            self.position, f"article-{id}", 1, "article.headline_changed", 1, self.data, self.meta, self.position,
            self.position, id.bytes, id.bytes * 2, id.bytes * 2,
        )  # fmt: skip


class Library:
    """The ``eventsourcing`` library with its own SQLite recorder and JSON, at its own settings (WAL, FULL).

    guarded: its tables get what ours have: a trigger that takes only a stream's next version, and a row for each
    command id under the same trigger and index.
    """

    def __init__(self, path: Path, guarded: bool) -> None:
        from eventsourcing import persistence, sqlite

        transcoder = persistence.JSONTranscoder()
        transcoder.register(persistence.DatetimeAsISO())
        recorder = sqlite.SQLiteApplicationRecorder(sqlite.SQLiteDatastore(str(path)))
        recorder.create_table()
        mapper: persistence.Mapper[UUID] = persistence.Mapper(transcoder)
        self._store = persistence.EventStore(mapper, recorder)
        self.guarded, self.told = guarded, "eventsourcing, with our guards" if guarded else "eventsourcing as it comes"
        if guarded:
            connection = connect(path)
            connection.executescript(_GUARDS)
            connection.close()

    def append(self, size: int, events: int) -> int:
        for _ in range(events // size):
            now = datetime.now(UTC)
            self._store.put([_changed(uuid4(), now) for _ in range(size)])
        return events


def _changed(id: UUID, now: datetime) -> HeadlineChanged:
    meta = PLAIN | {"request": str(id), "command_id": str(id)}
    return HeadlineChanged(id, 1, now, EVENT.headline, meta)


_GUARDS = """
CREATE TABLE commands (
  command_id BLOB PRIMARY KEY, fingerprint BLOB NOT NULL, first_position INTEGER NOT NULL,
  last_position INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX commands_by_position ON commands (last_position);
CREATE TRIGGER next_version BEFORE INSERT ON stored_events BEGIN
  SELECT raise(ABORT, 'the next version') WHERE NEW.originator_version IS NOT (
    SELECT coalesce(max(originator_version), 0) + 1 FROM stored_events WHERE originator_id = NEW.originator_id);
END;
CREATE TRIGGER command AFTER INSERT ON stored_events BEGIN
  INSERT INTO commands VALUES (randomblob(16), randomblob(32), NEW.rowid, NEW.rowid);
END;
CREATE TRIGGER once BEFORE INSERT ON commands BEGIN
  SELECT raise(ABORT, 'used before') WHERE EXISTS (SELECT 1 FROM commands WHERE command_id = NEW.command_id);
END;
"""


def libraries(folder: Path) -> Iterator[Figure]:
    """Ours beside that peer, where it is installed: both begin empty, since what is appended gets dearer as ids spread
    over a longer log.
    """
    for guarded in (True, False):
        try:
            peer = Library(folder / f"library-{guarded}.db", guarded)
        except ImportError:
            return
        ours = EventStore(folder / f"beside-{guarded}.db")
        yield compare(
            "append in batches of 1,000", "events/CPU s", cpu_rate(lambda ours=ours: append(ours, 1000, BATCH)),
            cpu_rate(lambda peer=peer: peer.append(1000, BATCH)), peer.told, 1 if guarded else None, runs=PAIRS,
        )  # fmt: skip
        ours.close()
