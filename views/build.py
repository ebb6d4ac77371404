"""Making a generation from the log alone, aside of the one in use.

It is always made as a file of SQLite, which takes rows ten times as fast as a server does; where PostgreSQL keeps the
views it is then copied there.
"""

import gc
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from events.store import EventStore
from views import fold
from views.bodies import Bodies
from views.database import Connection, transaction
from views.engine import Progress, silent
from views.feed import Parked, none_parked, pages
from views.fold import START, Checkpoint, reached
from views.rendering import fill_all
from views.sqlite import open_build

PAGE = 250  # events read at once
BATCH = 32  # pages folded together: more would fold better, and take more memory
YOUNG = 200_000  # objects made between two looks for cycles


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """What a build took. position: of the last event in it; pages: rendered."""

    position: int
    pages: int
    folding: float  # seconds
    indexing: float  # seconds, for the indexes that are made once everything is in
    rendering: float  # seconds


def build(
    store: EventStore,
    path: Path,
    until: int | None = None,
    progress: Progress = silent,
    parked: Parked = none_parked,
) -> Built:
    """Fold the log up to ``until`` (its head) into a database, and render every page; where one was begun at ``path``
    for the same position, go on with it.

    Constant memory. Raises ProjectionStopped or UnknownEvent; then, as after a crash, what is at
    ``path`` is unfinished.
    """
    db = open_build(path)
    try:
        return _fill(db, store, until, progress, parked())
    finally:
        db.close()


def _fill(
    db: Connection, store: EventStore, until: int | None, progress: Progress, parked: Collection[int]
) -> Built:
    started = time.perf_counter()
    target = store.head().position if until is None else until
    at = START
    if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        at = fold.checkpoint(db)
    else:
        with transaction(db):
            fold.create(db)
    with _seldom_collected():
        last = _fold(db, store, at, target, progress, parked)
    folded = time.perf_counter()
    fold.finish(db)
    indexed = time.perf_counter()
    pages, total = db.execute("SELECT count(digest), count(*) FROM published").fetchone()
    for count in fill_all(db, Bodies(store, kept=0)):
        pages += count
        progress("pages", pages, total)
    return Built(
        position=last.position, pages=pages, folding=folded - started, indexing=indexed - folded,
        rendering=time.perf_counter() - indexed,
    )  # fmt: skip


def _fold(
    db: Connection, store: EventStore, at: Checkpoint, target: int, progress: Progress, parked: Collection[int]
) -> Checkpoint:
    """Fold in everything after ``at``, up to ``target``; nothing is rendered.

    Events are read in small pages, which are forgotten as soon as they are folded in, and written in large batches.
    """
    folding = None
    for number, page in enumerate(pages(store, at.position, target, PAGE, parked), start=1):
        if folding is None:
            db.execute("BEGIN")
            folding = fold.Folding(db)
        folding.take(page.events)
        at = reached(page)
        if number % BATCH == 0 or at.position == target:
            folding.finish(at, building=True)
            db.execute("COMMIT")
            folding = None
            progress("events", at.position, target)
    return at


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Folding makes millions of small objects and no cycles: looking for cycles at Python's usual pace costs a
    sixth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)

