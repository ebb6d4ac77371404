"""The log beside a bare ``sqlite3`` that keeps the same rows, index, triggers and durability."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import msgspec

from bench.measure import Figure, compare, rate
from events.article import ArticleHeadlineChanged
from events.database import connect, open_engine
from events.event import Meta
from events.store import EventStore, Unit, Write

META = Meta(actor="0193f0a2-0000-7000-8000-000000000000", face="desk", command="ChangeHeadline")
EVENT = ArticleHeadlineChanged(headline="x" * 600)
SINGLE, BATCH, READ = 200, 10_000, 50_000


def figures() -> Iterator[Figure]:
    """One event, batches of 1,000, and reading back."""
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = EventStore(Path(folder) / "ours.db"), Bare(Path(folder) / "bare.db")
        yield compare(
            "append one event, durable", "events/s", rate(lambda: append(ours, 1, SINGLE)),
            rate(lambda: bare.append(1, SINGLE)), "sqlite3 INSERT + COMMIT", 0.8,
        )  # fmt: skip
        yield compare(
            "append in batches of 1,000", "events/s", rate(lambda: append(ours, 1000, BATCH)),
            rate(lambda: bare.append(1000, BATCH)), "sqlite3 executemany", 0.5,
        )  # fmt: skip
        append(ours, 1000, READ), bare.append(1000, READ)
        yield compare(
            "read and decode the log", "events/s", rate(lambda: sum(1 for _ in ours.read_all(until=READ))),
            rate(lambda: bare.read(READ)), "sqlite3 + msgspec to dict", 0.4,
        )  # fmt: skip
        ours.close()


def append(store: EventStore, size: int, events: int) -> int:
    """``events`` events, ``size`` to a transaction, each a command of its own on a stream of its own."""
    for _ in range(events // size):
        store.append_many(
            [Unit(command_id=uuid4(), writes=[Write(f"article-{uuid4()}", 0, [EVENT])], meta=META) for _ in range(size)]
        )
    return events


class Bare:
    """The same tables with the same guards, and nothing of ours: rows made beforehand."""

    def __init__(self, path: Path) -> None:
        open_engine(path).dispose()
        self.connection = connect(path)
        self.position = 0
        self.data = msgspec.json.encode(EVENT).decode()
        self.meta = msgspec.json.encode(META).decode()

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
