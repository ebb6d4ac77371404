"""The log on both engines: many writers, a stream they fight over, loading, reading, following; beside the bare driver
and the ``eventsourcing`` library, which keeps its own tables in its own gap-safe way.

On PostgreSQL the disk takes a millisecond for each sync (bench/slowdisk.c), so that ratios do not depend on the
machine's; one line is taken on the disk there is.
"""

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import URL, make_url

from bench import alone
from bench.logs import Bare, Library, Log, Ours, together
from bench.measure import Figure, Run, beside, limited, rate
from tests.postgres import Server, Unavailable, database

COMMITS = {1: 192, 10: 64, 1000: 1}  # in a run, at least; and at least one for each writer
WRITERS = (1, 8, 32)
HOT, LONG, READ = 96, 1_000, 30_000
PICTURE = Path(__file__).parents[1] / "docs" / "bench-log.svg"


def figures() -> Iterator[Figure]:
    """Everything; draws docs/bench-log.svg on the way."""
    yield from alone.figures()
    drawn: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as folder:
        for figure in on_sqlite(Path(folder)):
            drawn.append(figure)
            yield figure
        try:
            for figure in on_postgres(Path(folder)):
                drawn.append(figure)
                yield figure
        except Unavailable as error:
            print(f"PostgreSQL is not measured: {error}", file=sys.stderr)
    try:
        from bench.plot import logs
    except ImportError:
        return
    logs([figure for figure in drawn if " a commit, " in figure.name], PICTURE)


def on_sqlite(folder: Path) -> Iterator[Figure]:
    """On the disk there is."""
    ours = folder / "ours.db"
    yield from engine("SQLite", [Ours(ours), *_peers(folder / "bare.db", folder / "library.db")])
    yield from latency("SQLite", ours)


def on_postgres(folder: Path) -> Iterator[Figure]:
    """A server on a disk of 1 ms, then one on the disk there is."""
    with serving(slow_disk(folder)) as server, databases(server, 3) as (ours, bare, peer):
        yield from engine("PostgreSQL", [Ours(_text(ours)), *_peers(bare, peer)])
        yield from latency("PostgreSQL", _text(ours))
    with serving({}) as server, databases(server, 3) as (ours, bare, peer):
        contenders = [Ours(_text(ours)), *_peers(bare, peer)]
        yield from writing("PostgreSQL, this machine's disk", contenders, 1, 8)


def engine(name: str, contenders: list[Log]) -> Iterator[Figure]:
    """All that is measured on one engine."""
    for size in COMMITS:
        for writers in WRITERS:
            yield from writing(name, contenders, size, writers)
    yield from beside(
        f"{name}: one stream, 8 writers", "events/s", {log.name: contending(log) for log in contenders}, {}
    )
    loads = {log.name: log.load(LONG) for log in contenders}
    yield from beside(f"{name}: load 1,000 events", "events/s", {who: rate(load) for who, load in loads.items()}, {})
    for log in contenders:
        append = log.writer()
        for _ in range(READ // 1000):
            append(1000)
    yield from beside(f"{name}: read and decode all", "events/s", {log.name: rate(log.read) for log in contenders}, {})
    for log in contenders:
        log.close()


def writing(name: str, contenders: list[Log], size: int, writers: int) -> Iterator[Figure]:
    """So many writers, so many events to a commit."""
    budgets = {(1, 1): {"psycopg alone": 0.8}, (1, 8): {"eventsourcing": 3}, (1, 32): {"eventsourcing": 3}}
    asked = budgets.get((size, writers), {}) if name == "PostgreSQL" else {}
    if size == 1000 and writers == 1:
        asked = {"psycopg alone": 0.5, "sqlite3 alone": 0.5, "eventsourcing": 1}
    events = "1 event" if size == 1 else f"{size:,} events"
    title = f"{name}: {events} a commit, {writers} writer{'s' if writers > 1 else ''}"
    yield from beside(title, "events/s", {log.name: appending(log, size, writers) for log in contenders}, asked)


def appending(log: Log, size: int, writers: int) -> Run:
    each = max(1, COMMITS[size] // writers)

    def work(append: Callable[[int], None]) -> None:
        for _ in range(each):
            append(size)

    return _timed(lambda: together(log, writers, work), each * writers * size)


def contending(log: Log) -> Run:
    def work(append: Callable[[], None]) -> None:
        for _ in range(HOT // 8):
            append()

    return _timed(lambda: together(log, 8, work, hot=True), HOT)


def latency(name: str, where: Path | str) -> Iterator[Figure]:
    """From the call of an append to a follower, who has a store of its own as another process has, that has read it."""
    writer, reader = Ours(where), Ours(where)
    times: list[float] = []

    def one() -> float:
        after = writer.store.head().position
        seen = threading.Event()

        def follow() -> None:
            while not list(reader.store.read_all(after)):
                reader.store.wait(after, 5)
            times.append(time.perf_counter())
            seen.set()

        thread = threading.Thread(target=follow)
        thread.start()
        time.sleep(0.03)  # it sleeps
        began = time.perf_counter()
        writer.writer()(1)
        seen.wait(10)
        thread.join()
        return (times[-1] - began) * 1000

    one()
    yield limited(f"{name}: from an append to a follower", "ms", one, at_most=20, against="median of 25", runs=25)
    writer.close()
    reader.close()


def _peers(bare: Path | URL, peer: Path | URL) -> list[Log]:
    made: list[Log] = [Bare(bare)]
    try:
        made.append(Library(peer))
    except ImportError:
        pass  # measured without it
    return made


def _timed(work: Callable[[], None], done: int) -> Run:
    def counted() -> int:
        work()
        return done

    return rate(counted)


def slow_disk(folder: Path) -> dict[str, str]:
    """What makes a server's disk take a millisecond; nothing, where there is no C compiler."""
    if (compiler := shutil.which("cc")) is None:
        return {}
    made = folder / "slowdisk.so"
    folder.chmod(0o755)
    source = Path(__file__).with_name("slowdisk.c")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", made, source], check=True)
    return {"LD_PRELOAD": str(made), "SLOWDISK_US": "1000"}


@contextmanager
def serving(around: dict[str, str]) -> Iterator[URL]:
    """A PostgreSQL as it comes. Raises Unavailable."""
    server = Server({"shared_buffers": "256MB", "max_wal_size": "4GB"})
    try:
        server.start(around)
        yield server.url
    finally:
        server.remove()


@contextmanager
def databases(server: URL, count: int) -> Iterator[list[URL]]:
    """So many databases there."""
    with ExitStack() as opened:
        yield [make_url(opened.enter_context(database(server))) for _ in range(count)]


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)

